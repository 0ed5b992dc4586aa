//! A row of the form: one source, as typed; and what becomes of the rows when somebody else saved
//! first.

use crate::page::form::Form;
use crate::page::show;
use crate::page::texts::Texts;
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::funding::{Funding, FundingBody, FundingSource};
use shortboard_domain::input::Given;
use shortboard_domain::written;

/// What a row begins its key with when its source is not there yet; others are the source's number.
const NEW: char = 'n';

/// The cells of a row, by the names of the API.
const CELLS: [&str; 8] =
    ["channel", "amount", "year", "status", "arrived", "document_number", "ppp_phase", "note"];

/// A row of the form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The source's number, or a word for a new one.
    pub key: String,
    /// The values of [`CELLS`], in their order.
    cells: [String; 8],
    /// Whether the source is removed.
    pub remove: bool,
    /// What is wrong, by cell.
    pub faults: Vec<(&'static str, String)>,
    /// What somebody else saved here in the meantime.
    pub now: Option<String>,
}

impl Row {
    /// A row for a new source.
    pub fn blank(number: usize) -> Self {
        let mut row = Self { key: format!("{NEW}{number}"), ..Self::default() };
        row.set("status", "intended");
        row
    }

    /// A source as it is.
    pub fn of(funding: &Funding) -> Self {
        let source = &funding.source;
        let mut row = Self { key: funding.id.to_string(), ..Self::default() };
        row.set("channel", source.channel.as_str());
        row.set("amount", &show::wan_plain(source.amount.fen().into()));
        row.set("status", source.status.as_str());
        let arrived = source.arrived.map(|arrived| show::wan_plain(arrived.fen().into()));
        let year = source.year.map(|year| year.to_string());
        let phase = source.ppp_phase.map(|phase| phase.as_str().to_owned());
        for (cell, value) in [
            ("arrived", arrived),
            ("year", year),
            ("document_number", source.document_number.clone()),
            ("ppp_phase", phase),
            ("note", source.note.clone()),
        ] {
            row.set(cell, &value.unwrap_or_default());
        }
        row
    }

    /// What a form has under a key.
    pub fn typed(form: &Form, key: &str) -> Self {
        let mut row = Self { key: key.to_owned(), ..Self::default() };
        for cell in CELLS {
            // Forms send CRLF whatever was typed.
            row.set(cell, &form.get(&format!("{cell}.{key}")).replace("\r\n", "\n"));
        }
        row.remove = form.has(&format!("remove.{key}"));
        row
    }

    fn set(&mut self, cell: &str, value: &str) {
        if let Some(at) = CELLS.iter().position(|of| *of == cell) {
            value.clone_into(&mut self.cells[at]);
        }
    }

    /// What is typed in a cell.
    pub fn cell(&self, cell: &str) -> &str {
        CELLS.iter().position(|of| *of == cell).map_or("", |at| &self.cells[at])
    }

    /// The fields of the row, by the names of the form.
    pub fn named(&self) -> Vec<(String, &str)> {
        let cells = CELLS.iter().zip(&self.cells);
        cells.map(|(cell, value)| (format!("{cell}.{}", self.key), value.as_str())).collect()
    }

    /// What is wrong with a cell.
    pub fn fault(&self, cell: &str) -> Option<&str> {
        self.faults.iter().find(|(of, _)| *of == cell).map(|(_, message)| message.as_str())
    }

    /// Whether its source is not there yet.
    pub fn is_new(&self) -> bool {
        self.key.starts_with(NEW)
    }

    /// Whether nothing is typed in it; a new row begins with a status.
    pub fn is_blank(&self) -> bool {
        CELLS.iter().zip(&self.cells).all(|(cell, value)| *cell == "status" || value.is_empty())
    }

    /// The source that is typed.
    ///
    /// # Errors
    /// What is wrong, by the names of the API.
    pub fn source(&self, lists: &CodeLists) -> Result<FundingSource, Vec<Fault>> {
        let given = |cell: &str| Some(self.cell(cell)).filter(|value| !value.is_empty());
        let text = |cell: &str| given(cell).map(|value| Given::ok(value.to_owned()));
        let wan = |cell: &str| given(cell).map(|value| Given::of(written::wan(value)));
        let year = given("year").map(|year| {
            let number = year.trim_end_matches('年').trim().parse();
            Given::of(number.map_err(|_| Why::YearOutOfRange))
        });
        let body = FundingBody {
            channel: text("channel"),
            amount: wan("amount"),
            year,
            status: text("status"),
            arrived: wan("arrived"),
            document_number: text("document_number"),
            ppp_phase: text("ppp_phase"),
            note: text("note"),
        };
        body.build(lists)
    }

