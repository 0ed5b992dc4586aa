//! Summaries read from the cells that are kept, with what is pending, in one view of the database.

use super::board::KEPT_FOR_DAYS;
use super::cells::{Cells, View, day, month};
use super::change::{Change, Profile};
use super::dimension::{Dimension, Grouping};
use super::sums::{Sums, Table};
use crate::error::StoreError;
use crate::project::source::Source;
use crate::project::{ListFilter, When};
use crate::snapshot::Snapshot;
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TryGetable};
use serde::Deserialize;
use shortboard_domain::access::{Drafts, Scope, Sight};
use shortboard_domain::filing::Filing;
use std::borrow::Cow;

/// A question that the kept cells answer.
pub(super) struct Kept<'a> {
    view: View,
    asked: Vec<Asked<'a>>,
    /// The rows of the caller's own projects that no cell in the view counts.
    own: Option<SelectStatement>,
}

/// One summary of the question.
struct Asked<'a> {
    by: &'a [Dimension],
    grouping: Grouping,
    /// The codes that the filter lets through.
    within: Vec<(Dimension, Vec<&'a str>)>,
}

impl<'a> Kept<'a> {
    /// The question for some summaries; `None` where the rows themselves must be asked.
    pub fn of(
        source: Source<'_>,
        sight: &Sight,
        summaries: &[&'a [Dimension]],
        filter: &'a ListFilter,
        when: When,
    ) -> Option<Self> {
        let rest = ListFilter {
            stage: Vec::new(),
            filing: Vec::new(),
            area: Vec::new(),
            region: Vec::new(),
            group: Vec::new(),
            department: Vec::new(),
            ..filter.clone()
        };
        if rest != ListFilter::default() || when.known_at.is_some() {
            return None;
        }
        let asked: Option<Vec<Asked>> =
            summaries.iter().map(|by| Asked::of(by, within(filter))).collect();
        let asked = asked?;
        let own = source
            .own_besides(sight, filter)
            .map(|mut rows| rows.expr(Expr::cust(Profile::COLUMNS)).to_owned());
        let is_kept = |asked: &Asked| {
            let of_the_board = KEPT_FOR_DAYS.contains(&asked.grouping);
            of_the_board && asked.within.is_empty() && sight.scope == Scope::City && own.is_none()
        };
        if when.as_of.is_some() && !asked.iter().all(is_kept) {
            return None;
        }
        let all = matches!(sight.drafts, Drafts::All(_));
        let seen = |filing: &&Filing| {
            (all || **filing == Filing::Accepted)
                && (filter.filing.is_empty() || filter.filing.contains(filing))
        };
        let mut groupings: Vec<Grouping> = Vec::new();
        for asked in &asked {
            if !groupings.contains(&asked.grouping) {
                groupings.push(asked.grouping);
            }
        }
        let view = View {
            scope: sight.scope.to_string(),
            groupings,
            filings: Filing::ALL.iter().filter(seen).map(|filing| filing.as_str()).collect(),
            as_of: when.as_of,
        };
        Some(Self { view, asked, own })
    }

    /// The answers, in the order of the summaries asked for.
    pub async fn tables(&self, store: &crate::Store) -> Result<Vec<Table>, StoreError> {
        let mut cells = Cells::default();
        match &self.own {
            None => self.read_cells(store.reader(), &mut cells).await?,
            Some(own) => {
                let snapshot = Snapshot::of(store).await?;
                self.read_cells(snapshot.db(), &mut cells).await?;
                for row in &snapshot.db().query_all(own).await? {
                    cells.show(&self.view, &Profile::read(row)?, 1);
                }
                snapshot.close().await?;
            }
        }
        let tables =
            self.asked.iter().map(|asked| cells.table(asked.by, asked.grouping, &asked.within));
        Ok(tables.collect())
    }

    /// One statement: what is pending is never seen twice, nor missed, while it is added up.
    async fn read_cells(
        &self,
        db: &impl ConnectionTrait,
        cells: &mut Cells,
    ) -> Result<(), StoreError> {
        if self.view.filings.is_empty() {
            return Ok(());
        }
        let statement = self.statement(db.get_database_backend());
        let Some(row) = db.query_one_raw(statement).await? else { return Ok(()) };
        let (kept, pending) =
            (String::try_get_by(&row, "kept")?, String::try_get_by(&row, "pending")?);
        for Cell(dimensions, codes, sums) in parsed::<Vec<Cell>>(&kept, "summary_cell")? {
            cells.show_sums(grouping(&dimensions)?, &codes, Sums::of(sums));
        }
        for change in parsed::<Vec<Change>>(&pending, "summary_pending.body")? {
            cells.see(&self.view, &change);
        }
        Ok(())
    }

    /// All cells and all that is pending as two arrays: a thousand rows would cost more on their way
    /// through the driver than it takes to find them.
    fn statement(&self, backend: DbBackend) -> Statement {
        // Words of the program itself: nothing of them comes from a caller.
        let quoted = |words: Vec<String>| {
            words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ")
        };
        let dimensions = quoted(self.view.groupings.iter().map(ToString::to_string).collect());
        let filings = quoted(self.view.filings.iter().map(ToString::to_string).collect());
        let cells = |periods: &str| {
            format!(
                "SELECT * FROM summary_cell WHERE scope = $1 AND dimensions IN ({dimensions}) \
                 AND filing IN ({filings}) AND {periods}"
            )
        };
        let mut values = vec![self.view.scope.as_str().into()];
        let cells = match self.view.as_of.map(|day| day.to_string()) {
            None => cells("period = ''"),
            Some(date) => {
                // The months before the day's, and the days of its month up to it.
                let first = format!("{}-", date.get(..7).unwrap_or(&date));
                values.extend([month(&date), day(&first), day(&date)].map(Into::into));
                let months = cells("period >= 'm' AND period < $2");
                format!("{months} UNION ALL {}", cells("period >= $3 AND period <= $4"))
            }
        };
        let array = match backend {
            DbBackend::Postgres => "json_build_array",
            _ => "json_array",
        };
        let listed = |each: &str| format!("'[' || COALESCE(string_agg({each}, ','), '') || ']'");
        let summed = Sums::COLUMNS.map(|name| format!("CAST(SUM({name}) AS BIGINT)")).join(", ");
        let sql = format!(
            "SELECT (SELECT {kept} FROM (SELECT {array}(dimensions, codes, {array}({summed})) AS sums \
             FROM ({cells}) AS cell GROUP BY dimensions, codes) AS cell) AS kept, \
             (SELECT {pending} FROM summary_pending) AS pending",
            kept = listed("CAST(sums AS TEXT)"),
            pending = listed("body"),
        );
        Statement::from_sql_and_values(backend, sql, values)
    }
}

/// A cell as the statement tells it: dimensions, codes, sums.
#[derive(Deserialize)]
struct Cell<'a>(
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    [i64; Sums::COLUMNS.len()],
);

