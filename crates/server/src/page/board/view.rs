//! What the board shows of one day: figures by stage, areas by stage, bars.

use super::super::show;
use super::super::texts::Texts;
use super::days::Days;
use crate::params::NONE;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::money::SignedMoney;
use shortboard_domain::need::Need;
use shortboard_domain::stage::Stage;
use shortboard_store::project::{Board, Dimension, Summary, SummaryRow};

/// How wide the longest bar is.
const BAR: i128 = 1000;

/// A number of projects and their money, which lead to the list of them.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// The list.
    pub href: String,
    /// How many.
    pub count: String,
    /// Their total investment, 亿元.
    pub money: String,
    /// The same, exactly, in yuan.
    pub yuan: String,
    /// Whether there are none.
    pub is_none: bool,
}

/// The figure of a stage.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The stage; blank for all of them.
    pub stage: &'static str,
    /// What people read.
    pub label: &'static str,
    /// How many, and their money.
    pub cell: Cell,
    /// Their share of the number of projects, in percent.
    pub share: String,
}

/// A row of the areas by stage.
#[derive(Debug, Clone)]
pub struct MatrixRow {
    /// The area.
    pub label: String,
    /// By stage.
    pub cells: Vec<Cell>,
    /// All of them.
    pub total: Cell,
}

/// A chart of bars, with its data.
#[derive(Debug, Clone)]
pub struct Bars {
    /// What it is called by in the page.
    pub id: &'static str,
    /// The title.
    pub title: &'static str,
    /// What is counted by.
    pub by: &'static str,
    /// What the money is.
    pub money: &'static str,
    /// Something to know about it.
    pub note: Option<&'static str>,
    /// The bars.
    pub rows: Vec<BarRow>,
}

/// A bar.
#[derive(Debug, Clone)]
pub struct BarRow {
    /// What it stands for.
    pub label: String,
    /// Its numbers.
    pub cell: Cell,
    /// How wide it is, of a thousand.
    pub width: i128,
}

/// What the board shows of one day.
#[derive(Debug, Clone)]
pub struct BoardView {
    /// All projects.
    pub total: Figure,
    /// By stage.
    pub figures: Vec<Figure>,
    /// By area and stage.
    pub matrix: Vec<MatrixRow>,
    /// By region and group, and by channel, as columns stand beside one another.
    pub columns: [Vec<Bars>; 2],
}

/// Whoever makes views: the words, the names of codes, the day.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// The words.
    pub t: Texts,
    /// The names of codes.
    pub lists: &'a CodeLists,
    /// The days.
    pub days: &'a Days,
}

/// Numbers that are added up.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    count: i64,
    fen: i128,
}

impl Sum {
    fn of<'a>(rows: impl IntoIterator<Item = &'a SummaryRow>) -> Self {
        let mut sum = Self::default();
        for row in rows {
            sum.count += row.count;
            sum.fen += row.total_investment.map_or(0, SignedMoney::fen);
        }
        sum
    }
}

