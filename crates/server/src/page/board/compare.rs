//! Two days compared: what entered, moved, was completed, was cancelled, and how the money changed.

use super::super::form::Form;
use super::super::show;
use super::super::texts::Texts;
use super::super::visit::{self, Visit};
use super::days::Days;
use super::kind::{Kind, changes_address, flows, place};
use super::sankey::{self, Band, Place};
use crate::app::App;
use crate::problem::Failure;
use jiff::civil::Date;
use shortboard_domain::access::Sight;
use shortboard_domain::filing::Filing;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::stage::Stage;
use shortboard_store::project::{Dimension, Flow, ListFilter, SummaryRow, When};

/// A number of changed projects.
#[derive(Debug, Clone)]
pub struct ChangeFigure {
    /// What people read.
    pub label: &'static str,
    /// The word in an address.
    pub word: &'static str,
    /// The list behind it.
    pub href: String,
    /// How many.
    pub count: String,
    /// What the money is.
    pub money_label: &'static str,
    /// Their total investment, or by how much it changed, 亿元.
    pub money: String,
}

/// A sum on both days.
#[derive(Debug, Clone)]
pub struct MoneyRow {
    /// Which.
    pub label: &'static str,
    /// On the first day, on the second, and what lies between.
    pub values: [String; 3],
    /// The same exactly.
    pub exact: [String; 3],
    /// The library on the first day and on the second, and what changed between.
    pub hrefs: [String; 3],
}

/// A row of what flowed.
#[derive(Debug, Clone)]
pub struct FlowRow {
    /// Where it came from and went to: the words, and what they are in an address.
    pub from: &'static str,
    pub to: &'static str,
    pub before: &'static str,
    pub after: &'static str,
    /// The list.
    pub href: String,
    /// Whether it stayed at its stage.
    pub has_stayed: bool,
    /// How many, with a unit for people and alone.
    pub count: String,
    /// Total investment on both days, 亿元; blank where it is not in the library.
    pub money: [String; 2],
    /// The outline of its band.
    pub band: String,
}

/// A node of the diagram.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its words, with the number of projects.
    pub label: String,
    /// The list of these.
    pub href: String,
    /// The stage's word.
    pub stage: &'static str,
    /// Where it lies.
    pub place: Place,
    /// Where its label begins or ends.
    pub label_x: f64,
    pub label_y: f64,
}

/// Two days compared.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The first day.
    pub since: String,
    /// The second one.
    pub day: String,
    /// Whether it is the same.
    pub is_same_day: bool,
    /// What changed.
    pub figures: Vec<ChangeFigure>,
    /// The list of all of it.
    pub all: String,
    /// The sums.
    pub money: Vec<MoneyRow>,
    /// What flowed.
    pub rows: Vec<FlowRow>,
    /// The nodes on the left and on the right.
    pub left: Vec<Node>,
    pub right: Vec<Node>,
    /// The size of the diagram, as its `viewBox`.
    pub view_box: String,
}

/// The library's stages on one day.
struct Day(Vec<SummaryRow>);

impl Day {
    /// Accepted projects alone, whatever else somebody sees.
    async fn read(app: &App, sight: &Sight, when: When) -> Result<Self, Failure> {
        let filter = ListFilter { filing: vec![Filing::Accepted], ..ListFilter::default() };
        let summary = app.store.summary(sight, &[Dimension::Stage], &filter, when).await?;
        Ok(Self(summary.rows))
    }

    fn stage(row: &SummaryRow) -> Option<&str> {
        row.keys.get("stage").and_then(Option::as_deref)
    }

    fn library(&self) -> impl Iterator<Item = &SummaryRow> {
        self.0.iter().filter(|row| Self::stage(row) != Some(Stage::Cancelled.as_str()))
    }

    /// How many stand at a stage, and their total investment.
    fn at(&self, stage: Stage) -> (i64, i128) {
        let row = self.0.iter().find(|row| Self::stage(row) == Some(stage.as_str()));
        row.map_or((0, 0), |row| (row.count, fen(row.total_investment)))
    }
}

fn fen(money: Option<SignedMoney>) -> i128 {
    money.map_or(0, SignedMoney::fen)
}

