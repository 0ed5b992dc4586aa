//! What a ledger's funding changes of a project's: by channel, and only what the ledger tells.

use super::own_words::{self, ToldFunding};
use super::plan::{Planner, Todo, Way};
use super::said::{CellChange, Note, Plan, Row};
use super::sentences::denied_note;
use serde_json::{Value, json};
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::fault::Fault;
use shortboard_domain::funding::{Funding, FundingBody, FundingSource, FundingStatus};
use shortboard_domain::input::Given;
use shortboard_domain::lang::Lang;
use shortboard_domain::money::Money;
use shortboard_domain::project::Project;

/// What is done with a source.
#[derive(Debug, Clone, PartialEq)]
pub enum FundingAct {
    /// It is added.
    Add(FundingSource),
    /// It becomes another.
    Change(u32, FundingSource),
}

impl FundingAct {
    /// The source as it is from then on.
    pub fn into_source(self) -> FundingSource {
        match self {
            Self::Add(source) | Self::Change(_, source) => source,
        }
    }
}

/// What a row's funding comes to.
#[derive(Debug, Default)]
pub struct Funded {
    /// What is done.
    pub acts: Vec<FundingAct>,
    /// The same as people read it.
    pub changes: Vec<CellChange>,
    /// What is worth knowing.
    pub notices: Vec<Note>,
    /// What is wrong.
    pub errors: Vec<Note>,
}

/// Compares a row's funding with a project's.
pub fn compare(
    told: &[ToldFunding],
    there: &[Funding],
    column: Option<&str>,
    lists: &CodeLists,
) -> Funded {
    let mut funded = Funded::default();
    let mut free: Vec<&Funding> = there.iter().collect();
    // Those that are there to the letter first, so that of several of one channel the others move.
    let mut rest = Vec::new();
    for told in told {
        let source = &told.source;
        let same = |funding: &&Funding| {
            is_of(told, &funding.source)
                && source.amount.is_none_or(|amount| amount == funding.source.amount)
                && told.status.is_none_or(|status| status == funding.source.status)
                && source
                    .arrived
                    .is_none_or(|arrived| arrived == funding.source.arrived.unwrap_or(Money::ZERO))
        };
        match free.iter().position(same) {
            Some(at) if source.channel.is_some() => {
                // A channel without an amount says that there is one, not which.
                if source.amount.is_some() {
                    free.remove(at);
                }
            }
            _ => rest.push(told),
        }
    }
    // Then those of the same year, then of the same channel.
    rest.sort_by_key(|told| !free.iter().any(|funding| is_of(told, &funding.source)));
    for told in rest {
        funded.take(told, &mut free, column, lists);
    }
    funded
}

/// Whether a source is of the channel that is told, and of the year, where one is told.
fn is_of(told: &ToldFunding, source: &FundingSource) -> bool {
    Some(source.channel.as_str()) == told.source.channel.as_deref()
        && told.year.is_none_or(|year| Some(year) == source.year)
}

impl Funded {
    fn take(
        &mut self,
        told: &ToldFunding,
        free: &mut Vec<&Funding>,
        column: Option<&str>,
        lists: &CodeLists,
    ) {
        let source = &told.source;
        let written = &source.written;
        let Some(channel) = &source.channel else {
            self.notices.push(Note::new(
                column,
                "unknown_channel",
                format!("资金来源“{written}”不在资金渠道中，未导入，原文随导入保存"),
                format!("the funding “{written}” is in no list of channels: it is kept with the import and goes no further"),
            ));
            return;
        };
        let Some(amount) = source.amount else {
            self.notices.push(Note::new(
                column,
                "funding_without_amount",
                format!("资金来源“{written}”没有金额，未导入"),
                format!("the funding “{written}” has no amount and goes no further"),
            ));
            return;
        };
        let of_channel = |funding: &&Funding| funding.source.channel.as_str() == channel;
        let at = free.iter().position(|funding| is_of(told, &funding.source));
        let at = at.or_else(|| free.iter().position(of_channel));
        let old = at.map(|at| free.remove(at));
        let body = match old {
            Some(old) => FundingBody::from(old.source.clone()),
            None => FundingBody { channel: Some(Given::ok(channel.clone())), ..Default::default() },
        };
        match body_with(body, old, amount, told).build(lists) {
            Ok(new) => {
                self.changes.push(CellChange {
                    field: format!("funding/{channel}"),
                    column: column.map(str::to_owned),
                    from: old.map_or(Value::Null, |old| money(&old.source)),
                    to: money(&new),
                });
                self.acts.push(match old {
                    Some(old) => FundingAct::Change(old.id, new),
                    None => FundingAct::Add(new),
                });
            }
            Err(faults) => self.errors.extend(faults.into_iter().map(|fault| note(column, &fault))),
        }
    }
}

/// A body with other amounts; money that has arrived says that it was approved.
fn body_with(
    body: FundingBody,
    old: Option<&Funding>,
    amount: Money,
    told: &ToldFunding,
) -> FundingBody {
    let was = old.map_or(FundingStatus::Intended, |old| old.source.status);
    let arrived = told.source.arrived.or(old.and_then(|old| old.source.arrived));
    let status = match (told.status, arrived.filter(|arrived| *arrived > Money::ZERO)) {
        (Some(status), _) => status,
        (None, Some(arrived)) if arrived == amount => FundingStatus::Arrived,
        (None, Some(_)) => FundingStatus::Approved,
        (None, None) => was,
    };
    let year = told.year.map(|year| Given::ok(i64::from(year))).or(body.year);
    FundingBody {
        amount: Some(Given::ok(amount)),
        arrived: arrived.map(Given::ok),
        status: Some(Given::ok(status.to_string())),
        year,
        ..body
    }
}

fn money(source: &FundingSource) -> Value {
    json!({"amount": source.amount, "arrived": source.arrived, "year": source.year, "status": source.status})
}

fn note(column: Option<&str>, fault: &Fault) -> Note {
    let (zh, en) = (fault.why.message(Lang::Zh), fault.why.message(Lang::En));
    Note::new(column, fault.why.code(), format!("资金来源：{zh}"), format!("funding: {en}"))
}

impl Planner {
    /// What a row changes in the funding: the finance office's alone, once a project is there.
    pub(super) fn change_funding(
        &self,
        row: &Row,
        project: &Project,
        plan: &mut Plan,
        todo: &mut Todo,
    ) {
        let column = self.column(row, "funding");
        let told = self.funding_told(row);
        let funded = compare(&told, &project.funding, column, &self.lists);
        if self.way != Way::Tagging {
            if !funded.acts.is_empty() {
                self.tell_funding_is_left(row, plan);
            }
            return;
        }
        if !funded.acts.is_empty()
            && let Err(denied) = self.actor.permit_on(self.action(), &project.reach())
        {
            plan.errors.push(denied_note(&denied));
        }
        plan.changes.extend(funded.changes);
        plan.notices.extend(funded.notices);
        plan.errors.extend(funded.errors);
        todo.funding = funded.acts;
    }

    /// The funding that a row tells: with year and status, where this registry wrote it.
    pub(super) fn funding_told(&self, row: &Row) -> Vec<ToldFunding> {
        let project = &row.project;
        let cell = self.column(row, "funding_channel").and_then(|at| project.cells.get(at));
        let own = cell.and_then(|cell| own_words::funding(cell, project.row, &self.lists));
        own.unwrap_or_else(|| own_words::channels(cell, &project.funding, &self.lists))
    }
}
