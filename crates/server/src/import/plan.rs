//! What is to be done about rows: each is looked for in the registry, compared with what it finds,
//! and judged by the rights and the scope of whoever imports.

use super::facts::{Reader, Told, with_departments};
use super::funding::{self, FundingAct};
use super::matching::{Books, Match, Seeker};
use super::said::{CellChange, Choice, Matched, PlacedAt, Plan, Row, Said};
use super::sentences::{denied_note, no_project, refusal_note, stage_differs};
use super::words::Places;
use crate::project::one::reach_of;
use shortboard_domain::access::{Action, Actor, Denied, Reach, Sight};
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::decision::{Conflict, MOST_SOURCES};
use shortboard_domain::facts::Facts;
use shortboard_domain::import::RowKind;
use shortboard_domain::project::Project;
use shortboard_domain::stage::{Stage, StageBasis};
use shortboard_store::StoreError;
use shortboard_store::project::Seen;
use std::collections::{BTreeMap, HashMap};

/// In which way somebody imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// New projects are placed where they stand, funding and all.
    Placing,
    /// New projects are drafts.
    Drafting,
    /// Funding alone.
    Tagging,
}

impl Way {
    /// The way of an account, and the action for which it needs leave.
    ///
    /// # Errors
    /// [`Denied`] for those who import nothing.
    pub fn of(actor: &Actor) -> Result<(Self, Action), Denied> {
        use shortboard_domain::access::{Role, Scope};
        let (way, action) = match (actor.role(), actor.scope()) {
            (Some(Role::Registrar), Some(Scope::City)) => (Self::Placing, Action::PlaceProject),
            (Some(Role::Finance), _) => (Self::Tagging, Action::TagFunding),
            _ => (Self::Drafting, Action::ImportProjects),
        };
        actor.permit(action).map(|_| (way, action))
    }
}

/// What a plan comes to.
#[derive(Debug, Clone, Default)]
pub struct Todo {
    /// The facts, where there are new ones.
    pub facts: Option<Facts>,
    /// What becomes of the funding.
    pub funding: Vec<FundingAct>,
    /// Departments that no list has yet.
    pub unverified: BTreeMap<String, String>,
}

/// Plans rows, batch by batch.
pub struct Planner {
    pub actor: Actor,
    pub sight: Sight,
    pub way: Way,
    pub lists: CodeLists,
    pub places: Places,
    pub said: Said,
    /// Which row a project was matched by, and which row names a new one.
    pub taken: HashMap<i64, (usize, u32)>,
    pub named: HashMap<String, (usize, u32)>,
    /// For how many more rows likely duplicates are looked for thoroughly.
    pub thorough: usize,
}

/// A row to be planned, with what was decided about it.
pub struct Asked<'r> {
    pub row: &'r Row,
    pub choice: Option<Choice>,
}

impl Planner {
    /// A planner for whoever imports.
    ///
    /// # Errors
    /// [`Denied`]
    pub fn new(actor: &Actor, said: Said, lists: &CodeLists) -> Result<Self, Denied> {
        let (way, _) = Way::of(actor)?;
        Ok(Self {
            actor: actor.clone(),
            sight: actor.sight()?,
            way,
            lists: lists.clone(),
            places: Places::of(lists),
            said,
            taken: HashMap::new(),
            named: HashMap::new(),
            thorough: 0,
        })
    }

