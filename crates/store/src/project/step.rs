//! Steps: the days on which what is compared between two days changed, each with how it differs
//! from what held before, so that a comparison of a quarter counts rows and reads no version.

use super::derived::Turn;
use super::facets::{self, Facets, iden};
use super::passage::{Passage, is_in_library};
use super::row_set::{self, DerivedRow};
use super::version::Version;
use crate::error::StoreError;
use crate::rows::ROWS;
use crate::time::NEVER;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shortboard_domain::filing::Filing;
use shortboard_domain::stage::Stage;
use std::collections::{BTreeSet, HashMap};

/// The day that never comes, as [`number`] has it.
const NO_END: i32 = 99_991_231;

/// A row of `project_step`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, FromQueryResult)]
struct Step {
    day: i32,
    project_id: i64,
    until: i32,
    before_1: i32,
    passage_1: i16,
    total_1: i64,
    before_2: i32,
    passage_2: i16,
    total_2: i64,
    before_3: i32,
    passage_3: i16,
    total_3: i64,
    total: i64,
    reach: Option<String>,
}

impl DerivedRow for Step {
    const TABLE: &'static str = "project_step";
    const NAME: &'static str = "steps";
    const COLUMNS: &'static [&'static str] = &[
        "day",
        "project_id",
        "until",
        "before_1",
        "passage_1",
        "total_1",
        "before_2",
        "passage_2",
        "total_2",
        "before_3",
        "passage_3",
        "total_3",
        "total",
        "reach",
    ];
    const KEY: usize = 2;

    fn is_in_place_of(&self, other: &Self) -> bool {
        (self.day, self.project_id) == (other.day, other.project_id)
    }

    fn project_id(&self) -> i64 {
        self.project_id
    }

    fn values(self) -> Vec<SimpleExpr> {
        vec![
            self.day.into(),
            self.project_id.into(),
            self.until.into(),
            self.before_1.into(),
            self.passage_1.into(),
            self.total_1.into(),
            self.before_2.into(),
            self.passage_2.into(),
            self.total_2.into(),
            self.before_3.into(),
            self.passage_3.into(),
            self.total_3.into(),
            self.total.into(),
            self.reach.into(),
        ]
    }
}

/// What of an open version is compared, and what it is seen by.
#[derive(Debug, Clone, FromQueryResult)]
struct Stood {
    project_id: i64,
    effective_from: String,
    filing: String,
    stage: String,
    total_investment: Option<i64>,
    planned_funding: i64,
    arrived_funding: i64,
    region: String,
    also_in: String,
    departments: String,
    owner_group: Option<String>,
}

/// An accepted project.
#[derive(Debug, PartialEq, Eq)]
struct Standing {
    stage: Stage,
    /// Total investment, planned and arrived funding, fen; nothing of a cancelled one, which is not
    /// in the library.
    money: (Option<i64>, i64, i64),
    reach: String,
}

impl Stood {
    const COLUMNS: [&str; 11] = [
        "project_id",
        "effective_from",
        "filing",
        "stage",
        "total_investment",
        "planned_funding",
        "arrived_funding",
        "region",
        "also_in",
        "departments",
        "owner_group",
    ];

    fn of(version: &Version) -> Self {
        let Facets { filing, stage, region, also_in, departments, .. } = version.facets.clone();
        Self {
            project_id: version.project_id,
            effective_from: version.effective_from.clone(),
            filing,
            stage,
            total_investment: version.facets.total_investment,
            planned_funding: version.facets.planned_funding,
            arrived_funding: version.facets.arrived_funding,
            region,
            also_in,
            departments,
            owner_group: version.facets.owner_group.clone(),
        }
    }

    /// `None` when it is not accepted.
    fn standing(&self) -> Result<Option<Standing>, StoreError> {
        if self.filing != Filing::Accepted.as_str() {
            return Ok(None);
        }
        let stage = self.stage.parse();
        let stage: Stage =
            stage.map_err(|_| StoreError::inconsistent("project_version.stage", &self.stage))?;
        let money = match is_in_library(Some(stage)) {
            true => (self.total_investment, self.planned_funding, self.arrived_funding),
            false => (None, 0, 0),
        };
        Ok(Some(Standing { stage, money, reach: self.reach() }))
    }

    fn reach(&self) -> String {
        let codes = |column: &str, letter: char| -> Vec<String> {
            facets::codes(column).map(|code| format!("{letter}{code}")).collect()
        };
        let mut all: BTreeSet<String> = BTreeSet::new();
        all.extend(codes(&self.departments, DEPARTMENT));
        all.extend(codes(self.owner_group.as_deref().unwrap_or_default(), GROUP));
        all.extend(codes(&self.region, REGION));
        all.extend(codes(&self.also_in, REGION));
        let all: Vec<String> = all.into_iter().collect();
        format!(",{},", all.join(","))
    }
}

/// What precedes the code of a region in a reach.
pub(crate) const REGION: char = 'r';
/// What precedes the code of a department.
pub(crate) const DEPARTMENT: char = 'd';
/// What precedes the code of a group.
pub(crate) const GROUP: char = 'g';

/// A day as the table has it.
pub(crate) fn number(day: &str) -> Result<i32, StoreError> {
    day.replace('-', "").parse().map_err(|_| StoreError::inconsistent("project_version day", day))
}