impl Viewer<'_> {
    /// The board of a day.
    pub fn board(self, board: &Board) -> BoardView {
        let rows = |by: &[Dimension]| -> &[SummaryRow] {
            let found = board.summaries.iter().find(|summary: &&Summary| summary.by == by);
            found.map(|summary| summary.rows.as_slice()).unwrap_or_default()
        };
        let stages = rows(&[Dimension::Stage]);
        let all = Sum::of(stages);
        let figure = |stage: &Stage| {
            let sum = Sum::of(stages.iter().filter(|row| is(row, "stage", stage.as_str())));
            Figure {
                stage: stage.as_str(),
                label: stage.label(self.t.0),
                cell: self.cell(sum, &[("stage", stage.as_str())]),
                share: share(sum.count, all.count),
            }
        };
        let bars = |by: Dimension| self.bars(by, rows(&[by]));
        BoardView {
            total: Figure {
                stage: "",
                label: self.t.board_total(),
                cell: self.cell(all, &[]),
                share: share(all.count, all.count),
            },
            figures: Stage::ALL.iter().map(figure).collect(),
            matrix: self.matrix(rows(&[Dimension::Area, Dimension::Stage])),
            columns: [
                vec![bars(Dimension::Region), bars(Dimension::Group)],
                vec![bars(Dimension::Channel)],
            ],
        }
    }

    fn matrix(self, rows: &[SummaryRow]) -> Vec<MatrixRow> {
        let row = |label: String, area: Option<&str>| {
            let of_area = |row: &&SummaryRow| area.is_none_or(|area| is(row, "area", area));
            let filter = |stage: Option<&'static str>| -> Vec<(&str, &str)> {
                let stage = stage.map(|stage| ("stage", stage));
                area.map(|area| ("area", area)).into_iter().chain(stage).collect()
            };
            let cell = |stage: &Stage| {
                let of_stage = rows.iter().filter(|row| is(row, "stage", stage.as_str()));
                self.cell(Sum::of(of_stage.filter(of_area)), &filter(Some(stage.as_str())))
            };
            MatrixRow {
                label,
                cells: Stage::ALL.iter().map(cell).collect(),
                total: self.cell(Sum::of(rows.iter().filter(of_area)), &filter(None)),
            }
        };
        let areas = self.lists.entries(ListName::Areas);
        let mut all: Vec<MatrixRow> = areas
            .map(|entry| row(self.name(ListName::Areas, &entry.code), Some(&entry.code)))
            .collect();
        all.push(row(self.t.total().to_owned(), None));
        all
    }

    fn bars(self, by: Dimension, rows: &[SummaryRow]) -> Bars {
        let t = self.t;
        let by_channel = by == Dimension::Channel;
        let (list, id, title, name, none) = match by {
            Dimension::Region => {
                (ListName::Regions, "region", t.board_by_region(), t.board_region(), "")
            }
            Dimension::Group => {
                (ListName::Groups, "group", t.board_by_group(), t.board_group(), t.board_no_group())
            }
            _ => {
                let none = t.board_no_channel();
                (ListName::Channels, "channel", t.board_by_channel(), t.board_channel(), none)
            }
        };
        let fen = |row: &SummaryRow| match by_channel {
            true => row.planned_funding.fen(),
            false => row.total_investment.map_or(0, SignedMoney::fen),
        };
        let most = rows.iter().map(fen).max().unwrap_or(0).max(1);
        let bar = |row: &SummaryRow| {
            let code = row.keys.get(id).and_then(Option::as_deref);
            let sum = Sum { count: row.count, fen: fen(row) };
            BarRow {
                label: code.map_or(none.to_owned(), |code| self.name(list, code)),
                cell: match (code, by_channel) {
                    (Some(code), _) => self.cell(sum, &[(id, code)]),
                    (None, true) => self.cell(sum, &[("need", Need::Funding.as_str())]),
                    (None, false) => self.cell(sum, &[(id, NONE)]),
                },
                width: sum.fen.max(0) * BAR / most,
            }
        };
        Bars {
            id,
            title,
            by: name,
            money: if by_channel { t.board_planned() } else { t.board_investment() },
            note: by_channel.then(|| t.board_overlap()),
            rows: rows.iter().map(bar).collect(),
        }
    }

    /// What people read for a code, on the board's day.
    pub fn name(self, list: ListName, code: &str) -> String {
        show::label(self.lists, list, code, self.days.day, self.t)
    }

    fn cell(self, sum: Sum, filter: &[(&str, &str)]) -> Cell {
        Cell {
            href: self.days.projects(filter),
            count: show::count(sum.count),
            money: show::yi(sum.fen),
            yuan: SignedMoney::from_fen(sum.fen).to_string(),
            is_none: sum.count == 0,
        }
    }
}

fn is(row: &SummaryRow, key: &str, code: &str) -> bool {
    row.keys.get(key).is_some_and(|found| found.as_deref() == Some(code))
}

/// A share in percent, to one place.
fn share(of: i64, all: i64) -> String {
    let thousandths = if all == 0 { 0 } else { (of * 2000 + all) / (2 * all) };
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_to_a_tenth_of_a_percent() {
        assert_eq!(share(1, 3), "33.3%");
        assert_eq!(share(2, 3), "66.7%");
        assert_eq!(share(1, 2000), "0.1%");
        assert_eq!(share(5, 5), "100.0%");
        assert_eq!(share(0, 0), "0.0%");
    }
}
