//! Lists as text: comma-separated values and JSON, a page at a time.

use super::card::Card;
use super::columns::Column;
use super::listing::{Listing, Page, raw};
use super::writer::Writer;
use crate::problem::Failure;
use shortboard_domain::money::SignedMoney;
use std::fmt::Write;

/// What tells Excel that a file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The line of headings.
pub fn csv_head(listing: &Listing) -> String {
    let t = listing.t;
    let heading = |column: &Column| match column.is_money() {
        true => format!("{}({})", column.label(t), t.wan()),
        false => column.label(t).to_owned(),
    };
    let headings: Vec<String> =
        listing.columns.iter().map(heading).map(|text| quoted(&text)).collect();
    format!("{BYTE_ORDER_MARK}{}\r\n", headings.join(","))
}

/// The lines of a page.
pub fn csv_lines(writer: Writer<'_>, columns: &[Column], cards: &[Card]) -> String {
    let mut lines = String::new();
    for card in cards {
        for (at, column) in columns.iter().enumerate() {
            let value = match column.is_money() {
                true => column.amount(card).map(plain).unwrap_or_default(),
                false => guarded(writer.text(*column, card)),
            };
            let between = if at == 0 { "" } else { "," };
            let _ = write!(lines, "{between}{}", quoted(&value));
        }
        lines.push_str("\r\n");
    }
    lines
}

/// What stands before the projects.
pub fn json_head(listing: &Listing) -> String {
    let when = listing.query.when;
    let as_of = serde_json::to_string(&when.as_of).unwrap_or_default();
    let known_at = serde_json::to_string(&when.known_at).unwrap_or_default();
    format!("{{\"as_of\":{as_of},\"known_at\":{known_at},\"items\":[\n")
}

/// The projects of a page: their cards, with what only their files tell.
///
/// # Errors
/// [`Failure::Internal`]
pub fn json_items(page: &Page, is_first: bool) -> Result<String, Failure> {
    let mut items = String::new();
    for (raw, card) in raw(&page.text)?.iter().zip(&page.cards) {
        if !is_first || !items.is_empty() {
            items.push_str(",\n");
        }
        let further = serde_json::to_string(&card.further).unwrap_or_default();
        match (raw.get().strip_suffix('}'), further.strip_prefix('{')) {
            (Some(head), Some(tail)) => {
                let _ = write!(items, "{head},{tail}");
            }
            _ => items.push_str(raw.get()),
        }
    }
    Ok(items)
}

/// What stands after the projects: without it the file is not whole.
pub fn json_tail(count: u64) -> String {
    format!("\n],\"count\":{count}}}\n")
}

/// An amount in 万元, as a plain number.
fn plain(amount: SignedMoney) -> String {
    crate::page::show::wan_plain(amount.fen())
}

/// Text that a spreadsheet would take for a formula, told to be text. What reads like a guarded text
/// is guarded too, so that reading takes off what was put on and no more.
fn guarded(value: String) -> String {
    let bare = value.trim_start_matches('\'');
    if bare.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{value}") } else { value }
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
        assert_eq!(guarded("'=1+1".into()), "''=1+1");
        assert_eq!(guarded("'98 plan".into()), "'98 plan");
    }
}
