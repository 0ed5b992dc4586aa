//! Imports: a ledger is uploaded and read, what is to be done about each row is shown, changed and
//! carried out, all of it or nothing, and can be taken back. Pages, API and command line go through
//! [`Imports`] alike.

pub mod api;
mod carry_out;
mod error_sheet;
mod facts;
pub mod form;
mod funding;
mod looked;
mod matching;
mod own_words;
mod plan;
mod reading;
pub mod receiving;
mod revise;
pub mod said;
mod sentences;
pub mod show;
mod take_back;
pub mod upload;
pub mod words;

pub use plan::Way;
pub use revise::Revision;
pub use take_back::InTheWay;

use crate::problem::Failure;
use said::Said;
use shortboard_domain::access::{Action, Actor, Role, Scope};
use shortboard_domain::codelist::ListName;
use shortboard_domain::decision::Conflict;
use shortboard_domain::decision::Refusal;
use shortboard_domain::import::ImportState;
use shortboard_store::Store;
use shortboard_store::import::{Import, ImportRow};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The list that unverified departments are added to.
const DEPARTMENTS: ListName = ListName::Departments;

/// How many rows are planned at a time.
const BATCH: u64 = 500;

/// How many projects of one write are many.
const MANY: i64 = 5000;

/// For how many rows of a file likely duplicates are looked for with all that the registry can find;
/// of the others, those whose names are the same but for ordinals and endings.
const THOROUGH: usize = 300;

/// After how many seconds an import is given up that nobody works on any more.
const GIVEN_UP: i64 = 600;

/// How far the work on an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub state: ImportState,
    /// Rows done.
    pub done: i64,
    /// Of how many, where that is known.
    pub of: i64,
}

/// The imports of a registry.
#[derive(Clone, Debug)]
pub struct Imports {
    store: Store,
    running: Arc<Mutex<HashMap<i64, Progress>>>,
    /// Whose turn it is to write. The others wait here, where they hold no connection.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// An import with what is said of it and how far the work on it has come.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The import.
    pub import: Import,
    /// What is said of it.
    pub said: Said,
    /// How far the work has come, while this program works on it.
    pub progress: Option<Progress>,
}

impl Standing {
    /// What has become of it.
    pub fn state(&self) -> ImportState {
        self.progress.map_or(self.import.state, |progress| progress.state)
    }
}

/// Whether something that the reader of a ledger found about a row keeps the row out: a value that
/// could not be read does; one that is read all the same, that settles nothing yet (已开工, 待定), or
/// stands in no field, does not.
fn is_error(code: &str) -> bool {
    const NOTICES: [&str; 14] = [
        "ambiguous_month",
        "channel_missing",
        "coarser_date",
        "duration",
        "further_value",
        "implausible_amount",
        "joint_amount",
        "not_a_channel",
        "rounded",
        "shared_amount",
        "unclear_status",
        "unit_assumed",
        "unsettled_amount",
        "unsettled_date",
    ];
    !NOTICES.contains(&code)
}

/// Whether it is about a row that tells of no project.
fn is_of_no_project(code: &str) -> bool {
    const OF_NONE: [&str; 3] = ["another_header", "name_missing", "row_not_understood"];
    OF_NONE.contains(&code)
}

impl Imports {
    /// The imports of a registry.
    pub fn new(store: Store) -> Self {
        Self { store, running: Arc::default(), turn: Arc::default() }
    }

    /// An account's imports, the newest first; a registrar of city scope sees everybody's.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who import nothing.
    pub async fn list(
        &self,
        actor: &Actor,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Standing>, Failure> {
        Way::of(actor)?;
        let whose = (!sees_all(actor)).then(|| actor.name());
        let imports = self.store.imports(whose, before, limit).await?;
        Ok(imports.into_iter().map(|import| self.standing(import)).collect())
    }

    /// An import and how it stands.
    ///
    /// # Errors
    /// [`Failure::Denied`]; [`Failure::NotFound`] for another account's
    pub async fn state(&self, actor: &Actor, id: i64) -> Result<Standing, Failure> {
        Way::of(actor)?;
        let import = self.store.import(id).await?.ok_or(Failure::NotFound)?;
        if import.account != actor.name() && !sees_all(actor) {
            return Err(Failure::NotFound);
        }
        Ok(self.standing(import))
    }

    /// Rows of an import, from a place on; of some kinds, or of all.
    ///
    /// # Errors
    /// As [`Imports::state`].
    pub async fn rows(
        &self,
        actor: &Actor,
        id: i64,
        kinds: &[String],
        from: i64,
        limit: u64,
    ) -> Result<Vec<ImportRow>, Failure> {
        self.state(actor, id).await?;
        Ok(self.store.import_rows(id, kinds, from, limit).await?)
    }

    /// Throws an import away that is not carried out.
    ///
    /// # Errors
    /// As [`Imports::state`]; [`Conflict::ImportNotReady`] once it is carried out
    pub async fn throw_away(&self, actor: &Actor, id: i64) -> Result<(), Failure> {
        let standing = self.state(actor, id).await?;
        if standing.state() == ImportState::Committing {
            return Err(refused(Conflict::ImportNotReady));
        }
        let permit = actor.permit(Action::UseDesk)?;
        let removed =
            self.store.write(permit, move |tx| Box::pin(async move { tx.remove_import(id).await }));
        Ok(removed.await?)
    }

    fn standing(&self, import: Import) -> Standing {
        let progress = self.running().get(&import.id).copied();
        let mut said = Said::read(&import.said);
        let mut import = import;
        let idle = self.store.now().as_second() - import.touched_at.as_second();
        if import.state == ImportState::Reading && progress.is_none() && idle > GIVEN_UP {
            import.state = ImportState::Failed;
            said.failure = Some(reading::broken_off());
        }
        Standing { import, said, progress }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Progress>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes down that an import is worked on; `None` when it is already.
    fn begin(&self, id: i64, state: ImportState, of: i64) -> Option<Running> {
        let mut running = self.running();
        if running.contains_key(&id) {
            return None;
        }
        running.insert(id, Progress { state, done: 0, of });
        Some(Running { imports: self.clone(), id })
    }
}

/// Work on an import, until dropped.
struct Running {
    imports: Imports,
    id: i64,
}

impl Running {
    /// Takes down how far it has come.
    fn tell(&self, done: i64, of: i64) {
        if let Some(progress) = self.imports.running().get_mut(&self.id) {
            (progress.done, progress.of) = (done, of);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.imports.running().remove(&self.id);
    }
}

fn sees_all(actor: &Actor) -> bool {
    actor.role() == Some(Role::Registrar) && actor.scope() == Some(&Scope::City)
}

fn refused(conflict: Conflict) -> Failure {
    Failure::Refused(Refusal::Conflict(conflict))
}