    /// Plans a batch of rows.
    ///
    /// # Errors
    /// What the store says.
    pub async fn plan(
        &mut self,
        books: &mut Books<'_>,
        rows: &[Asked<'_>],
    ) -> Result<Vec<(Plan, Todo)>, StoreError> {
        let told = self.told(rows);
        let matches = Seeker::new(self, &told, rows).find(books).await?;
        self.plan_as(books, rows, &told, matches).await
    }

    /// Plans a batch of rows again whose projects are known.
    ///
    /// # Errors
    /// What the store says.
    pub async fn plan_again(
        &mut self,
        books: &mut Books<'_>,
        rows: &[Asked<'_>],
        matches: Vec<Match>,
    ) -> Result<Vec<(Plan, Todo)>, StoreError> {
        let told = self.told(rows);
        self.plan_as(books, rows, &told, matches).await
    }

    async fn plan_as(
        &mut self,
        books: &mut Books<'_>,
        rows: &[Asked<'_>],
        told: &[Told],
        matches: Vec<Match>,
    ) -> Result<Vec<(Plan, Todo)>, StoreError> {
        let ids: Vec<i64> = matches.iter().filter_map(Match::id).collect();
        let seen = books.in_full(&self.sight, &ids).await?;
        let seen: HashMap<i64, Seen> =
            seen.into_iter().map(|seen| (seen.project.id, seen)).collect();
        let mut plans = Vec::with_capacity(rows.len());
        for ((asked, told), found) in rows.iter().zip(told).zip(matches) {
            let planned = self.one(asked, told, found, &seen);
            let planned = match planned.0.kind {
                RowKind::New if asked.choice.is_none() && self.thorough > 0 => {
                    self.thorough -= 1;
                    self.look_again(books, planned).await?
                }
                _ => planned,
            };
            plans.push(planned);
        }
        Ok(plans)
    }

    /// What the rows tell, with the lists that hold all departments they name.
    fn told(&mut self, rows: &[Asked<'_>]) -> Vec<Told> {
        let told: Vec<Told> = rows.iter().map(|asked| self.reader().told(asked.row)).collect();
        let mut more = BTreeMap::new();
        for told in &told {
            more.extend(told.unverified.clone());
        }
        more.retain(|_, code| self.lists.entry(super::DEPARTMENTS, code).is_none());
        if !more.is_empty() {
            self.lists = with_departments(&self.lists, &more);
        }
        told
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            lists: &self.lists,
            settings: &self.said.settings,
            sheets: &self.said.sheets,
            places: &self.places,
            actor: &self.actor,
        }
    }

    fn one(
        &mut self,
        asked: &Asked<'_>,
        told: &Told,
        found: Match,
        seen: &HashMap<i64, Seen>,
    ) -> (Plan, Todo) {
        let row = asked.row;
        let sheet = self.said.sheets.get(row.sheet);
        let settings = &self.said.settings;
        let left_out = asked.choice == Some(Choice::LeaveOut)
            || sheet.is_some_and(|sheet| settings.left_out_sheets.contains(&sheet.name));
        if left_out {
            return (Plan::of(RowKind::LeftOut), Todo::default());
        }
        let mut plan = Plan::of(RowKind::Error);
        for note in &row.problems {
            let is_kept = |column: &String| sheet.is_some_and(|of| of.is_kept(column));
            let is_wrong = super::is_error(&note.code) && note.column.as_ref().is_none_or(is_kept);
            if is_wrong { &mut plan.errors } else { &mut plan.notices }.push(note.clone());
        }
        let mut todo = Todo { unverified: told.unverified.clone(), ..Todo::default() };
        match found {
            Match::Wrong(note) => plan.errors.push(note),
            Match::Several(likely) => {
                plan.kind = RowKind::Duplicate;
                plan.likely = likely;
            }
            Match::One(id, by) => match seen.get(&id) {
                None => plan.errors.push(super::matching::not_found(sheet)),
                Some(seen) => {
                    plan.project = Some(Matched {
                        id,
                        registry_number: seen.project.registry_number.clone(),
                        name: seen.project.facts.name.clone(),
                        version: seen.version,
                        by,
                    });
                    if let Some((other, number)) =
                        self.taken.insert(id, (row.sheet, row.project.row))
                    {
                        plan.errors.push(self.same_as(other, number));
                    }
                    self.change(row, told, &seen.project, &mut plan, &mut todo);
                }
            },
            Match::None(likely) => {
                plan.likely = likely;
                self.register(asked, told, &mut plan, &mut todo);
            }
        }
        self.tell_departments(row, told, &mut plan);
        self.tell_unknown_words(row, told, &mut plan);
        if !plan.errors.is_empty() {
            plan.kind = match self.said.settings.leave_out_errors {
                true => RowKind::LeftOut,
                false => RowKind::Error,
            };
            todo = Todo::default();
        }
        (plan, todo)
    }

    /// What a row changes in a project.
    fn change(&self, row: &Row, told: &Told, project: &Project, plan: &mut Plan, todo: &mut Todo) {
        plan.kind = RowKind::Unchanged;
        if self.way != Way::Tagging {
            self.change_facts(row, told, project, plan, todo);
            let stage = row.project.stage;
            if let Some(stage) = stage.filter(|stage| *stage != project.stage) {
                plan.notices.push(stage_differs(self.column(row, "stage"), stage));
            }
        }
        if self.way == Way::Drafting {
            self.tell_funding_is_left(row, plan);
        } else if !row.project.funding.is_empty() {
            self.change_funding(row, project, plan, todo);
        }
        if !plan.changes.is_empty() {
            plan.kind = RowKind::Changed;
        }
    }

    fn change_facts(
        &self,
        row: &Row,
        told: &Told,
        project: &Project,
        plan: &mut Plan,
        todo: &mut Todo,
    ) {
        let newer = match self.reader().newer_facts(told, &project.facts) {
            Ok(newer) => newer,
            Err(faults) => return plan.errors.extend(self.reader().notes(row, faults)),
        };
        if newer == project.facts {
            return;
        }
        let moved = Reach { author: project.author.clone(), ..reach_of(&self.actor, &newer) };
        let may = self.actor.permit_on(self.action(), &project.reach());
        let may = may.and_then(|_| {
            // Where it stands afterwards must be the caller's to work on, too.
            let moved = Reach { filing: project.filing, ..moved };
            self.actor.permit_on(self.action(), &moved)
        });
        if let Err(denied) = may {
            plan.errors.push(denied_note(&denied));
        }
        if let Err(refusal) = project.unlocked() {
            plan.errors.push(refusal_note(&refusal));
        }
        let old = serde_json::to_value(&project.facts).unwrap_or_default();
        for (field, to) in project.facts.changes_to(&newer) {
            let column = match field.as_str() {
                "planned" => self.column(row, "start"),
                "departments" => self.column(row, "department"),
                "location" => self.column(row, "place"),
                field => self.column(row, field),
            };
            let column = column.map(str::to_owned);
            plan.changes.push(CellChange { from: old[&field].clone(), field, column, to });
        }
        todo.facts = Some(newer);
    }

    /// What registers a project of its own.
    fn register(&mut self, asked: &Asked<'_>, told: &Told, plan: &mut Plan, todo: &mut Todo) {
        let row = asked.row;
        if self.way == Way::Tagging {
            plan.errors.push(no_project());
            return;
        }
        let facts = match self.reader().new_facts(told) {
            Ok(facts) => facts,
            Err(faults) => return plan.errors.extend(self.reader().notes(row, faults)),
        };
        let reach = reach_of(&self.actor, &facts);
        if let Err(denied) = self.actor.permit_on(Action::RegisterProject, &reach) {
            plan.errors.push(denied_note(&denied));
        }
        for key in super::matching::own_keys(&facts) {
            if let Some((sheet, number)) = self.named.insert(key, (row.sheet, row.project.row)) {
                plan.errors.push(self.same_as(sheet, number));
                break;
            }
        }
        let is_likely = !plan.likely.is_empty() && asked.choice != Some(Choice::New);
        plan.kind = if is_likely { RowKind::Duplicate } else { RowKind::New };
        if self.way == Way::Placing {
            plan.placed = self.placed(row);
            let column = self.column(row, "funding");
            let funded = funding::compare(&self.funding_told(row), &[], column, &self.lists);
            plan.notices.extend(funded.notices);
            plan.errors.extend(funded.errors);
            if funded.acts.len() > MOST_SOURCES {
                plan.errors.push(refusal_note(&Conflict::TooManySources.into()));
            }
            todo.funding = funded.acts;
        } else {
            self.tell_funding_is_left(row, plan);
        }
        todo.facts = Some(facts);
    }

    /// Where a new project stands: a column records it, the words around it let it be inferred. A
    /// concept is a draft like any other.
    fn placed(&self, row: &Row) -> Option<PlacedAt> {
        let stage = row.project.stage.filter(|stage| *stage != Stage::Concept)?;
        let basis = match row.project.stage_quote {
            None => StageBasis::Recorded,
            Some(_) => StageBasis::Inferred,
        };
        Some(PlacedAt { stage, basis })
    }

    /// The action that the account needs leave for.
    pub fn action(&self) -> Action {
        match self.way {
            Way::Placing => Action::PlaceProject,
            Way::Drafting => Action::ImportProjects,
            Way::Tagging => Action::TagFunding,
        }
    }

    pub(super) fn column(&self, row: &Row, field: &str) -> Option<&str> {
        self.said.sheets.get(row.sheet)?.column_of(field)
    }
}
