//! The figures of a briefing, each read once, all of them from one state of the registry.

use super::card::{Card, cards};
use super::question::{Annex, Part, Question};
use crate::problem::Failure;
use jiff::ToSpan;
use jiff::civil::Date;
use shortboard_domain::access::Sight;
use shortboard_domain::money::{Money, SignedMoney};
use shortboard_domain::need::Need;
use shortboard_domain::stage::Stage;
use shortboard_store::Store;
use shortboard_store::checkpoint::Statement;
use shortboard_store::project::{Dimension, Flow, ListFilter, ListQuery, SummaryRow, When};

/// How many projects the annex lists; a paper of more is not read.
pub const MOST_LISTED: usize = 2_000;

/// How many projects of each kind are named where they ask for attention.
const NAMED: u64 = 10;

/// How many projects are read at a time.
const AT_A_TIME: u64 = 500;

/// How often the figures are read anew when somebody writes meanwhile.
const TRIES: usize = 3;

/// What asks for attention, in the briefing's order.
pub const ATTENTION: [Need; 6] =
    [Need::Stuck, Need::Overdue, Need::Funding, Need::Gap, Need::Facts, Need::Confirmation];

/// Numbers that are added up; money in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Projects.
    pub count: i64,
    /// Their total investment.
    pub total: i128,
    /// The sum of their sources.
    pub sources: i128,
    /// What has arrived of them.
    pub arrived: i128,
    /// Their gaps, less what exceeds others' totals.
    pub gap: i128,
}

/// The projects that have the same stage, area, region and group.
#[derive(Debug, Clone)]
pub struct Lot {
    /// Their stage.
    pub stage: Stage,
    /// Their area.
    pub area: String,
    /// The region where they count.
    pub region: String,
    /// The group they belong to.
    pub group: Option<String>,
    /// Their numbers.
    pub sum: Sum,
}

/// Projects that ask for attention.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// What for.
    pub need: Need,
    /// Them all.
    pub lots: Vec<Lot>,
    /// The largest of them.
    pub named: Vec<Card>,
}

/// The library on an earlier day.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// The day.
    pub day: Date,
    /// All projects in the library then.
    pub sum: Sum,
}

/// The figures of a briefing.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The projects in the library.
    pub library: Vec<Lot>,
    /// How many of them have a total investment.
    pub with_total: i64,
    /// Those that are cancelled, and in no other figure.
    pub cancelled: Sum,
    /// By channel; a project may count in several.
    pub channels: Vec<SummaryRow>,
    /// Those whose sources do not reach their total.
    pub short: Vec<Lot>,
    /// Those whose sources exceed their total.
    pub over: Sum,
    /// What asks for attention.
    pub waiting: Vec<Waiting>,
    /// The library a year before.
    pub year_ago: Earlier,
    /// The library on the day it is compared with, and what flowed since.
    pub since: Option<(Earlier, Vec<Flow>)>,
    /// The projects that the annex lists.
    pub listed: Vec<Card>,
    /// The newest checkpoint of the trail.
    pub checkpoint: Option<Statement>,
}

/// The stages of the library.
pub fn library_stages() -> impl Iterator<Item = Stage> {
    Stage::ALL.iter().copied().filter(|stage| *stage != Stage::Cancelled)
}

/// The projects in the library.
fn library() -> ListFilter {
    ListFilter { stage: library_stages().collect(), ..ListFilter::default() }
}

impl Sum {
    /// The numbers of all lots that are wanted.
    pub fn of<'a>(lots: impl IntoIterator<Item = &'a Lot>) -> Self {
        lots.into_iter().fold(Self::default(), |sum, lot| sum.plus(lot.sum))
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            total: self.total + other.total,
            sources: self.sources + other.sources,
            arrived: self.arrived + other.arrived,
            gap: self.gap + other.gap,
        }
    }

    fn row(row: &SummaryRow) -> Self {
        let fen = |money: Option<SignedMoney>| money.map_or(0, SignedMoney::fen);
        Self {
            count: row.count,
            total: fen(row.total_investment),
            sources: row.planned_funding.fen(),
            arrived: row.arrived_funding.fen(),
            gap: fen(row.gap),
        }
    }
}

/// Reads for one sight.
#[derive(Clone, Copy)]
struct Reader<'a> {
    store: &'a Store,
    sight: &'a Sight,
    question: &'a Question,
}

impl Figures {
    /// Gathers the figures of the projects in sight. When somebody writes meanwhile, they are read
    /// anew, so that they agree with one another.
    ///
    /// # Errors
    /// [`Failure::Unavailable`], [`Failure::Internal`]
    pub async fn gather(
        store: &Store,
        sight: &Sight,
        question: &Question,
    ) -> Result<Self, Failure> {
        let reader = Reader { store, sight, question };
        for _ in 1..TRIES {
            let before = store.data_version().await;
            let figures = reader.figures().await?;
            if before == store.data_version().await {
                return Ok(figures);
            }
        }
        reader.figures().await
    }
}

