//! Projects: how they are registered, changed and read, one by one.

mod between;
mod body;
mod changes;
pub(crate) mod derived;
pub(crate) mod facets;
mod flow;
mod found;
mod full;
pub(crate) mod indexes;
mod link;
mod list;
mod named;
mod need;
mod passage;
mod row_set;
mod search;
mod similar;
pub(crate) mod source;
mod step;
pub(crate) mod summary;
pub(crate) mod unit;
pub(crate) mod version;
mod walk;
mod words;

pub use changes::{ChangeKind, ChangeQuery, ChangedProject, ChangesPage, Standing};
pub use flow::Flow;
pub(crate) use full::in_full;
pub use list::{Count, Cursor, ListFilter, ListPage, ListQuery, Sort};
pub use named::{NamedProject, name_key};
pub use passage::Passage;
pub use similar::Similar;
pub use summary::{Board, Dimension, Summary, SummaryRow};

use crate::error::StoreError;
use crate::row::audit_record as record;
use crate::trail::Entry;
use crate::tx::Tx;
use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement, TryGetable,
};
use shortboard_domain::access::{Action, Sight};
use shortboard_domain::change::{Act, Change, Proposal, Registration};
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::decision::{self, Refusal};
use shortboard_domain::history::History;
use shortboard_domain::project::Project;
use unit::Held;

/// Which state of the registry a read asks for: by business day, and by what was recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    /// As it stood on that day; blank: as it stands now.
    pub as_of: Option<Date>,
    /// As it was recorded by that time; blank: by now.
    pub known_at: Option<Timestamp>,
}

impl When {
    /// Whether it is simply now.
    pub fn is_now(self) -> bool {
        self.as_of.is_none() && self.known_at.is_none()
    }
}

/// A project as seen at some point of both time axes.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The project.
    pub project: Project,
    /// Its version then.
    pub version: i64,
    /// When that version was recorded.
    pub updated_at: Timestamp,
    /// The day whose names it shows.
    pub day: Date,
}

/// What a decision may know besides the project.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The code lists.
    pub lists: &'a CodeLists,
    /// The registry's day.
    pub today: Date,
}

/// A decision about a project: what to record, nothing, or why not.
pub type Decision = Result<Option<Proposal>, Refusal>;

impl crate::Store {
    /// A project's history; `None` when there is no such project or it is out of sight.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn history(&self, sight: &Sight, id: i64) -> Result<Option<History>, StoreError> {
        let history = load_history(self.reader(), id).await?;
        Ok(history.filter(|history| {
            history.current().is_some_and(|project| sight.sees(&project.reach()))
        }))
    }

    /// A project as it stood and was known; `None` when it was not there or is out of sight.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn project(
        &self,
        sight: &Sight,
        id: i64,
        when: When,
    ) -> Result<Option<Seen>, StoreError> {
        let Some(mut history) = load_history(self.reader(), id).await? else { return Ok(None) };
        if let Some(time) = when.known_at {
            history = history.known_at(time);
        }
        let day = when.as_of.unwrap_or_else(|| self.today());
        Ok(seen(&history, when, day).filter(|seen| sight.sees(&seen.project.reach())))
    }
}

/// The latest state a history knows for a day.
pub(crate) fn seen(history: &History, when: When, day: Date) -> Option<Seen> {
    let project = if when.as_of.is_some() { history.at(day) } else { history.current() }?;
    let version = match when.as_of {
        Some(day) => history.version_at(day)?,
        None => history.changes().last()?.seq,
    };
    let updated_at = history.changes().iter().find(|c| c.seq == version)?.recorded_at;
    Some(Seen { project, version: version.into(), updated_at, day })
}

