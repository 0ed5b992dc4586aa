//! Needs: what waits to be done about the current projects, a row each with the day from which it
//! does; and how a list asks for them, also of versions, of which no rows are kept.

use super::facets::{Facets, iden};
use super::row_set::{DerivedRow, OfFacets};
use super::source::contains;
use jiff::ToSpan;
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{DbBackend, FromQueryResult};
use serde::Deserialize;
use serde::de::IgnoredAny;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::need::{Need, PATIENCE, Situation};
use shortboard_domain::period::Span;
use shortboard_domain::stage::Stage;
use std::collections::BTreeSet;

/// The day of a need that waits for none.
const AT_ONCE: &str = "";

/// A row of `project_need`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, FromQueryResult)]
pub(crate) struct Waiting {
    need: String,
    day: String,
    investment: i64,
    project_id: i64,
}

/// What a card tells of needs, beside the columns.
#[derive(Deserialize)]
struct Told {
    planned: Span,
    missing: Vec<IgnoredAny>,
}

/// The situation that a row tells; `None` for a row that cannot be read, which nothing but a change
/// behind the program's back makes and `check` and `audit verify` find.
fn situation(facets: &Facets) -> Option<Situation> {
    let told: Told = serde_json::from_str(&facets.card).ok()?;
    let planned_funding = SignedMoney::from_fen(facets.planned_funding);
    let gap = |total: i64| SignedMoney::from_fen(total) - planned_funding;
    Some(Situation {
        stage: facets.stage.parse().ok()?,
        stage_since: facets.stage_since.parse().ok()?,
        is_inferred: facets.inferred,
        is_funded: !facets.channels.is_empty(),
        gap: facets.total_investment.map(gap),
        lacks_facts: !told.missing.is_empty(),
        planned: told.planned,
    })
}

impl DerivedRow for Waiting {
    const TABLE: &'static str = "project_need";
    const NAME: &'static str = "needs";
    const COLUMNS: &'static [&'static str] = &["need", "day", "investment", "project_id"];
    const KEY: usize = 4;

    fn project_id(&self) -> i64 {
        self.project_id
    }

    fn values(self) -> Vec<SimpleExpr> {
        vec![self.need.into(), self.day.into(), self.investment.into(), self.project_id.into()]
    }
}

impl OfFacets for Waiting {
    fn of(id: i64, facets: &Facets) -> BTreeSet<Self> {
        let Some(situation) = situation(facets) else { return BTreeSet::new() };
        let waiting = |need: Need| {
            let since = situation.since(need)?;
            Some(Waiting {
                need: need.as_str().to_owned(),
                day: if need.is_dated() { since.to_string() } else { AT_ONCE.to_owned() },
                investment: facets.total_investment.unwrap_or(-1),
                project_id: id,
            })
        };
        Need::ALL.iter().copied().filter_map(waiting).collect()
    }
}

/// Which needs a list of current projects asks for, any of them, on which day.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    needs: Vec<Need>,
    day: Date,
    /// The projects that have one, in a column `number`, where they are few enough to be sorted.
    pub few: Option<Box<SelectStatement>>,
}

impl Asked {
    /// `None` when no need is asked for.
    pub fn of(needs: &[Need], day: Date, few: Option<Box<SelectStatement>>) -> Option<Self> {
        let mut needs = needs.to_vec();
        needs.sort_unstable();
        needs.dedup();
        (!needs.is_empty()).then_some(Self { needs, day, few })
    }

    /// Whether the table's own order leads to all that have it, each once.
    pub fn is_one(&self) -> bool {
        self.needs.len() == 1
    }

    /// Whether that order is the list's.
    pub fn is_in_order(&self) -> bool {
        self.is_one() && !self.needs.iter().any(|need| need.is_dated())
    }

    /// Whether a row of `table` is of a need that is asked for.
    pub fn is_of(&self, table: &'static str) -> SimpleExpr {
        let column = |name: &'static str| Expr::col((iden(table), iden(name)));
        let day = match self.needs.iter().any(|need| need.is_dated()) {
            true => column("day").lte(self.day.to_string()),
            false => column("day").eq(AT_ONCE),
        };
        let need = match self.needs.as_slice() {
            [need] => column("need").eq(need.as_str()),
            needs => column("need").is_in(needs.iter().map(|need| need.as_str())),
        };
        need.and(day)
    }

    /// Whether the project of a row has one; `id` names its number with its table.
    pub fn is_had_by(&self, id: SimpleExpr) -> SimpleExpr {
        let rows = Query::select()
            .expr(Expr::val(1))
            .from_as(iden("project_need"), iden("waiting"))
            .and_where(Expr::col((iden("waiting"), iden("project_id"))).eq(id))
            .and_where(self.is_of("waiting"))
            .to_owned();
        Expr::exists(rows)
    }

    /// The numbers of the projects that have one, in a column `id`, from at most `limit` rows.
    pub fn found(&self, limit: u64) -> SelectStatement {
        let rows = Query::select()
            .column(iden("project_id"))
            .from(iden("project_need"))
            .and_where(self.is_of("project_need"))
            .limit(limit)
            .to_owned();
        Query::select()
            .expr_as(Expr::col(iden("project_id")), iden("id"))
            .from_subquery(rows, iden("waiting"))
            .to_owned()
    }
}

/// Whether a version has one of some needs on a day, by the rules of [`Situation`].
pub(crate) fn version_has(backend: DbBackend, needs: &[Need], day: Date) -> SimpleExpr {
    let has = |need: &Need| match need {
        Need::Funding => Expr::col(iden("channels")).eq(""),
        Need::Gap => Expr::col(iden("total_investment")).gt(Expr::col(iden("planned_funding"))),
        Need::Excess => Expr::col(iden("total_investment")).lt(Expr::col(iden("planned_funding"))),
        // To the letter as cards have it; within a text the quotation marks are escaped.
        Need::Facts => contains(backend, "card", "\"missing\":[]").not(),
        Need::Confirmation => Expr::col(iden("inferred")).eq(true),
        Need::Overdue => is_in(&Stage::TO_BE_STARTED)
            .and(has_passed(backend, "start", day))
            .or(is_in(&Stage::TO_BE_LEFT).and(has_passed(backend, "finish", day))),
        Need::Stuck => match day.checked_sub(PATIENCE.days()) {
            Ok(latest) => {
                is_in(&Stage::TO_BE_LEFT).and(Expr::col(iden("stage_since")).lt(latest.to_string()))
            }
            Err(_) => nothing(),
        },
    };
    needs.iter().map(has).reduce(ExprTrait::or).unwrap_or_else(nothing)
}

fn nothing() -> SimpleExpr {
    Expr::val(1).eq(0)
}

fn is_in(stages: &[Stage]) -> SimpleExpr {
    Expr::col(iden("stage")).is_in(stages.iter().map(|stage| stage.as_str()))
}

/// Whether a planned period certainly lies before a day: as texts, the period and as much of the
/// day as it gives.
fn has_passed(backend: DbBackend, end: &str, day: Date) -> SimpleExpr {
    let (given, mark) = match backend {
        DbBackend::Postgres => {
            (format!("(CAST(card AS json) #>> '{{planned,{end}}}') COLLATE \"C\""), "$1")
        }
        _ => (format!("json_extract(card, '$.planned.{end}')"), "?"),
    };
    let sql = format!("{given} < substr({mark}, 1, length({given}))");
    Expr::cust_with_values(sql, [day.to_string()])
}