impl<'a> Asked<'a> {
    /// A summary within some codes; `None` where no grouping that is kept tells it.
    fn of(by: &'a [Dimension], within: Vec<(Dimension, Vec<&'a str>)>) -> Option<Self> {
        // A project of several departments has its rows by all of them, and may pass for more than
        // one: only a single department, beside what is counted by, is one cell. The money of a
        // channel's cells is that channel's alone, so that no channel is filtered by here.
        let told = |(dimension, codes): &(Dimension, Vec<&str>)| {
            *dimension != Dimension::Department || (codes.len() == 1 && !by.contains(dimension))
        };
        if !within.iter().all(told) {
            return None;
        }
        let mut dimensions = by.to_vec();
        dimensions.extend(within.iter().map(|(dimension, _)| *dimension));
        dimensions.sort_unstable();
        dimensions.dedup();
        Grouping::of(&dimensions).map(|grouping| Self { by, grouping, within })
    }
}

/// The codes that a filter asks for, each once.
fn within(filter: &ListFilter) -> Vec<(Dimension, Vec<&str>)> {
    let codes = [
        (Dimension::Stage, filter.stage.iter().map(|code| code.as_str()).collect::<Vec<_>>()),
        (Dimension::Area, filter.area.iter().map(|code| code.as_str()).collect()),
        (Dimension::Region, filter.region.iter().map(|code| code.as_str()).collect()),
        (Dimension::Group, filter.group.iter().map(|code| code.as_str()).collect()),
        (Dimension::Department, filter.department.iter().map(|code| code.as_str()).collect()),
    ];
    let asked = codes.into_iter().filter(|(_, codes)| !codes.is_empty());
    asked
        .map(|(dimension, mut codes)| {
            codes.sort_unstable();
            codes.dedup();
            (dimension, codes)
        })
        .collect()
}

/// The change that a pending row tells.
pub(super) fn change(body: &str) -> Result<Change, StoreError> {
    parsed(body, "summary_pending.body")
}

fn parsed<'a, T: Deserialize<'a>>(json: &'a str, column: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::inconsistent(column, error))
}

/// The grouping that a cell names.
pub(super) fn grouping(dimensions: &str) -> Result<Grouping, StoreError> {
    dimensions.parse().map_err(|()| StoreError::inconsistent("summary_cell.dimensions", dimensions))
}