pub(crate) async fn load_history(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<History>, StoreError> {
    if id < 1 {
        return Ok(None);
    }
    history_of(id, chain(db, id).await?)
}

/// The records of a project, in order.
pub(crate) async fn chain(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Vec<record::Model>, StoreError> {
    Ok(record::Entity::find()
        .filter(record::Column::Chain.eq(id))
        .order_by_asc(record::Column::Seq)
        .all(db)
        .await?)
}

/// The history that a project's records tell.
pub(crate) fn history_of(id: i64, rows: Vec<record::Model>) -> Result<Option<History>, StoreError> {
    let Some(number) = rows.first().map(|row| row.subject.clone()) else { return Ok(None) };
    let changes: Result<Vec<Change>, StoreError> = rows.into_iter().map(body::change_of).collect();
    Ok(Some(History::new(id, number, changes?)))
}

impl Tx {
    /// Registers a project; `effective_on` is today by default.
    ///
    /// # Errors
    /// [`StoreError::Refused`], [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn register(
        &mut self,
        registration: Registration,
        effective_on: Option<Date>,
    ) -> Result<History, StoreError> {
        let day = effective_on.unwrap_or(self.today());
        let proposal = decision::register(registration, day)?;
        self.require(rights(&proposal.act))?;
        self.make_room().await?;
        let id = self.next_project_id().await?;
        let number = format!("BDB{}-{id:06}", self.today().year());
        let history = History::new(id, number, Vec::new());
        self.unit.hold(Held::new(history.clone()));
        self.record(history, proposal).await
    }

    /// Changes a project: locks it, asks the permit again, compares its version, lets the rules
    /// decide, records. The history comes back as it is afterwards, also when the decision was to
    /// record nothing.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Denied`], [`StoreError::Stale`],
    /// [`StoreError::Refused`], [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn change<D>(
        &mut self,
        id: i64,
        expected: Option<i64>,
        decide: D,
    ) -> Result<History, StoreError>
    where
        D: FnOnce(&History, &Project, Setting<'_>) -> Decision,
    {
        if self.unit.held(id).is_none() {
            self.make_room().await?;
            self.unit.settle().await?;
            self.lock_project(id).await?;
            let held = Held::load(&*self.db, id).await?.ok_or(StoreError::Missing)?;
            self.unit.hold(held);
        }
        let held = self.unit.held(id).ok_or(StoreError::Missing)?;
        let history = held.history.clone();
        let project = history.current().ok_or(StoreError::Missing)?;
        self.permit().holds_for(&project.reach())?;
        let current = i64::from(history.next_seq() - 1);
        if let Some(expected) = expected.filter(|expected| *expected != current) {
            return Err(StoreError::Stale { expected, current });
        }
        let setting = Setting { lists: &self.lists, today: self.today() };
        match decide(&history, &project, setting)? {
            Some(proposal) => self.record(history, proposal).await,
            None => Ok(history),
        }
    }

    /// Takes a change of a project that is held: the record, and the versions it restates. Answers
    /// the history with it.
    async fn record(
        &mut self,
        mut history: History,
        proposal: Proposal,
    ) -> Result<History, StoreError> {
        self.require(rights(&proposal.act))?;
        let id = history.id;
        let head = self.unit.held(id).ok_or(StoreError::Missing)?.head.clone();
        let change = Change {
            seq: history.next_seq(),
            recorded_at: self.after(head.as_ref()),
            actor: self.actor().to_owned(),
            effective_on: proposal.effective_on,
            act: proposal.act,
            import: self.import,
        };
        let from = history.touches_from(&change);
        let body = body::of(&change);
        history.push(change.clone());

        if !self.unit.knows(id, from) {
            self.flush().await?;
            let held = Held::load(&*self.db, id).await?.ok_or(StoreError::Missing)?;
            self.unit.hold(held);
        }
        let held = self.unit.held(id).ok_or(StoreError::Missing)?;
        let ended = held.open_from(&*self.db, from).await?;
        let appended = version::restated(&history, &change, from, &ended, &self.lists);
        let entry = Entry {
            chain: id,
            recorded_at: change.recorded_at,
            action: change.act.as_str(),
            effective_on: Some(change.effective_on),
            subject: &history.registry_number,
            body,
            versions: version::proof(&appended, &ended),
        };
        let record = self.next_record(head.as_ref(), entry);
        self.unit.take(id, change, from, record, appended);
        Ok(history)
    }

    /// Begins to write what is kept back when it is enough. Only before another project is taken up:
    /// one that changes again would have to be read back first.
    async fn make_room(&mut self) -> Result<(), StoreError> {
        match self.unit.is_full() {
            true => self.unit.write(&self.db).await,
            false => Ok(()),
        }
    }

    async fn lock_project(&self, id: i64) -> Result<(), StoreError> {
        // SQLite has one writer; PostgreSQL locks the row against another change of it.
        if self.is_postgres() {
            let sql = "SELECT id FROM project WHERE id = $1 FOR UPDATE";
            let statement =
                Statement::from_sql_and_values(self.db.get_database_backend(), sql, [id.into()]);
            self.db.query_one_raw(statement).await?.ok_or(StoreError::Missing)?;
        }
        Ok(())
    }

    /// A number that no project has or had: a chain is never removed, so that on SQLite, which has
    /// one writer, the largest one leads on; PostgreSQL keeps a sequence, and numbers may be left out.
    async fn next_project_id(&mut self) -> Result<i64, StoreError> {
        if let (Some(last), false) = (self.last_id, self.is_postgres()) {
            self.last_id = Some(last + 1);
            return Ok(last + 1);
        }
        let sql = if self.is_postgres() {
            "SELECT nextval('project_number') AS id"
        } else {
            "SELECT COALESCE(MAX(chain), 0) + 1 AS id FROM audit_record"
        };
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        let row = self.db.query_one_raw(statement).await?.ok_or(StoreError::Missing)?;
        let id = i64::try_get_by(&row, "id")?;
        self.last_id = Some(id);
        Ok(id)
    }
}

/// The actions of which one permits an act.
fn rights(act: &Act) -> &'static [Action] {
    match act {
        Act::Register(registration) if registration.is_plain() => &[
            Action::RegisterProject,
            Action::PlaceProject,
            Action::ImportProjects,
            Action::LoadSeeds,
        ],
        Act::Register(_) => &[Action::PlaceProject, Action::LoadSeeds],
        Act::ChangeFacts { .. } | Act::SetMatter { .. } => &[
            Action::ChangeFacts,
            Action::PlaceProject,
            Action::ImportProjects,
            Action::KeepDepartments,
        ],
        Act::Submit => &[Action::SubmitFiling],
        Act::Accept | Act::Return { .. } => &[Action::ReviewFiling],
        Act::Move { .. } => &[Action::MoveStage, Action::CorrectStage, Action::PlaceProject],
        Act::CorrectMove { .. } => &[Action::CorrectStage],
        Act::ConfirmStage { .. } => &[Action::MoveStage],
        Act::AddFunding { .. } | Act::ChangeFunding { .. } | Act::RemoveFunding { .. } => {
            &[Action::TagFunding, Action::PlaceProject]
        }
        Act::Relabel => &[Action::LoadSeeds, Action::KeepDepartments],
        Act::Withdraw => &[Action::ImportProjects, Action::PlaceProject],
    }
}
