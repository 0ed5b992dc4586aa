//! What stands in the columns of a project, for people to read.

use super::card::{Card, Department, Source};
use super::columns::Column;
use crate::page::show;
use crate::page::texts::Texts;
use jiff::civil::Date;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::lang::Lang;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::period::Period;

/// Writes what stands in the columns of a project.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// The words.
    pub t: Texts,
    /// The names of codes.
    pub lists: &'a CodeLists,
    /// The day whose names are shown.
    pub day: Date,
}

impl Writer<'_> {
    /// What stands in a column, as text; blank where nothing does.
    pub fn text(self, column: Column, card: &Card) -> String {
        let t = self.t;
        let further = card.further.as_deref();
        let owner = card.owner_unit.as_ref();
        match column {
            Column::Number => card.registry_number.clone(),
            Column::Name => card.name.clone(),
            Column::Kind => card.kind.label(t.0).to_owned(),
            Column::Stage => card.stage.label(t.0).to_owned(),
            Column::Basis => card.stage_basis.label(t.0).to_owned(),
            Column::Filing => card.filing.label(t.0).to_owned(),
            Column::Area => self.label(ListName::Areas, &card.area),
            Column::Region => self.label(ListName::Regions, &card.region),
            Column::AlsoIn => {
                let regions = card.also_in.iter();
                show::listed(t, regions.map(|code| self.label(ListName::Regions, code)))
            }
            Column::Group => card
                .group
                .as_deref()
                .map(|code| self.label(ListName::Groups, code))
                .unwrap_or_default(),
            Column::Owner => owner.map(|owner| owner.name.clone()).unwrap_or_default(),
            Column::Credit => owner.and_then(|owner| owner.credit_code.clone()).unwrap_or_default(),
            Column::Departments => self.departments(card),
            Column::Lead => {
                card.lead_department.as_ref().map(|lead| self.department(lead)).unwrap_or_default()
            }
            Column::Code => card.code.clone().unwrap_or_default(),
            Column::Nature => {
                card.nature.map(|nature| nature.label(t.0)).unwrap_or_default().into()
            }
            Column::Mode => {
                let mode = further.and_then(|further| further.approval_mode);
                mode.map(|mode| mode.label(t.0)).unwrap_or_default().to_owned()
            }
            Column::Industry => further
                .and_then(|further| further.industry)
                .map_or(String::new(), |of| format!("{of} {}", of.label().get(t.0))),
            Column::Content => {
                further.and_then(|further| further.content.clone()).unwrap_or_default()
            }
            Column::Place => {
                let location = further.and_then(|further| further.location.as_ref());
                location.and_then(|location| location.place.clone()).unwrap_or_default()
            }
            Column::Notes => further.and_then(|further| further.notes.clone()).unwrap_or_default(),
            Column::Total | Column::Planned | Column::Arrived | Column::Gap => {
                column.amount(card).map(|amount| show::wan(amount.fen())).unwrap_or_default()
            }
            Column::Channels => self.channels(card),
            Column::Funding => {
                show::listed(t, card.funding.iter().map(|source| self.source(source)))
            }
            Column::Period => show::span(&card.planned),
            Column::Start => period(card.planned.start),
            Column::Finish => period(card.planned.finish),
            Column::Actual => show::span(&card.actual),
            Column::ActualStart => period(card.actual.start),
            Column::ActualFinish => period(card.actual.finish),
            Column::Since => card.stage_since.clone(),
            Column::Missing => {
                show::listed(t, card.missing.iter().map(|fact| fact.label(t.0).to_owned()))
            }
            Column::Source => card.source.as_ref().map_or(String::new(), |source| {
                [&source.document, source.clause.as_deref().unwrap_or_default()]
                    .join(" ")
                    .trim()
                    .into()
            }),
            Column::Updated => card.updated_at.get(..10).unwrap_or_default().to_owned(),
        }
    }

    fn label(self, list: ListName, code: &str) -> String {
        show::label(self.lists, list, code, self.day, self.t)
    }

    /// The departments, the lead first.
    fn departments(self, card: &Card) -> String {
        let lead = card.lead_department.as_ref().map(|lead| lead.code.as_str());
        let mut departments: Vec<&Department> = card.departments.iter().collect();
        departments.sort_by_key(|department| Some(department.code.as_str()) != lead);
        show::listed(self.t, departments.into_iter().map(|department| self.department(department)))
    }

    fn department(self, department: &Department) -> String {
        match self.t.0 {
            Lang::Zh => department.name.clone(),
            Lang::En => self.label(ListName::Departments, &department.code),
        }
    }

    fn channels(self, card: &Card) -> String {
        let mut codes: Vec<&str> = Vec::new();
        for source in &card.funding {
            if !codes.contains(&source.channel.as_str()) {
                codes.push(&source.channel);
            }
        }
        show::listed(self.t, codes.into_iter().map(|code| self.label(ListName::Channels, code)))
    }

    /// A source in words: 企业自筹2000万元（2018，已批复，已到位500万元）.
    fn source(self, source: &Source) -> String {
        let t = self.t;
        let wan = |amount: SignedMoney| match t.0 {
            Lang::Zh => format!("{}{}", show::wan_plain(amount.fen()), t.wan()),
            Lang::En => format!(" {} {}", show::wan_plain(amount.fen()), t.wan()),
        };
        let year = source.year.map(|year| year.to_string());
        let arrived = source.arrived.filter(|amount| amount.fen() != 0);
        let arrived = arrived.map(|amount| format!("{}{}", t.file_arrived(), wan(amount)));
        let status = source.status.label(t.0).to_owned();
        let (more, open, close) = match t.0 {
            Lang::Zh => ("，", "（", "）"),
            Lang::En => ("; ", " (", ")"),
        };
        let about: Vec<String> = year.into_iter().chain([status]).chain(arrived).collect();
        let channel = self.label(ListName::Channels, &source.channel);
        format!("{channel}{}{open}{}{close}", wan(source.amount), about.join(more))
    }
}

fn period(period: Option<Period>) -> String {
    period.map(|period| period.to_string()).unwrap_or_default()
}
