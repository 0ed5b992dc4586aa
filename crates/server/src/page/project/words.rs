//! What people read for the fields of a project, and for what changed in them.

use super::facts::FACTS;
use crate::page::show;
use crate::page::texts::Texts;
use crate::project::history::FieldChange;
use jiff::civil::Date;
use serde_json::Value;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::document::{Document, Source};
use shortboard_domain::facts::{Location, Nature, ProjectKind, Quantity};
use shortboard_domain::fault::Why;
use shortboard_domain::filing::Filing;
use shortboard_domain::funding::{FundingStatus, PppLibrary, PppPhase};
use shortboard_domain::industry::Industry;
use shortboard_domain::lang::Lang;
use shortboard_domain::matter::{ApprovalMode, MatterKind, MatterState};
use shortboard_domain::money::SignedMoney;
use shortboard_domain::period::Span;
use shortboard_domain::stage::{Stage, StageBasis};
use std::str::FromStr;

/// What is told already: who registered or submitted it and why it was sent back stand beside the
/// act itself, sums follow from the sources.
const TOLD_ELSEWHERE: [&str; 5] =
    ["author", "planned_funding", "arrived_funding", "submitted_by", "returned_because"];

/// The fields that are told before the facts, in this order.
const FIRST: [&str; 5] = ["name", "kind", "stage", "stage_since", "stage_basis"];

/// Words in one language, with the names of a day.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The language.
    pub t: Texts,
    /// The code lists.
    pub lists: &'a CodeLists,
    /// The day whose names are shown.
    pub day: Date,
}

/// A field that changed, in words; blank where there was or is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// What changed.
    pub label: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}

