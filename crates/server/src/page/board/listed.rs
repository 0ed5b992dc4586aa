//! The projects that the board names: the largest, the overdue, the stuck.

use super::super::list::columns::{Card, cards};
use super::super::show;
use super::view::Viewer;
use crate::app::App;
use crate::problem::Failure;
use shortboard_domain::access::Sight;
use shortboard_domain::codelist::ListName;
use shortboard_domain::need::Need;
use shortboard_domain::stage::Stage;
use shortboard_store::project::{ListFilter, ListQuery};

/// Projects that are named, of a list that is longer.
#[derive(Debug, Clone)]
pub struct Panel {
    /// What it is called by in the page.
    pub id: &'static str,
    /// The title.
    pub title: &'static str,
    /// How many the list has; blank where that is no matter.
    pub count: Option<String>,
    /// The whole list.
    pub href: String,
    /// What the fourth column tells.
    pub tells: &'static str,
    /// The projects.
    pub rows: Vec<Row>,
}

/// A project.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its file.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its stage.
    pub stage: &'static str,
    /// What people read.
    pub stage_label: &'static str,
    /// The region where it counts.
    pub region: String,
    /// What the fourth column tells.
    pub told: String,
    /// Total investment, 亿元.
    pub money: String,
}

/// Which projects are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those with the largest total investment that are not cancelled.
    Largest,
    /// Those whose planned start or finish has passed.
    Overdue,
    /// Those that have stood for more than a year in a stage that is to be left.
    Stuck,
}

impl Which {
    /// All of them, in the board's order.
    pub const ALL: [Self; 3] = [Self::Largest, Self::Overdue, Self::Stuck];

    fn filter(self) -> ListFilter {
        let need = match self {
            // Cancelled projects may be large, and nobody builds them.
            Self::Largest => {
                let standing = |stage: &Stage| *stage != Stage::Cancelled;
                let stage = Stage::ALL.iter().copied().filter(standing).collect();
                return ListFilter { stage, ..ListFilter::default() };
            }
            Self::Overdue => Need::Overdue,
            Self::Stuck => Need::Stuck,
        };
        ListFilter { need: vec![need], ..ListFilter::default() }
    }

    /// How many are named.
    fn rows(self) -> u64 {
        if self == Self::Largest { 10 } else { 5 }
    }

    fn told(self, card: &Card) -> String {
        match self {
            Self::Stuck => card.stage_since.clone(),
            _ => show::span(&card.planned),
        }
    }
}

impl Viewer<'_> {
    /// The projects named, of those in sight.
    pub async fn panel(self, app: &App, sight: &Sight, which: Which) -> Result<Panel, Failure> {
        let query = ListQuery {
            filter: which.filter(),
            limit: which.rows(),
            when: self.days.when(),
            count: which != Which::Largest,
            ..ListQuery::default()
        };
        let page = app.store.projects(sight, &query).await?;
        let found = cards(&page.cards)?;
        let row = |card: Card| Row {
            href: self.days.project(card.id),
            stage: card.stage.as_str(),
            stage_label: card.stage.label(self.t.0),
            region: self.name(ListName::Regions, &card.region),
            told: which.told(&card),
            money: card.total_investment.map(|of| show::yi(of.fen())).unwrap_or_default(),
            name: card.name,
        };
        let t = self.t;
        let stages: Vec<&str> = query.filter.stage.iter().map(|stage| stage.as_str()).collect();
        let (id, title, tells, href) = match which {
            Which::Largest => {
                let asked = [("stage", stages.join(",")), ("sort", "-total_investment".to_owned())];
                let asked = asked.each_ref().map(|(name, value)| (*name, value.as_str()));
                ("largest", t.board_largest(), t.board_planned_time(), self.days.projects(&asked))
            }
            Which::Overdue => {
                let href = self.days.projects(&[("need", Need::Overdue.as_str())]);
                ("overdue", t.board_overdue(), t.board_planned_time(), href)
            }
            Which::Stuck => {
                let href = self.days.projects(&[("need", Need::Stuck.as_str())]);
                ("stuck", t.board_stuck(), t.board_stage_since(), href)
            }
        };
        let count = page.count.map(|count| {
            let more = if count.exact { "" } else { "+" };
            format!("{}{more}", show::count(count.value))
        });
        Ok(Panel { id, title, count, href, tells, rows: found.into_iter().map(row).collect() })
    }
}