/// How two states differ.
fn passage(before: Option<&Standing>, after: Option<&Standing>) -> Passage {
    let stage = |standing: Option<&Standing>| standing.map(|standing| standing.stage);
    let money = |standing: Option<&Standing>| standing.map(|standing| standing.money);
    let (stage_before, stage_after) = (stage(before), stage(after));
    let stays = is_in_library(stage_before) && is_in_library(stage_after);
    let refunded = stays && money(before) != money(after);
    Passage { before: stage_before, after: stage_after, refunded }
}

/// The total investment of a state, fen; nothing where it has none.
fn total(standing: Option<&Standing>) -> i64 {
    standing.and_then(|standing| standing.money.0).unwrap_or(0)
}

/// The steps of a project whose open versions these are, oldest first.
fn steps(id: i64, open: &[Stood]) -> Result<Vec<Step>, StoreError> {
    // What holds from each step on, after the nothing before the first.
    let mut held: Vec<(i32, Option<Standing>)> = vec![(0, None)];
    for stood in open {
        let standing = stood.standing()?;
        if held.last().is_some_and(|(_, last)| *last != standing) {
            held.push((number(&stood.effective_from)?, standing));
        }
    }
    let mut steps = Vec::new();
    for (at, (day, after)) in held.iter().enumerate().skip(1) {
        let before = |back: usize| at.checked_sub(back).and_then(|at| held.get(at));
        let differs = |back: usize| match before(back) {
            Some((since, state)) => {
                let number = passage(state.as_ref(), after.as_ref()).number();
                (*since, number, total(state.as_ref()))
            }
            None => (0, 0, 0),
        };
        let compared = (0..=3).filter_map(|back| before(back)?.1.as_ref());
        let mut reaches = compared.map(|standing| standing.reach.as_str());
        let reach = reaches.next().filter(|reach| reaches.all(|other| other == *reach));
        let [first, second, third] = [1, 2, 3].map(differs);
        steps.push(Step {
            day: *day,
            project_id: id,
            until: held.get(at + 1).map_or(NO_END, |(next, _)| *next),
            before_1: first.0,
            passage_1: first.1,
            total_1: first.2,
            before_2: second.0,
            passage_2: second.1,
            total_2: second.2,
            before_3: third.0,
            passage_3: third.1,
            total_3: third.2,
            total: total(after.as_ref()),
            reach: reach.map(str::to_owned),
        });
    }
    Ok(steps)
}

/// Brings the steps of projects up to date.
///
/// A new version may end a step long before the versions that it takes the place of, so that all
/// open versions of a project are looked at. They have been written already.
pub(crate) async fn follow(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
) -> Result<(), StoreError> {
    let changed = turns.iter().filter(|turn| turn.before.is_some()).map(|turn| turn.id);
    let mut open = open(db, &changed.collect::<Vec<i64>>()).await?;
    let mut sets = Vec::new();
    for turn in turns {
        let mut versions = open.remove(&turn.id).unwrap_or_default();
        // The appended ones reach from the first of them to the end of time.
        let since = turn.appended.first().map(|first| first.effective_from.as_str());
        versions.retain(|stood| since.is_none_or(|since| stood.effective_from.as_str() < since));
        let with =
            |more: &[Version]| [versions.clone(), more.iter().map(Stood::of).collect()].concat();
        let set = |steps: Vec<Step>| steps.into_iter().collect();
        let before = set(steps(turn.id, &with(turn.ended))?);
        let after = set(steps(turn.id, &with(turn.appended))?);
        sets.push((before, after));
    }
    row_set::put(db, sets).await
}

/// The open versions of projects, oldest first.
async fn open(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<Stood>>, StoreError> {
    let mut open: HashMap<i64, Vec<Stood>> = HashMap::new();
    for ids in ids.chunks(ROWS) {
        let query = Query::select()
            .columns(Stood::COLUMNS.map(iden))
            .from(iden("project_version"))
            .and_where(Expr::col(iden("project_id")).is_in(ids.iter().copied()))
            .and_where(Expr::col(iden("recorded_to")).eq(NEVER))
            .order_by(iden("project_id"), Order::Asc)
            .order_by(iden("effective_from"), Order::Asc)
            .to_owned();
        for row in &db.query_all(&query).await? {
            let stood = Stood::from_query_result(row, "")?;
            open.entry(stood.project_id).or_default().push(stood);
        }
    }
    Ok(open)
}

/// What of a range of projects is kept otherwise than it follows from them.
pub(crate) async fn problems(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
    first: i64,
    until: i64,
) -> Result<Vec<String>, StoreError> {
    let mut told = BTreeSet::new();
    for turn in turns {
        let open: Vec<Stood> = turn.appended.iter().map(Stood::of).collect();
        told.extend(steps(turn.id, &open)?);
    }
    let of_projects = Expr::col(iden("project_id")).between(first, until);
    let kept = days_between(i32::MIN, i32::MAX).and(of_projects);
    row_set::differences::<Step>(db, kept, told).await
}

/// Whether a step is of a day after `from`, up to `to`: for reads of a few projects, which then seek
/// them on each day instead of reading every project of these days.
pub(crate) fn days_between(from: i32, to: i32) -> SimpleExpr {
    Expr::cust(format!(
        "day IN (WITH RECURSIVE stop(day) AS (\
         SELECT MIN(day) FROM project_step WHERE day > {from} UNION ALL \
         SELECT (SELECT MIN(next.day) FROM project_step next WHERE next.day > stop.day) \
         FROM stop WHERE stop.day < {to}) SELECT stop.day FROM stop WHERE stop.day <= {to})"
    ))
}