impl Words<'_> {
    /// What changed, in words: each funding source and each matter for itself.
    pub fn changed(&self, changes: &[FieldChange]) -> Vec<Changed> {
        let mut lines = Vec::new();
        let order = |change: &&FieldChange| {
            let field = change.pointer.trim_start_matches('/');
            let known = FIRST.iter().chain(&FACTS).position(|known| *known == field);
            known.unwrap_or(usize::MAX)
        };
        let mut changes: Vec<&FieldChange> = changes.iter().collect();
        changes.sort_by_key(order);
        for change in changes {
            let field = change.pointer.trim_start_matches('/');
            match field {
                _ if TOLD_ELSEWHERE.contains(&field) => {}
                "funding" => {
                    self.parts(change, "id", &mut lines, |part| {
                        (self.t.fact_funding().to_owned(), self.source_of_money(part))
                    });
                }
                "matters" => self.parts(change, "kind", &mut lines, |part| {
                    (self.word_of::<MatterKind>(&part["kind"]), self.matter(part))
                }),
                _ => lines.push(Changed {
                    label: self.label(field).to_owned(),
                    from: self.value(field, &change.from),
                    to: self.value(field, &change.to),
                }),
            }
        }
        lines
    }

    /// The parts of a list that differ, known by a key.
    fn parts(
        &self,
        change: &FieldChange,
        key: &str,
        lines: &mut Vec<Changed>,
        tell: impl Fn(&Value) -> (String, String),
    ) {
        let (old, new) = (array(&change.from), array(&change.to));
        let find = |among: &[Value], part: &Value| {
            among.iter().find(|other| other[key] == part[key]).cloned()
        };
        for part in old {
            let now = find(new, part);
            if now.as_ref() != Some(part) {
                let (label, from) = tell(part);
                let to = now.map(|now| tell(&now).1).unwrap_or_default();
                lines.push(Changed { label, from, to });
            }
        }
        for part in new.iter().filter(|part| find(old, part).is_none()) {
            let (label, to) = tell(part);
            lines.push(Changed { label, from: String::new(), to });
        }
    }

    /// What a field is called.
    pub fn label(&self, field: &str) -> &'static str {
        let t = self.t;
        match field {
            "kind" => t.fact_kind(),
            "code" => t.fact_code(),
            "name" => t.fact_name(),
            "stage" => t.fact_stage(),
            "stage_since" => t.fact_stage_since(),
            "stage_basis" => t.fact_stage_basis(),
            "filing" => t.fact_filing(),
            "area" => t.fact_area(),
            "region" => t.fact_region(),
            "also_in" => t.fact_also_in(),
            "group" => t.fact_group(),
            "owner_unit" => t.fact_owner_unit(),
            "lead_department" => t.fact_lead(),
            "departments" => t.fact_departments(),
            "nature" => t.fact_nature(),
            "total_investment" => t.fact_total(),
            "planned" => t.fact_planned(),
            "actual" => t.fact_actual(),
            "gap" => t.fact_gap(),
            "source" => t.fact_source(),
            "approval_mode" => t.fact_approval_mode(),
            "industry" => t.fact_industry(),
            "content" => t.fact_content(),
            "location" => t.fact_location(),
            "quantities" => t.fact_quantities(),
            "notes" => t.fact_notes(),
            "in_use_since" => t.fact_in_use_since(),
            "planned_funding" => t.fact_planned_funding(),
            "arrived_funding" => t.fact_arrived_funding(),
            "submitted_by" => t.fact_submitted_by(),
            "returned_because" => t.fact_returned_because(),
            _ => t.fact_other(),
        }
    }

    /// What a field holds, of a project's file as JSON.
    pub fn value(&self, field: &str, value: &Value) -> String {
        if value.is_null() {
            return String::new();
        }
        match field {
            "kind" => self.word_of::<ProjectKind>(value),
            "stage" => self.word_of::<Stage>(value),
            "stage_basis" => self.word_of::<StageBasis>(value),
            "filing" => self.word_of::<Filing>(value),
            "nature" => self.word_of::<Nature>(value),
            "approval_mode" => self.word_of::<ApprovalMode>(value),
            "area" => self.code(ListName::Areas, value),
            "region" => self.code(ListName::Regions, value),
            "group" => self.code(ListName::Groups, value),
            "also_in" => self.listed(array(value), |code| self.code(ListName::Regions, code)),
            "lead_department" => self.code(ListName::Departments, &value["code"]),
            "departments" => {
                self.listed(array(value), |named| self.code(ListName::Departments, &named["code"]))
            }
            "owner_unit" => self.with_aside(text(&value["name"]), text(&value["credit_code"])),
            "gap" => self.gap(value),
            "total_investment" | "planned_funding" | "arrived_funding" => self.money(value),
            "planned" | "actual" => read::<Span>(value).map(|s| show::span(&s)).unwrap_or_default(),
            "location" => read::<Location>(value).map(|at| self.place(&at)).unwrap_or_default(),
            "quantities" => {
                let quantities = read::<Vec<Quantity>>(value).unwrap_or_default();
                let told = |q: Quantity| format!("{} {} {}", q.name, q.value, q.unit);
                show::listed(self.t, quantities.into_iter().map(told))
            }
            "industry" => read::<Industry>(value).map(|i| self.industry(i)).unwrap_or_default(),
            "source" => read::<Source>(value).map(|s| self.source(&s)).unwrap_or_default(),
            _ => text(value).to_owned(),
        }
    }

    /// An amount of fen with its unit.
    pub fn wan(&self, fen: i128) -> String {
        match self.t.0 {
            Lang::Zh => format!("{} 万元", show::wan(fen)),
            Lang::En => format!("{} × 10,000 yuan", show::wan(fen)),
        }
    }

    /// A document by its number, title, office and day.
    pub fn document(&self, document: &Document) -> String {
        let title = document.title.as_ref().map(|title| match self.t.0 {
            Lang::Zh if title.starts_with('《') => title.clone(),
            Lang::Zh => format!("《{title}》"),
            Lang::En => format!("“{title}”"),
        });
        let day = document.issued_on.map(|day| day.to_string());
        let parts = [document.document_number.clone(), title, document.issued_by.clone(), day];
        self.joined(parts.into_iter().flatten())
    }

    /// Words one after the other, with commas.
    pub fn joined(&self, parts: impl IntoIterator<Item = String>) -> String {
        let comma = if self.t.0 == Lang::Zh { "，" } else { ", " };
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(comma)
    }

    /// Words with others in brackets behind them, where there are any.
    pub fn with_aside(&self, words: &str, aside: &str) -> String {
        match (aside.is_empty(), self.t.0) {
            (true, _) => words.to_owned(),
            (false, Lang::Zh) => format!("{words}（{aside}）"),
            (false, Lang::En) => format!("{words} ({aside})"),
        }
    }

    /// What people read for a code.
    pub fn code(&self, list: ListName, code: &Value) -> String {
        match code.as_str() {
            Some(code) => show::label(self.lists, list, code, self.day, self.t),
            None => String::new(),
        }
    }

    fn year(&self, year: i64) -> String {
        if self.t.0 == Lang::Zh { format!("{year}年") } else { year.to_string() }
    }

    fn listed(&self, values: &[Value], tell: impl Fn(&Value) -> String) -> String {
        show::listed(self.t, values.iter().map(tell))
    }

    fn money(&self, yuan: &Value) -> String {
        let amount = yuan.as_str().and_then(|text| text.parse::<SignedMoney>().ok());
        amount.map(|amount| self.wan(amount.fen())).unwrap_or_default()
    }

    /// What is lacking; a sum that passes the total is called that, not a negative gap.
    fn gap(&self, yuan: &Value) -> String {
        let gap = yuan.as_str().and_then(|text| text.parse::<SignedMoney>().ok());
        match gap.map(SignedMoney::fen) {
            Some(fen) if fen < 0 => format!("{} {}", self.t.funding_excess(), self.wan(-fen)),
            _ => self.money(yuan),
        }
    }

    fn industry(&self, industry: Industry) -> String {
        format!("{industry} {}", industry.label().get(self.t.0))
    }

    fn source(&self, source: &Source) -> String {
        let quote = source.quote.as_ref().map(|quote| format!("“{quote}”"));
        let parts = [Some(source.document.clone()), source.clause.clone(), quote];
        self.joined(parts.into_iter().flatten())
    }

    fn place(&self, at: &Location) -> String {
        let degrees =
            |value: Option<f64>, name: &str| value.map(|value| format!("{name} {value}°"));
        let (east, north) = (self.t.longitude(), self.t.latitude());
        let parts = [at.place.clone(), degrees(at.longitude, east), degrees(at.latitude, north)];
        self.joined(parts.into_iter().flatten())
    }

    fn source_of_money(&self, of: &Value) -> String {
        let year = of["year"].as_i64().map(|year| self.year(year));
        let arrived = Some(self.money(&of["arrived"])).filter(|amount| !amount.is_empty());
        let arrived = arrived.map(|amount| format!("{} {amount}", self.t.funding_arrived()));
        let phase = self.word_of::<PppPhase>(&of["ppp_phase"]);
        let phase = self.with_aside(&phase, &self.word_of::<PppLibrary>(&of["ppp_library"]));
        let parts = [
            self.code(ListName::Channels, &of["channel"]),
            self.money(&of["amount"]),
            year.unwrap_or_default(),
            self.word_of::<FundingStatus>(&of["status"]),
            arrived.unwrap_or_default(),
            text(&of["document_number"]).to_owned(),
            phase,
            text(&of["note"]).to_owned(),
        ];
        self.joined(parts)
    }

    fn matter(&self, of: &Value) -> String {
        let dated = |label: &str, day: &Value| match text(day) {
            "" => String::new(),
            day => format!("{label} {day}"),
        };
        let parts = [
            self.word_of::<MatterState>(&of["state"]),
            dated(self.t.matter_planned_on(), &of["planned_on"]),
            dated(self.t.matter_actual_on(), &of["actual_on"]),
            text(&of["document_number"]).to_owned(),
            text(&of["issued_by"]).to_owned(),
        ];
        self.joined(parts)
    }

    fn word_of<W: FromStr<Err = Why> + Labelled>(&self, word: &Value) -> String {
        let word = word.as_str().and_then(|word| word.parse::<W>().ok());
        word.map(|word| word.labelled(self.t.0).to_owned()).unwrap_or_default()
    }
}

/// A word of a closed list, which has a label.
trait Labelled {
    fn labelled(self, lang: Lang) -> &'static str;
}

macro_rules! labelled {
    ($($word:ty),*) => {
        $(impl Labelled for $word {
            fn labelled(self, lang: Lang) -> &'static str {
                self.label(lang)
            }
        })*
    };
}

labelled!(
    ApprovalMode,
    Filing,
    FundingStatus,
    MatterKind,
    MatterState,
    Nature,
    PppLibrary,
    PppPhase,
    ProjectKind,
    Stage,
    StageBasis
);

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}