    /// Tells what is wrong at its cells.
    pub fn told(&mut self, faults: &[Fault], t: Texts) {
        for fault in faults {
            let cell = CELLS.iter().find(|cell| fault.pointer.strip_prefix('/') == Some(cell));
            self.faults.extend(cell.map(|cell| (*cell, fault.why.message(t.0))));
        }
    }
}

/// The rows of a form laid upon what is there now.
pub fn merged(
    typed: Vec<Row>,
    base: &[Funding],
    current: &[Funding],
    words: impl Fn(Option<&Funding>) -> String,
) -> Vec<Row> {
    let of = |list: &[Funding], key: &str| list.iter().find(|f| f.id.to_string() == key).cloned();
    let mut rows: Vec<Row> = Vec::new();
    for now in current {
        let key = now.id.to_string();
        let newest = Row::of(now);
        let Some(row) = typed.iter().find(|row| row.key == key) else {
            rows.push(newest);
            continue;
        };
        let was = of(base, &key).map(|was| Row::of(&was));
        let is_touched = was.as_ref() != Some(row);
        let is_changed = was.as_ref() != Some(&newest);
        rows.push(match (is_touched, is_changed) {
            (false, _) => newest,
            (true, false) => row.clone(),
            (true, true) => Row { now: Some(words(Some(now))), ..row.clone() },
        });
    }
    let mut added = 0;
    for row in typed {
        let is_there = current.iter().any(|now| now.id.to_string() == row.key);
        let was = of(base, &row.key).map(|was| Row::of(&was));
        // A source that somebody removed comes back only where this form had changed it.
        let is_untouched = row.remove || was.as_ref() == Some(&row);
        if is_there || (!row.is_new() && is_untouched) || row.is_blank() {
            continue;
        }
        let now = (!row.is_new()).then(|| words(None));
        rows.push(Row { key: format!("{NEW}{added}"), now, ..row });
        added += 1;
    }
    rows.push(Row::blank(added));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use shortboard_domain::code::ChannelCode;
    use shortboard_domain::funding::FundingStatus;
    use shortboard_domain::money::Money;

    fn source(id: u32, wan: i64) -> Funding {
        let source = FundingSource {
            channel: ChannelCode::new("city_budget"),
            amount: Money::from_fen(wan * 1_000_000).unwrap(),
            year: None,
            status: FundingStatus::Intended,
            arrived: None,
            document_number: None,
            ppp_phase: None,
            note: None,
        };
        Funding { id, source }
    }

    fn typed(id: u32, wan: i64) -> Row {
        Row::of(&source(id, wan))
    }

    fn amounts(rows: &[Row]) -> Vec<(&str, &str, bool)> {
        rows.iter().map(|row| (&*row.key, row.cell("amount"), row.now.is_some())).collect()
    }

    #[test]
    fn a_stale_form_keeps_what_was_typed_and_takes_the_rest() {
        let base = [source(1, 10), source(2, 20), source(3, 30), source(4, 40)];
        let current = [source(1, 11), source(2, 21), source(3, 30), source(5, 50)];
        let mut new = Row::blank(0);
        new.set("amount", "60");
        let form = vec![typed(1, 10), typed(2, 22), typed(3, 33), typed(4, 44), new];
        let rows = merged(form, &base, &current, |_| "now".into());
        assert_eq!(
            amounts(&rows),
            [
                ("1", "11", false),
                ("2", "22", true),
                ("3", "33", false),
                ("5", "50", false),
                ("n0", "44", true),
                ("n1", "60", false),
                ("n2", "", false),
            ]
        );
    }

    #[test]
    fn what_nobody_touched_and_somebody_removed_stays_removed() {
        let rows =
            merged(vec![typed(1, 10), Row::blank(0)], &[source(1, 10)], &[], |_| String::new());
        assert_eq!(amounts(&rows), [("n0", "", false)]);
    }
}
