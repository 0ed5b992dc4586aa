//! Reads the file of an import: what was understood becomes rows, and each row gets its plan.

use super::looked::Looked;
use super::matching::Books;
use super::plan::{Asked, Planner, Todo};
use super::said::{Choice, Note, Plan, Remark, Row, Said, SheetSaid};
use super::{BATCH, Imports, Running, THOROUGH, is_of_no_project};
use crate::ledger::{self, LedgerError};
use sha2::{Digest, Sha256};
use shortboard_domain::access::{Action, Actor};
use shortboard_domain::import::{ImportState, RowKind};
use shortboard_ledger::reading::{Event, LedgerProject, Problem};
use shortboard_ledger::understand::Mapping;
use shortboard_store::StoreError;
use shortboard_store::import::ImportRow;
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::path::Path;
use tokio::sync::mpsc;

/// Why a reading came to nothing.
enum Broken {
    /// The file says so.
    File(LedgerError),
    /// The store does.
    Store(StoreError),
    /// The columns were once assigned by hand: they are read anew that way.
    Remembered(Mapping),
    /// The account may import nothing any more.
    Denied,
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The sentence for a reading that nobody finished.
pub fn broken_off() -> Note {
    Note::new(
        None,
        "broken_off",
        "读取被中断，请重新上传".into(),
        "the reading was broken off: upload the file again".into(),
    )
}

/// What tells a header from others: the columns' headers in their order.
pub fn signature(sheet: &SheetSaid) -> String {
    let headers: Vec<&str> = sheet.columns.iter().map(|column| column.header.as_str()).collect();
    let digest = Sha256::digest(headers.join("\n").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a file into an import that is in the state `reading`, and leaves it `ready` or `failed`.
pub async fn read(imports: &Imports, actor: &Actor, id: i64, file: &Path, running: &Running) {
    let outcome = attempt(imports, actor, id, file, running).await;
    let (state, said) = match outcome {
        Ok(said) => (ImportState::Ready, said),
        Err((broken, mut said)) => {
            said.failure = Some(sentence(broken));
            (ImportState::Failed, said)
        }
    };
    if let Err(error) = imports.settle(actor, id, state, &said).await {
        tracing::error!(%error, import = id, "what was read could not be kept");
    }
}

fn sentence(broken: Broken) -> Note {
    match broken {
        Broken::File(LedgerError::Unreadable(unreadable)) => {
            Note::new(None, unreadable.code, unreadable.message, unreadable.message_en)
        }
        Broken::File(error) => {
            tracing::error!(%error, "a ledger could not be read");
            broken_off()
        }
        Broken::Store(StoreError::Missing) => broken_off(),
        Broken::Store(error) => {
            tracing::error!(%error, "what was read of a ledger could not be kept");
            broken_off()
        }
        Broken::Remembered(_) | Broken::Denied => broken_off(),
    }
}

async fn attempt(
    imports: &Imports,
    actor: &Actor,
    id: i64,
    file: &Path,
    running: &Running,
) -> Result<Said, (Broken, Said)> {
    let found = imports.store.import(id).await;
    let import = match found {
        Ok(Some(import)) => import,
        Ok(None) => return Err((Broken::Store(StoreError::Missing), Said::default())),
        Err(error) => return Err((error.into(), Said::default())),
    };
    let mut settings = Said::read(&import.said).settings;
    let mut remembers = settings.mapping.is_empty();
    loop {
        let mut said = Said { settings: settings.clone(), ..Said::default() };
        match Looked::begin(&imports.store).await {
            Ok(looked) => said.looked = looked,
            Err(error) => return Err((error.into(), said)),
        }
        let mut taking = match Taking::new(imports, actor, id, said.clone(), running) {
            Some(taking) => taking,
            None => return Err((Broken::Denied, said)),
        };
        taking.remembers = remembers;
        match taking.all_of(file, &import.name).await {
            Ok(()) => return Ok(taking.planner.said),
            Err(Broken::Remembered(mapping)) => {
                settings.mapping.extend(mapping);
                remembers = false;
            }
            Err(broken) => return Err((broken, said)),
        }
    }
}

/// A file on its way into rows.
struct Taking<'i> {
    imports: &'i Imports,
    id: i64,
    running: &'i Running,
    planner: Planner,
    /// Whether what columns were taken for the last time is still to be looked up.
    remembers: bool,
    position: i64,
    pending: Vec<Row>,
    problems: Vec<Problem>,
}

impl<'i> Taking<'i> {
    fn new(
        imports: &'i Imports,
        actor: &Actor,
        id: i64,
        said: Said,
        running: &'i Running,
    ) -> Option<Self> {
        let lists = imports.store.lists();
        let mut planner = Planner::new(actor, said, &lists).ok()?;
        planner.thorough = THOROUGH;
        Some(Self {
            imports,
            id,
            running,
            planner,
            remembers: false,
            position: 0,
            pending: Vec::new(),
            problems: Vec::new(),
        })
    }

    async fn all_of(&mut self, file: &Path, name: &str) -> Result<(), Broken> {
        self.imports.clear_rows(&self.planner.actor, self.id).await?;
        let (give, mut take) = mpsc::channel(1000);
        let (file, name) = (file.to_owned(), name.to_owned());
        let mapping = self.planner.said.settings.mapping.clone();
        let reading = tokio::spawn(async move {
            let mut sink = |event: Event| {
                // Whoever takes may be slower than whoever reads, which then waits.
                tokio::task::block_in_place(|| give.blocking_send(event).map_err(drop))
                    .map_err(|()| Error::from(ErrorKind::BrokenPipe))
            };
            ledger::read(&file, &name, &mapping, &mut sink).await
        });
        while let Some(event) = take.recv().await {
            self.take(event).await?;
        }
        match reading.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(Broken::File(error)),
            Err(error) => return Err(Broken::File(LedgerError::Failed(Error::other(error)))),
        }
        self.end_sheet().await
    }

    async fn take(&mut self, event: Event) -> Result<(), Broken> {
        match event {
            Event::Sheet(head) => {
                self.end_sheet().await?;
                let sheet = SheetSaid::from(head);
                if self.remembers {
                    self.look_up(&sheet).await?;
                }
                self.planner.said.sheets.push(sheet);
            }
            Event::Project(project) => self.take_project(*project).await?,
            Event::Skipped(_) => {
                if let Some(sheet) = self.planner.said.sheets.last_mut() {
                    sheet.skipped += 1;
                }
            }
            Event::Problem(problem) => self.problems.push(problem),
            Event::Progress { rows, of } => self.running.tell(rows.into(), of.into()),
        }
        Ok(())
    }

    async fn look_up(&self, sheet: &SheetSaid) -> Result<(), Broken> {
        let account = self.planner.actor.name();
        let found = self.imports.store.import_mapping(account, &signature(sheet)).await?;
        let mapping = found.and_then(|text| serde_json::from_str::<Mapping>(&text).ok());
        match mapping.filter(|mapping| !mapping.is_empty()) {
            Some(mapping) => Err(Broken::Remembered(mapping)),
            None => Ok(()),
        }
    }

    async fn take_project(&mut self, project: LedgerProject) -> Result<(), Broken> {
        // The problems of a row may follow it: the last one waits for the next.
        if self.pending.len() as u64 >= BATCH {
            self.put_away().await?;
        }
        let sheet = self.planner.said.sheets.len().saturating_sub(1);
        if let Some(sheet) = self.planner.said.sheets.last_mut() {
            sheet.projects += 1;
        }
        self.pending.push(Row { sheet, project, problems: Vec::new() });
        Ok(())
    }

    async fn end_sheet(&mut self) -> Result<(), Broken> {
        self.put_away().await?;
        let rest = std::mem::take(&mut self.problems);
        for problem in rest {
            self.remark(problem);
        }
        Ok(())
    }

    fn remark(&mut self, problem: Problem) {
        let sheet = self.planner.said.sheets.last();
        let sheet = sheet.map(|sheet| sheet.name.clone()).unwrap_or_default();
        let remarks = &mut self.planner.said.remarks;
        if remarks.len() < Said::REMARKS {
            remarks.push(Remark { sheet, row: problem.row, note: note(problem) });
        }
    }

    /// Gives the rows that are pending their problems and plans, and keeps them.
    async fn put_away(&mut self) -> Result<(), Broken> {
        let mut rows = std::mem::take(&mut self.pending);
        for problem in std::mem::take(&mut self.problems) {
            let row = problem.row.filter(|_| !is_of_no_project(&problem.code));
            let of =
                row.and_then(|number| rows.iter_mut().rev().find(|row| row.project.row <= number));
            match of {
                Some(row) => row.problems.push(note(problem)),
                None => self.remark(problem),
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let asked: Vec<Asked> = rows.iter().map(|row| Asked { row, choice: None }).collect();
        let mut books = Books::Read(&self.imports.store);
        let plans = self.planner.plan(&mut books, &asked).await?;
        let mut put = Vec::with_capacity(rows.len());
        for (row, (plan, todo)) in rows.iter().zip(plans) {
            self.planner.said.looked.take(&plan, &todo);
            put.push(import_row(self.position, row, &plan, None));
            *self.planner.said.counts.entry(plan.kind.as_str().to_owned()).or_default() += 1;
            count_missing(&mut self.planner.said.missing, &plan);
            self.position += 1;
        }
        self.planner.said.rows = self.position;
        self.imports.put_rows(&self.planner.actor, self.id, put).await?;
        Ok(())
    }
}

fn note(problem: Problem) -> Note {
    Note { column: problem.column, code: problem.code, zh: problem.message, en: problem.message_en }
}

/// A row as it is kept.
pub fn import_row(position: i64, row: &Row, plan: &Plan, choice: Option<Choice>) -> ImportRow {
    ImportRow {
        position,
        kind: plan.kind.as_str().to_owned(),
        project_id: plan.project.as_ref().map(|project| project.id),
        body: serde_json::to_string(row).unwrap_or_default(),
        plan: serde_json::to_string(plan).unwrap_or_default(),
        choice: Choice::written(choice),
    }
}

/// A row as it was kept.
///
/// # Errors
/// [`StoreError::Inconsistent`]
pub fn row_of(row: &ImportRow) -> Result<(Row, Plan, Option<Choice>), StoreError> {
    let wrong = |field, value: &str| StoreError::Inconsistent { field, value: value.to_owned() };
    let body = serde_json::from_str(&row.body).map_err(|_| wrong("import_row.body", &row.body))?;
    let plan = serde_json::from_str(&row.plan).map_err(|_| wrong("import_row.plan", &row.plan))?;
    Ok((body, plan, Choice::read(&row.choice)))
}

/// Counts plans by kind.
pub fn count(counts: &mut BTreeMap<String, i64>, plans: &[(Plan, Todo)]) {
    for (plan, _) in plans {
        let kind: RowKind = plan.kind;
        *counts.entry(kind.as_str().to_owned()).or_default() += 1;
    }
}

/// Counts what an error row lacks that one choice for the whole file would settle.
pub fn count_missing(missing: &mut BTreeMap<String, i64>, plan: &Plan) {
    if plan.kind == RowKind::Error {
        for field in plan.errors.iter().filter_map(|note| note.code.strip_suffix("_missing")) {
            if ["region", "area", "department"].contains(&field) {
                *missing.entry(field.to_owned()).or_default() += 1;
            }
        }
    }
}

impl Imports {
    /// Keeps what is said of an import, and in which state it is.
    pub(super) async fn settle(
        &self,
        actor: &Actor,
        id: i64,
        state: ImportState,
        said: &Said,
    ) -> Result<i64, StoreError> {
        let permit = actor.permit(Action::UseDesk)?;
        let text = said.written();
        let kept = self.store.write(permit, move |tx| {
            let text = text.clone();
            Box::pin(async move { tx.revise_import(id, None, state, &text).await })
        });
        kept.await
    }

    pub(super) async fn put_rows(
        &self,
        actor: &Actor,
        id: i64,
        rows: Vec<ImportRow>,
    ) -> Result<(), StoreError> {
        let permit = actor.permit(Action::UseDesk)?;
        let rows = std::sync::Arc::new(rows);
        let put = self.store.write(permit, move |tx| {
            let rows = std::sync::Arc::clone(&rows);
            Box::pin(async move { tx.put_import_rows(id, &rows).await })
        });
        put.await
    }

    async fn clear_rows(&self, actor: &Actor, id: i64) -> Result<(), StoreError> {
        let permit = actor.permit(Action::UseDesk)?;
        let cleared = self
            .store
            .write(permit, move |tx| Box::pin(async move { tx.clear_import_rows(id).await }));
        cleared.await
    }
}