impl Comparison {
    /// Compares the board's day with an earlier one.
    pub async fn of(
        app: &App,
        visit: &Visit,
        sight: &Sight,
        days: &Days,
        since: Date,
    ) -> Result<Self, Failure> {
        let earlier = When { as_of: Some(since), known_at: None };
        let before = Day::read(app, sight, earlier).await?;
        let after = Day::read(app, sight, days.when()).await?;
        let flows = flows(app, visit, sight, (since, days.day)).await?;
        let t = visit.texts();
        let address = |more: &[(&str, &str)]| changes_address((since, days.day), more);
        let figure = |kind: Kind| {
            let made = || flows.iter().filter(move |flow| kind.is(flow.passage));
            let before: i128 = made().map(|flow| flow.total_before.fen()).sum();
            let after: i128 = made().map(|flow| flow.total_after.fen()).sum();
            ChangeFigure {
                label: kind.label(t),
                word: kind.as_str(),
                href: address(&[("kind", kind.as_str())]),
                count: show::count(made().map(|flow| flow.projects).sum()),
                money_label: match kind {
                    Kind::Refunded => t.compare_total_difference(),
                    _ => t.compare_total(),
                },
                money: match kind {
                    Kind::Cancelled | Kind::Left => show::yi(before),
                    Kind::Refunded => signed(after - before),
                    _ => show::yi(after),
                },
            }
        };
        let hrefs = [library_on(since), library_on(days.day), address(&[])];
        let mut compared = Self {
            since: since.to_string(),
            day: days.day.to_string(),
            is_same_day: since == days.day,
            figures: Kind::ALL.map(figure).into(),
            all: address(&[]),
            money: money(t, &before, &after, &hrefs),
            rows: Vec::new(),
            left: Vec::new(),
            right: Vec::new(),
            view_box: String::new(),
        };
        compared.draw(t, &before, &flows, (since, days.day));
        Ok(compared)
    }

    /// Draws what flowed and what stayed. What was cancelled and comes back enters.
    fn draw(&mut self, t: Texts, before: &Day, flows: &[Flow], between: (Date, Date)) {
        let inside = |stage: Option<Stage>| stage.filter(|stage| *stage != Stage::Cancelled);
        let library = || Stage::ALL.iter().copied().filter(|stage| *stage != Stage::Cancelled);
        let left: Vec<Option<Stage>> = [None].into_iter().chain(library().map(Some)).collect();
        let right: Vec<Option<Stage>> =
            library().map(Some).chain([Some(Stage::Cancelled), None]).collect();
        let (mut rows, mut bands) = (Vec::new(), Vec::new());
        for (from, start) in left.iter().enumerate() {
            for (to, end) in right.iter().enumerate() {
                let same = |flow: &&Flow| {
                    inside(flow.passage.before) == *start && flow.passage.after == *end
                };
                let went = || flows.iter().filter(same);
                let mut projects: i64 = went().map(|flow| flow.projects).sum();
                let mut money = [
                    went().map(|flow| flow.total_before.fen()).sum::<i128>(),
                    went().map(|flow| flow.total_after.fen()).sum::<i128>(),
                ];
                let stayed = start.is_some() && start == end;
                if let Some(stage) = start.filter(|_| stayed) {
                    // Those that were there and did not go: other money is no way to go.
                    let gone = |flow: &&Flow| {
                        flow.passage.before == *start && flow.passage.after != *start
                    };
                    let (count, total) = before.at(stage);
                    let changed = money[1] - money[0];
                    projects = count;
                    money[0] = total;
                    for flow in flows.iter().filter(gone) {
                        projects -= flow.projects;
                        money[0] -= flow.total_before.fen();
                    }
                    money[1] = money[0] + changed;
                }
                if projects <= 0 {
                    continue;
                }
                let ((before, from_label), (after, to_label)) = (place(*start, t), place(*end, t));
                let is_inside = [start.is_some(), inside(*end).is_some()];
                let [first, second] = money;
                let shown = |fen: i128, is_inside: bool| match is_inside {
                    true => show::yi(fen),
                    false => String::new(),
                };
                rows.push(FlowRow {
                    from: from_label,
                    to: to_label,
                    before,
                    after,
                    href: match stayed {
                        true => {
                            let since = between.0.to_string();
                            standing_at(&[after], between.1, &[("stayed_since", &since)])
                        }
                        false => changes_address(between, &[("before", before), ("after", after)]),
                    },
                    has_stayed: stayed,
                    count: show::count(projects),
                    money: [shown(first, is_inside[0]), shown(second, is_inside[1])],
                    band: String::new(),
                });
                bands.push(Band { from, to, amount: projects });
            }
        }
        let drawing = sankey::layout(left.len(), right.len(), &bands);
        for (row, band) in rows.iter_mut().zip(drawing.bands) {
            row.band = band;
        }
        let sum = |same: &dyn Fn(&Band) -> bool| -> i64 {
            bands.iter().filter(|band| same(band)).map(|band| band.amount).sum()
        };
        // Those of a stage are listed as they stood on the day; the others by how they came or went.
        let node = |stage: Option<Stage>, at: Place, (kind, day): (Kind, Date), count, label_x| {
            let (word, label) = match inside(stage) {
                Some(stage) => (stage.as_str(), stage.label(t.0)),
                None => (place(stage, t).0, kind.label(t)),
            };
            Node {
                label: format!("{label} {}", show::count(count)),
                href: match inside(stage) {
                    Some(stage) => standing_at(&[stage.as_str()], day, &[]),
                    None => changes_address(between, &[("kind", kind.as_str())]),
                },
                stage: word,
                place: at,
                label_x,
                label_y: at.y + at.height / 2.0 + 5.0,
            }
        };
        let is_drawn = |node: &Node| node.place.height > 0.0;
        let lefts = left.iter().zip(&drawing.left).enumerate().map(|(at, (stage, of))| {
            let count = sum(&|band| band.from == at);
            node(*stage, *of, (Kind::Entered, between.0), count, of.x - 8.0)
        });
        let rights = right.iter().zip(&drawing.right).enumerate().map(|(at, (stage, of))| {
            let kind = if stage.is_some() { Kind::Cancelled } else { Kind::Left };
            let count = sum(&|band| band.to == at);
            node(*stage, *of, (kind, between.1), count, of.x + of.width + 8.0)
        });
        self.left = lefts.filter(is_drawn).collect();
        self.right = rights.filter(is_drawn).collect();
        self.view_box = format!("0 0 {} {:.0}", drawing.width, drawing.height);
        self.rows = rows;
    }
}

