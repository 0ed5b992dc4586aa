//! The indexes that lists read, each with the question it serves. They can be dropped while a great
//! many projects come in, and are made anew with all else that is derived.

use crate::error::StoreError;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// The largest total first, blank ones last: the order of lists by default.
pub(crate) const INVESTMENT: &str = "COALESCE(total_investment, -1)";

/// The smallest total first, blank ones last.
pub(crate) const LEAST_INVESTMENT: &str = "COALESCE(total_investment, 9223372036854775807)";

/// What an open version is known by, as it is known now.
pub(crate) const OPEN: &str = "recorded_to = 9223372036854775807";

/// What else a list may filter by. Every index holds these columns too, so that a page is found
/// without looking at a project that is not on it.
const FACETS: [&str; 9] = [
    "filing",
    "stage",
    "area",
    "region",
    "owner_group",
    "start_year",
    "author",
    "also_in",
    "departments",
];

/// An index on the current rows: its name, and what it is sorted by.
const CURRENT: [(&str, &str); 12] = [
    // GET /projects
    ("project_by_investment", "{investment} DESC, id DESC"),
    // GET /projects?stage=…, and so on for what a project has one of
    ("project_by_stage", "stage, {investment} DESC, id DESC"),
    ("project_by_area", "area, {investment} DESC, id DESC"),
    ("project_by_region", "region, {investment} DESC, id DESC"),
    ("project_by_group", "owner_group, {investment} DESC, id DESC"),
    ("project_by_year", "start_year, {investment} DESC, id DESC"),
    ("project_by_filing", "filing, {investment} DESC, id DESC"),
    // What somebody registered, in whatever scope it lies
    ("project_by_author", "author, {investment} DESC, id DESC"),
    // GET /projects?sort=total_investment
    ("project_by_least_investment", "{least}, id"),
    // GET /projects?sort=name
    ("project_by_name", "name, id"),
    // GET /projects?sort=updated_at, and the other way round
    ("project_by_update", "updated_at, id"),
    // GET /projects?sort=registry_number
    ("project_by_number", "registry_number, id"),
];

/// An index on the versions that are open: its name, and what it is sorted by.
const VERSIONS: [(&str, &str); 2] = [
    // GET /projects?as_of=…
    ("project_version_open_by_investment", "{investment} DESC, project_id DESC"),
    // GET /projects?as_of=…&stage=…
    ("project_version_open_by_stage", "stage, {investment} DESC, project_id DESC"),
];

/// An index on all versions, for GET /projects?known_at=…
const KNOWN: (&str, &str) = ("project_version_by_investment", "{investment} DESC, project_id DESC");

/// An index on what is derived: its name, and what it is on.
const DERIVED: [(&str, &str); 2] = [
    // The links of a project: when it changes, and for a filter beside another order
    ("project_link_of", "project_link (project_id, facet, code)"),
    // The needs of a project, likewise
    ("project_need_of", "project_need (project_id, need, day)"),
];

/// What tells whether a version holds, and which one it is.
const PERIODS: &str = "effective_from, effective_to, recorded_to, recorded_from, seq";

fn statements() -> impl Iterator<Item = String> {
    let held = |sorted_by: &str| {
        let others = FACETS.iter().filter(|facet| !sorted_by.starts_with(*facet));
        others.copied().collect::<Vec<_>>().join(", ")
    };
    let current = CURRENT.into_iter().map(move |(name, sorted_by)| {
        format!("CREATE INDEX {name} ON project ({sorted_by}, {})", held(sorted_by))
    });
    let versions = VERSIONS.into_iter().map(move |(name, sorted_by)| {
        let held = held(sorted_by);
        format!(
            "CREATE INDEX {name} ON project_version ({sorted_by}, {PERIODS}, {held}, channels) \
             WHERE {OPEN}"
        )
    });
    let (name, sorted_by) = KNOWN;
    let held = held(sorted_by);
    let known =
        [format!("CREATE INDEX {name} ON project_version ({sorted_by}, {PERIODS}, {held})")];
    let derived = DERIVED.into_iter().map(|(name, on)| format!("CREATE INDEX {name} ON {on}"));
    let all = current.chain(versions).chain(known).chain(derived);
    all.map(|sql| sql.replace("{investment}", INVESTMENT).replace("{least}", LEAST_INVESTMENT))
}

/// Makes the indexes, and lets the database learn how the rows are spread.
pub(crate) async fn make(db: &impl ConnectionTrait) -> Result<(), StoreError> {
    for sql in statements() {
        run(db, &sql).await?;
    }
    if db.get_database_backend() == DbBackend::Sqlite {
        // A sample is enough to choose among indexes.
        run(db, "PRAGMA analysis_limit = 2000").await?;
    }
    run(db, "ANALYZE").await
}

/// Drops the indexes.
pub(crate) async fn drop(db: &impl ConnectionTrait) -> Result<(), StoreError> {
    let all = CURRENT.into_iter().chain(VERSIONS).chain([KNOWN]).chain(DERIVED);
    for (name, _) in all {
        run(db, &format!("DROP INDEX IF EXISTS {name}")).await?;
    }
    Ok(())
}

pub(crate) async fn run(db: &impl ConnectionTrait, sql: &str) -> Result<(), StoreError> {
    db.execute_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(())
}
