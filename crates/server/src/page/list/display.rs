//! How somebody likes the list: columns, density, rows a page; remembered by cookies.

use super::columns::{COLUMNS, Column};
use crate::page::form::Form;
use crate::page::texts::Texts;
use crate::page::visit::{Visit, remembered, set_cookie};
use crate::problem::Failure;
use axum::response::{IntoResponse, Redirect, Response};

/// The cookie of the density.
const DENSITY: &str = "density";

/// The cookie of the rows a page.
const ROWS: &str = "rows";

/// How many rows a page may have.
const SIZES: [u64; 4] = [20, 50, 100, 200];

/// How the list is shown.
#[derive(Debug, Clone)]
pub struct Display {
    /// The columns there are: word, heading, whether it is shown, whether it always is.
    pub columns: Vec<(&'static str, &'static str, bool, bool)>,
    /// Whether rows are compact.
    pub is_compact: bool,
    /// Rows a page.
    pub limit: u64,
    /// What may be chosen for it.
    pub sizes: [u64; 4],
}

impl Display {
    /// How a visit wants it shown.
    pub fn of(visit: &Visit) -> Self {
        let t: Texts = visit.texts();
        let shown = Column::shown(visit);
        let column = |column: Column| {
            (column.word(), column.label(t), shown.contains(&column), column == Column::Name)
        };
        let limit = visit.query.given("limit").or_else(|| visit.cookie(ROWS));
        let limit =
            limit.and_then(|text| text.parse().ok()).filter(|rows| (1..=200).contains(rows));
        Self {
            columns: Column::LISTED.into_iter().map(column).collect(),
            is_compact: visit.cookie(DENSITY) == Some("compact"),
            limit: limit.unwrap_or(50),
            sizes: SIZES,
        }
    }
}

/// Remembers how the list shall be shown.
pub async fn choose(form: Form) -> Result<Response, Failure> {
    let back = form.get("back");
    let back = if back.starts_with("/projects") { back } else { "/projects" };
    let mut response = Redirect::to(back).into_response();
    let density = if form.get("density") == "compact" { "compact" } else { "normal" };
    let rows = form.get("limit").parse().ok().filter(|rows| SIZES.contains(rows)).unwrap_or(50);
    let cookies =
        [(COLUMNS, Column::chosen(&form)), (DENSITY, density.to_owned()), (ROWS, rows.to_string())];
    for (name, value) in cookies {
        set_cookie(response.headers_mut(), remembered(name, &value));
    }
    Ok(response)
}
