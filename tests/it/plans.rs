//! How the database goes about what lists and boards ask: along an index, never through a table.

use crate::support::Registry;

/// Who asks: each sees another part of the registry.
const CALLERS: [(&str, &str, &str); 5] = [
    ("officer", "registrar", "city"),
    ("chief", "leader", "city"),
    ("county", "registrar", "region:210726"),
    ("bureau", "leader", "department:water_bureau"),
    ("author", "reporter", "group:water_supply"),
];

/// What is asked, that an index has to answer however many projects there are.
const QUESTIONS: [&str; 29] = [
    "projects",
    "projects?stage=reserve",
    "projects?area=urban_rural",
    "projects?region=210726",
    "projects?group=water_supply",
    "projects?group=none",
    "projects?start_year=2025",
    "projects?filing=draft",
    "projects?department=water_bureau",
    "projects?channel=ppp",
    "projects?stage=reserve&region=210726",
    "projects?channel=ppp&department=water_bureau",
    "projects?min_investment=100000000&stage=reserve",
    "projects?sort=total_investment",
    "projects?sort=total_investment&stage=reserve",
    "projects?sort=name&stage=reserve",
    "projects?sort=-updated_at&channel=ppp",
    "projects?sort=registry_number&area=urban_rural",
    "projects?stage=reserve,construction&count=true",
    "projects?as_of=2026-01-01&stage=reserve",
    "projects?as_of=2026-01-01&stage=reserve&stayed_since=2025-06-01&count=true",
    "projects?need=funding&count=true",
    "projects?need=excess&count=true",
    "projects?need=facts&sort=total_investment",
    "projects?need=stuck&count=true",
    "projects?need=overdue,stuck&sort=-updated_at",
    "projects?need=gap&stage=construction&count=true",
    "projects?need=overdue&region=210726&count=true",
    "projects?author=author&need=funding",
];

/// Tables that grow with the registry.
const TABLES: [&str; 5] =
    ["project", "project_version", "project_link", "project_need", "audit_record"];

/// What a line of a plan does that costs more, the more projects there are; `None` for all else.
fn too_dear(line: &str) -> Option<&str> {
    let line = line.trim();
    let through = |prefix: &str| {
        let rest = line.strip_prefix(prefix)?;
        let table = rest.split_whitespace().next()?;
        (TABLES.contains(&table) && !rest.contains("INDEX")).then_some(line)
    };
    // SQLite: `SCAN project USING COVERING INDEX …` walks in order, as far as a page is long.
    let scans = through("SCAN ").or_else(|| line.contains("AUTOMATIC").then_some(line));
    // PostgreSQL, by the way of `->  Seq Scan on project`.
    scans.or_else(|| {
        through(
            line.split_once("Seq Scan on ")
                .map_or("?", |(before, _)| &line[..before.len() + "Seq Scan on ".len()]),
        )
    })
}

/// A registry of made-up projects, and its callers.
async fn demo() -> Registry {
    let mut registry = Registry::start().await;
    let seeded = registry.run(&["seed", "--demo", "2000"]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    if registry.database.is_postgres() {
        // A few thousand rows are read whole sooner than by an index: what counts is that there is
        // one to go by.
        let name = registry.database.url().rsplit('/').next().unwrap().to_owned();
        let set = format!("ALTER DATABASE {name} SET enable_seqscan = off");
        registry.database.tamper(&set).await;
        registry.database.tamper("ANALYZE").await;
    }
    for (name, role, scope) in CALLERS {
        registry.account(name, role, scope);
    }
    registry
}

/// The statements of a request, each with the lines of its plan.
fn explained(registry: &Registry, path: &str, account: &str) -> Vec<(String, Vec<String>)> {
    let output = registry.run(&["explain", &format!("/api/v1/{path}"), "--as", account]);
    assert_eq!(output.code, 0, "{account}: {path}: {}", output.stderr);
    let mut statements: Vec<(String, Vec<String>)> = Vec::new();
    for line in output.stdout.lines() {
        match (line.strip_prefix("    "), statements.last_mut()) {
            (Some(step), Some((_, plan))) => plan.push(step.to_owned()),
            _ => statements.push((line.to_owned(), Vec::new())),
        }
    }
    statements
}

#[tokio::test]
async fn no_question_reads_a_table_through() {
    let registry = demo().await;
    for (account, _, _) in CALLERS {
        for question in QUESTIONS {
            let statements = explained(&registry, question, account);
            assert!(!statements.is_empty(), "{question}");
            for (sql, plan) in &statements {
                assert!(!plan.is_empty(), "{sql}");
                let dear = plan.iter().find_map(|line| too_dear(line));
                assert_eq!(dear, None, "{account}: {question}\n{sql}\n{}", plan.join("\n"));
            }
        }
    }
}

#[tokio::test]
async fn a_list_takes_as_many_statements_for_one_row_as_for_two_hundred() {
    let registry = demo().await;
    for (account, _, _) in CALLERS {
        for (question, most) in
            [("projects?", 1), ("projects?as_of=2026-01-01&", 1), ("projects?q=道路&", 4)]
        {
            let statements = |limit: u32| {
                explained(&registry, &format!("{question}limit={limit}"), account).len()
            };
            // A search takes the way that seems shorter, which a sample tells.
            for limit in [1, 200] {
                assert!(statements(limit) <= most, "{account}: {question}");
            }
        }
    }
}

#[test]
fn a_dear_plan_is_told_from_a_cheap_one() {
    for dear in [
        "SCAN project",
        "SCAN project_link",
        "SEARCH link EXISTS USING AUTOMATIC PARTIAL COVERING INDEX (project_id=?)",
        "->  Seq Scan on project",
        "Seq Scan on project_version full_row",
    ] {
        assert!(too_dear(dear).is_some(), "{dear}");
    }
    for cheap in [
        "SCAN project USING COVERING INDEX project_by_name",
        "SEARCH project USING INTEGER PRIMARY KEY (rowid=?)",
        "SCAN page",
        "->  Index Only Scan using project_by_stage on project",
        "->  Seq Scan on derived",
    ] {
        assert_eq!(too_dear(cheap), None, "{cheap}");
    }
}