impl Reader<'_> {
    async fn figures(self) -> Result<Figures, Failure> {
        let when = self.question.when();
        let known = ListFilter { min_investment: Money::from_fen(0).ok(), ..library() };
        let known = self.store.summary(self.sight, &[Dimension::Stage], &known, when).await?;
        let cancelled = ListFilter { stage: vec![Stage::Cancelled], ..ListFilter::default() };
        let over = ListFilter { need: vec![Need::Excess], ..library() };
        let by_channel = [Dimension::Channel];
        let channels = self.store.summary(self.sight, &by_channel, &library(), when).await?;
        let year_ago = self.question.day.saturating_sub(1.year());
        Ok(Figures {
            library: self.lots(&library()).await?,
            with_total: known.rows.iter().map(|row| row.count).sum(),
            cancelled: self.by_stage(&cancelled, when).await?,
            channels: channels.rows,
            short: self.lots(&ListFilter { need: vec![Need::Gap], ..library() }).await?,
            over: self.by_stage(&over, when).await?,
            waiting: self.waiting().await?,
            year_ago: self.earlier(year_ago).await?,
            since: match self.question.since.filter(|_| self.question.has(Part::Change)) {
                None => None,
                Some(since) => {
                    let flows = self.store.flows(self.sight, since, self.question.day).await?;
                    Some((self.earlier(since).await?, flows))
                }
            },
            listed: match self.question.annex {
                Annex::None => Vec::new(),
                Annex::Stage | Annex::Area => self.listed().await?,
            },
            checkpoint: self.store.newest_checkpoint().await?,
        })
    }

    /// Everything by stage, area, region and group at once: whatever is added up of it agrees.
    async fn lots(self, filter: &ListFilter) -> Result<Vec<Lot>, Failure> {
        const BY: [Dimension; 4] =
            [Dimension::Stage, Dimension::Area, Dimension::Region, Dimension::Group];
        let when = self.question.when();
        let summary = self.store.summary(self.sight, &BY, filter, when).await?;
        let code = |row: &SummaryRow, by: Dimension| row.keys.get(by.as_str()).cloned().flatten();
        let lot = |row: &SummaryRow| {
            Some(Lot {
                stage: code(row, Dimension::Stage)?.parse().ok()?,
                area: code(row, Dimension::Area)?,
                region: code(row, Dimension::Region)?,
                group: code(row, Dimension::Group),
                sum: Sum::row(row),
            })
        };
        summary.rows.iter().map(|row| lot(row).ok_or(Failure::Internal)).collect()
    }

    async fn by_stage(self, filter: &ListFilter, when: When) -> Result<Sum, Failure> {
        let summary = self.store.summary(self.sight, &[Dimension::Stage], filter, when).await?;
        Ok(summary.rows.iter().map(Sum::row).fold(Sum::default(), Sum::plus))
    }

    async fn earlier(self, day: Date) -> Result<Earlier, Failure> {
        let when = When { as_of: Some(day), known_at: None };
        Ok(Earlier { day, sum: self.by_stage(&library(), when).await? })
    }

    async fn waiting(self) -> Result<Vec<Waiting>, Failure> {
        let mut all = Vec::new();
        if !self.question.has(Part::Attention) {
            return Ok(all);
        }
        for need in ATTENTION {
            let filter = ListFilter { need: vec![need], ..library() };
            let lots = self.lots(&filter).await?;
            let named = match lots.is_empty() {
                true => Vec::new(),
                false => self.page(filter, NAMED, None).await?.0,
            };
            all.push(Waiting { need, lots, named });
        }
        Ok(all)
    }

    /// The largest projects of the library.
    async fn listed(self) -> Result<Vec<Card>, Failure> {
        let mut found = Vec::new();
        let mut cursor = None;
        while found.len() < MOST_LISTED {
            let (cards, next) = self.page(library(), AT_A_TIME, cursor).await?;
            found.extend(cards);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        found.truncate(MOST_LISTED);
        Ok(found)
    }

    async fn page(
        self,
        filter: ListFilter,
        limit: u64,
        cursor: Option<shortboard_store::project::Cursor>,
    ) -> Result<(Vec<Card>, Option<shortboard_store::project::Cursor>), Failure> {
        let when = self.question.when();
        let query = ListQuery { filter, limit, when, cursor, ..ListQuery::default() };
        let page = self.store.projects(self.sight, &query).await?;
        Ok((cards(&page.cards)?, page.next))
    }
}
