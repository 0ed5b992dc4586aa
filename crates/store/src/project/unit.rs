//! What a write has made of projects so far. Rows are kept back and written together, many a
//! statement, so that a hundred thousand projects come in as quickly as the database can take them.

use super::derived::{self, Turn};
use super::facets::{self, Facets};
use super::summary::Following;
use super::version::{self, Version};
use super::{chain, history_of};
use crate::error::StoreError;
use crate::row::audit_record as record;
use crate::time::micros;
use crate::trail::{self, Head};
use jiff::civil::Date;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use shortboard_domain::change::Change;
use shortboard_domain::history::History;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// How many rows are kept back before they are written.
const KEPT_BACK: usize = 4000;

/// The projects that a write has touched, and their rows that are not written yet.
#[derive(Default)]
pub(crate) struct Unit {
    held: BTreeMap<i64, Held>,
    records: Vec<record::Model>,
    rows: usize,
    derives_later: bool,
    /// What the summaries are to learn when the write commits.
    summaries: Following,
    /// What was kept back before, on its way into the database.
    under_way: Option<JoinHandle<Result<Following, StoreError>>>,
}

/// A project as the write has it.
pub(crate) struct Held {
    pub history: History,
    pub head: Option<Head>,
    /// The current row as stored.
    stored: Option<Facets>,
    /// The day from which on the open versions are known; those before are not touched.
    known_from: Date,
    /// The open versions from that day on, oldest first.
    open: Vec<Open>,
    /// Stored versions that the write has ended.
    ended: Vec<Version>,
    /// Versions that the write has both appended and ended.
    passing: Vec<Version>,
}

struct Open {
    version: Version,
    is_stored: bool,
}

impl Held {
    /// A project that is being registered.
    pub fn new(history: History) -> Self {
        Self {
            history,
            head: None,
            stored: None,
            known_from: Date::MIN,
            open: Vec::new(),
            ended: Vec::new(),
            passing: Vec::new(),
        }
    }

    /// A project as stored; `None` when there is none. Its open versions are not known yet.
    pub async fn load(db: &impl ConnectionTrait, id: i64) -> Result<Option<Self>, StoreError> {
        let rows = chain(db, id).await?;
        let head = rows.last().map(Head::of);
        let history = history_of(id, rows)?;
        Ok(history.map(|history| Self { head, known_from: Date::MAX, ..Self::new(history) }))
    }

    /// The open versions that reach beyond a day.
    pub async fn open_from(
        &mut self,
        db: &impl ConnectionTrait,
        day: Date,
    ) -> Result<Vec<Version>, StoreError> {
        if day < self.known_from {
            // Nothing of it is kept back: see `Unit::knows`.
            let open = version::open_from(db, self.history.id, day).await?;
            self.stored = open.last().map(|version| version.facets.clone());
            self.open = open.into_iter().map(|version| Open { version, is_stored: true }).collect();
            self.known_from = day;
        }
        let day = day.to_string();
        let reaching = self.open.iter().map(|open| &open.version);
        Ok(reaching.filter(|version| version.effective_to > day).cloned().collect())
    }

    fn is_kept_back(&self) -> bool {
        let is_withdrawn = !self.ended.is_empty() && self.open.is_empty();
        is_withdrawn || self.open.iter().any(|open| !open.is_stored)
    }

    /// Takes a change: `appended` hold in the place of the open versions that reach beyond `from`.
    fn take(&mut self, change: Change, from: Date, appended: Vec<Version>) {
        let from = from.to_string();
        for mut open in self.open.extract_if(.., |open| open.version.effective_to > from) {
            open.version.recorded_to = micros(change.recorded_at);
            open.version.closed_by = Some(i64::from(change.seq));
            let ended = if open.is_stored { &mut self.ended } else { &mut self.passing };
            ended.push(open.version);
        }
        let appended = appended.into_iter();
        self.open.extend(appended.map(|version| Open { version, is_stored: false }));
        self.history.push(change);
    }

