//! The list of projects as a file.

use super::card::Further;
use super::columns::Column;
use super::file::{self, Format};
use super::listing::{Listing, Split};
use crate::app::App;
use crate::extract::Caller;
use crate::page::texts::Texts;
use crate::params::{FilterParams, Query, SortParams, WhenParams, parameters, value};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use shortboard_domain::card::Card;
use shortboard_domain::fault::Why;
use shortboard_domain::input::Faults;
use shortboard_domain::lang::Lang;
use shortboard_store::Store;
use shortboard_store::project::ListQuery;
use utoipa::{IntoParams, ToSchema};

/// The columns of a file.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ColumnParams {
    /// The columns, a comma list in their order, such as `number,name,stage,total`; by default all
    /// that a ledger needs to be edited and imported again.
    pub columns: Option<String>,
}

/// The sheets of a workbook.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SheetParams {
    /// `region` or `stage`: a sheet for each, behind a summary.
    pub sheets: Option<String>,
}

parameters! {
    /// The parameters of a workbook: all that a file may be asked for.
    BookParams {
        /// Which projects.
        filter: FilterParams,
        /// Of which time.
        when: WhenParams,
        /// In which order.
        sort: SortParams,
        /// Which columns.
        columns: ColumnParams,
        /// Which sheets.
        sheets: SheetParams,
    }
}

parameters! {
    /// The parameters of a file of comma-separated values.
    CsvParams {
        /// Which projects.
        filter: FilterParams,
        /// Of which time.
        when: WhenParams,
        /// In which order.
        sort: SortParams,
        /// Which columns.
        columns: ColumnParams,
    }
}

parameters! {
    /// The parameters of a file of JSON.
    JsonParams {
        /// Which projects.
        filter: FilterParams,
        /// Of which time.
        when: WhenParams,
        /// In which order.
        sort: SortParams,
    }
}

/// The whole list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectExport {
    /// The day asked about.
    #[schema(value_type = Option<String>, format = Date)]
    pub as_of: Option<Date>,
    /// The time of recording asked about.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub known_at: Option<Timestamp>,
    /// The projects.
    pub items: Vec<ExportedProject>,
    /// How many they are. It stands at the end: a file without it is broken off.
    pub count: u64,
}

/// A project of the whole list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedProject {
    /// As in the list.
    #[serde(flatten)]
    pub card: Card,
    /// What the list leaves out.
    #[serde(flatten)]
    pub further: Further,
}

/// Export projects as a workbook
#[utoipa::path(
    get,
    path = "/api/v1/projects.xlsx",
    tag = "projects",
    params(FilterParams, WhenParams, SortParams, ColumnParams, SheetParams),
    responses(
        (status = 200, description = "The whole list, amounts in 万元", body = Vec<u8>,
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn xlsx(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<BookParams>, Failure>,
) -> Result<Response, Failure> {
    let sight = caller.sight()?;
    let Query(asked) = query?;
    let listing = asked.listing(&app.store, sight, caller.lang)?;
    file::answer(&app.store, listing, Format::Xlsx).await
}

/// Export projects as comma-separated values
#[utoipa::path(
    get,
    path = "/api/v1/projects.csv",
    tag = "projects",
    params(FilterParams, WhenParams, SortParams, ColumnParams),
    responses(
        (status = 200, description = "The whole list, UTF-8 with a byte order mark, amounts in 万元",
            body = String, content_type = "text/csv"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn csv(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<CsvParams>, Failure>,
) -> Result<Response, Failure> {
    let sight = caller.sight()?;
    let Query(CsvParams { filter, when, sort, columns }) = query?;
    let asked = BookParams { filter, when, sort, columns, sheets: SheetParams::default() };
    let listing = asked.listing(&app.store, sight, caller.lang)?;
    file::answer(&app.store, listing, Format::Csv).await
}

/// Export projects as JSON
#[utoipa::path(
    get,
    path = "/api/v1/projects.json",
    tag = "projects",
    params(FilterParams, WhenParams, SortParams),
    responses(
        (status = 200, body = ProjectExport),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn json(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<JsonParams>, Failure>,
) -> Result<Response, Failure> {
    let sight = caller.sight()?;
    let Query(JsonParams { filter, when, sort }) = query?;
    let (columns, sheets) = Default::default();
    let asked = BookParams { filter, when, sort, columns, sheets };
    let listing = asked.listing(&app.store, sight, caller.lang)?;
    file::answer(&app.store, listing, Format::Json).await
}

impl BookParams {
    /// What the file lists.
    ///
    /// # Errors
    /// [`Failure::Invalid`]
    pub fn listing(
        &self,
        store: &Store,
        sight: shortboard_domain::access::Sight,
        lang: Lang,
    ) -> Result<Listing, Failure> {
        let mut faults = Faults::default();
        let query = ListQuery {
            filter: self.filter.build(&store.lists(), &mut faults),
            sort: self.sort.sort(&mut faults),
            when: self.when.build(store, &mut faults),
            ..ListQuery::default()
        };
        let columns = value(&mut faults, "/columns", &self.columns.columns, columns);
        let split = value(&mut faults, "/sheets", &self.sheets.sheets, split);
        Ok(faults.finish(Listing {
            sight,
            query,
            picked: Vec::new(),
            columns: columns.unwrap_or_else(Column::of_ledger),
            t: Texts(lang),
            split: split.unwrap_or_default(),
        })?)
    }
}

/// The columns that a comma list names.
fn columns(text: &str) -> Result<Vec<Column>, Why> {
    let mut columns = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let column = Column::of(word).ok_or_else(|| Why::UnknownCode {
            list: "columns",
            given: word.chars().take(60).collect(),
            nearest: Column::ALL.iter().map(|column| column.word().to_owned()).collect(),
        })?;
        if columns.contains(&column) {
            return Err(Why::Repeated { given: word.to_owned() });
        }
        columns.push(column);
    }
    Ok(columns)
}

/// What a sheet is for.
pub fn split(word: &str) -> Result<Split, Why> {
    match word {
        "region" => Ok(Split::Region),
        "stage" => Ok(Split::Stage),
        _ => Err(Why::UnknownCode {
            list: "sheets",
            given: word.chars().take(60).collect(),
            nearest: vec!["region".to_owned(), "stage".to_owned()],
        }),
    }
}