/// A difference in 亿元, with its sign.
pub fn signed(fen: i128) -> String {
    let text = show::yi(fen);
    if fen > 0 && text != "0.00" { format!("+{text}") } else { text }
}

/// The address of the list of accepted projects at some stages on a day, by more of a filter.
fn standing_at(stages: &[&str], day: Date, more: &[(&str, &str)]) -> String {
    let day = day.to_string();
    let stages = stages.join(",");
    let asked =
        [("stage", stages.as_str()), ("filing", Filing::Accepted.as_str()), ("as_of", &day)];
    let pairs = asked.iter().chain(more);
    let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    visit::address("/projects", &Form(pairs.collect()))
}

/// The address of the list of the library as it stood on a day.
fn library_on(day: Date) -> String {
    let standing = Stage::ALL.iter().filter(|stage| **stage != Stage::Cancelled);
    let stages: Vec<&str> = standing.map(|stage| stage.as_str()).collect();
    standing_at(&stages, day, &[])
}

fn money(t: Texts, before: &Day, after: &Day, hrefs: &[String; 3]) -> Vec<MoneyRow> {
    type Of = fn(&SummaryRow) -> i128;
    let counts = [before, after].map(|day| day.library().map(|row| row.count).sum::<i64>());
    let [first, second] = counts;
    let difference = second - first;
    let sign = if difference > 0 { "+" } else { "" };
    let mut rows = vec![MoneyRow {
        label: t.board_projects(),
        values: [
            show::count(first),
            show::count(second),
            format!("{sign}{}", show::count(difference)),
        ],
        exact: [first, second, difference].map(|count| count.to_string()),
        hrefs: hrefs.clone(),
    }];
    let sums: [(&'static str, Of); 3] = [
        (t.board_investment(), |row| fen(row.total_investment)),
        (t.board_planned(), |row| row.planned_funding.fen()),
        (t.board_arrived(), |row| row.arrived_funding.fen()),
    ];
    for (label, of) in sums {
        let [first, second] = [before, after].map(|day| day.library().map(of).sum::<i128>());
        rows.push(MoneyRow {
            label,
            values: [show::yi(first), show::yi(second), signed(second - first)],
            exact: [first, second, second - first]
                .map(|fen| SignedMoney::from_fen(fen).to_string()),
            hrefs: hrefs.clone(),
        });
    }
    rows
}