    /// The open versions that are not stored.
    fn take_appended(&mut self) -> Vec<Version> {
        let appended = self.open.extract_if(.., |open| !open.is_stored);
        appended.map(|open| open.version).collect()
    }

    /// What the write makes of the project: a change always appends the newest version, unless it
    /// withdraws it.
    fn turn<'a>(&'a self, appended: &'a [Version]) -> Turn<'a> {
        let after = appended.last().map(|version| &version.facets);
        let before = self.stored.as_ref();
        Turn { id: self.history.id, before, after, ended: &self.ended, appended }
    }
}

impl Unit {
    /// Nothing yet. Where what is derived is made anew later, the write leaves it alone: see
    /// [`crate::Store::derive_later`].
    pub fn new(derives_later: bool) -> Self {
        Self { derives_later, ..Self::default() }
    }

    /// A project that the write has touched already and not written away.
    pub fn held(&mut self, id: i64) -> Option<&mut Held> {
        self.held.get_mut(&id)
    }

    /// Holds a project.
    pub fn hold(&mut self, held: Held) -> &mut Held {
        self.held.entry(held.history.id).or_insert(held)
    }

    /// Whether the open versions of a project from a day on can be told without writing first.
    pub fn knows(&self, id: i64, day: Date) -> bool {
        let held = self.held.get(&id);
        held.is_none_or(|held| day >= held.known_from || !held.is_kept_back())
    }

    /// Takes a change of a project with the record and the versions it makes.
    pub fn take(
        &mut self,
        id: i64,
        change: Change,
        from: Date,
        record: record::Model,
        appended: Vec<Version>,
    ) {
        let Some(held) = self.held.get_mut(&id) else { return };
        self.rows += 1 + appended.len();
        held.head = Some(Head::of(&record));
        held.take(change, from, appended);
        self.records.push(record);
    }

    /// Whether enough is kept back to be written.
    pub fn is_full(&self) -> bool {
        self.rows >= KEPT_BACK
    }

    /// Begins to write what is kept back, and lets go of the projects: the work goes on meanwhile.
    /// [`Unit::settle`] waits for it.
    pub async fn write(&mut self, db: &Arc<DatabaseTransaction>) -> Result<(), StoreError> {
        self.settle().await?;
        if !self.records.is_empty() {
            let unit = std::mem::replace(self, Self::new(self.derives_later));
            let db = Arc::clone(db);
            self.under_way = Some(tokio::spawn(async move { unit.put(&*db).await }));
        }
        Ok(())
    }

    /// Waits until nothing is on its way into the database.
    pub async fn settle(&mut self) -> Result<(), StoreError> {
        if let Some(task) = self.under_way.take() {
            let ended = task.await.map_err(|error| StoreError::BrokenOff(error.to_string()))?;
            self.summaries = ended?;
        }
        Ok(())
    }

    /// What the summaries are to learn of all that was written.
    pub fn take_summaries(&mut self) -> Following {
        std::mem::take(&mut self.summaries)
    }

    async fn put(mut self, db: &impl ConnectionTrait) -> Result<Following, StoreError> {
        trail::append_all(db, self.records).await?;
        let mut held: Vec<Held> = self.held.into_values().filter(Held::is_kept_back).collect();
        for ended in held.iter().flat_map(|held| &held.ended) {
            version::end(db, ended).await?;
        }
        let appended: Vec<Vec<Version>> = held.iter_mut().map(Held::take_appended).collect();
        let passing = held.iter().flat_map(|held| &held.passing);
        let rows: Vec<&Version> = passing.chain(appended.iter().flatten()).collect();
        version::append(db, &rows).await?;
        let turns = held.iter().zip(&appended).map(|(held, open)| held.turn(open));
        let turns: Vec<Turn> = turns.collect();
        facets::put(db, &turns).await?;
        if !self.derives_later {
            self.summaries.follow(&turns);
            derived::follow(db, &turns).await?;
        }
        Ok(self.summaries)
    }
}

impl Head {
    fn of(record: &record::Model) -> Self {
        Self { seq: record.seq, recorded_at: record.recorded_at, hash: record.hash.clone() }
    }
}
