//! The list as a file of comma-separated values: exactly what is shown, row after row.

use super::columns::{Column, Writer};
use super::{cards, question, selection};
use crate::app::App;
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use shortboard_domain::access::Sight;
use shortboard_store::project::ListQuery;
use std::fmt::Write;

/// How many projects are read at a time.
const AT_A_TIME: u64 = 200;

/// What tells Excel that a file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Writes the list, or the projects that were picked, as they are read: whatever their number, it
/// takes the same memory.
pub async fn csv(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    let columns = Column::shown(&visit);
    let t = visit.texts();
    let picked = selection::ids(&visit);
    let head = head(&columns, t);
    let body = if picked.is_empty() {
        let query = ListQuery { cursor: None, ..question(&app, &visit, AT_A_TIME)? };
        let rest = pages(app.clone(), sight, query, columns, t);
        Body::from_stream(stream::iter([Ok(Bytes::from(head))]).chain(rest))
    } else {
        let found = app.store.cards_of(&sight, &picked).await?;
        Body::from(format!("{head}{}", lines(&app, &found, &columns, t, app.store.today())?))
    };
    let name = format!("attachment; filename=\"projects-{}.csv\"", app.store.today());
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, &name)];
    Ok((headers, body).into_response())
}

fn head(columns: &[Column], t: Texts) -> String {
    let heading = |column: &Column| match column.is_money() {
        true => format!("{}({})", column.label(t), t.wan()),
        false => column.label(t).to_owned(),
    };
    let headings: Vec<String> = columns.iter().map(heading).map(|text| quoted(&text)).collect();
    format!("{BYTE_ORDER_MARK}{}\r\n", headings.join(","))
}

/// The pages of the list one after the other.
fn pages(
    app: App,
    sight: Sight,
    query: ListQuery,
    columns: Vec<Column>,
    t: Texts,
) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    stream::unfold(Some(query), move |query| {
        let (app, sight, columns) = (app.clone(), sight.clone(), columns.clone());
        async move {
            let query = query?;
            let day = query.when.as_of.unwrap_or(app.store.today());
            let page = app.store.projects(&sight, &query).await.map_err(Failure::from);
            let text =
                page.and_then(|page| Ok((lines(&app, &page.cards, &columns, t, day)?, page.next)));
            match text {
                Ok((text, next)) => {
                    let next = next.map(|cursor| ListQuery { cursor: Some(cursor), ..query });
                    Some((Ok(Bytes::from(text)), next))
                }
                // The file is broken off, so that nobody takes it for whole.
                Err(_) => Some((Err(std::io::Error::other("the list could not be read")), None)),
            }
        }
    })
}

fn lines(
    app: &App,
    text: &str,
    columns: &[Column],
    t: Texts,
    day: jiff::civil::Date,
) -> Result<String, Failure> {
    let lists = app.store.lists();
    let writer = Writer { t, lists: &lists, day };
    let mut lines = String::new();
    for card in cards(text)? {
        for (at, column) in columns.iter().enumerate() {
            let value = writer.text(*column, &card);
            let value = if column.is_money() { value.replace(',', "") } else { guarded(value) };
            let between = if at == 0 { "" } else { "," };
            let _ = write!(lines, "{between}{}", quoted(&value));
        }
        lines.push_str("\r\n");
    }
    Ok(lines)
}

/// Text that a spreadsheet would take for a formula, told to be text.
fn guarded(value: String) -> String {
    if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{value}") } else { value }
}

/// A value between quotes where it needs them (RFC 4180).
fn quoted(value: &str) -> String {
    if value.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_what_they_are() {
        assert_eq!(quoted("滨河路, 三期"), "\"滨河路, 三期\"");
        assert_eq!(quoted("a \"b\""), "\"a \"\"b\"\"\"");
        assert_eq!(guarded("=1+1".into()), "'=1+1");
        assert_eq!(guarded("供水".into()), "供水");
    }
}
