//! The form as a page: its groups, its choices, what is wrong, and what somebody else has written
//! meanwhile.

use super::fields::{self, id_of};
use crate::page::form::Form;
use crate::page::layout::Page;
use crate::page::show;
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use askama::Template;
use jiff::civil::Date;
use shortboard_domain::access::Scope;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::facts::{Nature, ProjectKind};
use shortboard_domain::fault::Fault;
use shortboard_domain::industry::Industry;
use shortboard_domain::matter::ApprovalMode;
use shortboard_domain::pinyin::initials;

/// A choice: code, words, and what a search in the list finds it by.
pub type Choice = (String, String, String);

/// A project that is likely the same.
#[derive(Debug, Clone)]
pub struct Alike {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Stage and region in words.
    pub about: String,
    /// How likely, percent.
    pub percent: i64,
    /// Why.
    pub reasons: String,
}

/// The form.
#[derive(Template)]
#[template(path = "register.html")]
pub struct FormPage {
    /// What every page has around it.
    pub page: Page,
    /// The words.
    pub t: Texts,
    /// Where it is sent.
    pub action: String,
    /// Whether a project is changed rather than registered.
    pub is_change: bool,
    /// Where giving up leads.
    pub back: String,
    /// What stands in the fields.
    pub form: Form,
    /// What is wrong: field, sentence.
    pub errors: Vec<(String, String)>,
    /// The same for the summary, where the sentence names the field.
    pub summary: Vec<(String, String)>,
    /// What is worth a second look: field, sentence.
    pub warnings: Vec<(String, String)>,
    /// What stands in the fields now that somebody else has changed the project.
    pub theirs: Option<Form>,
    /// The fields that only the other one changed: theirs stands in the form already.
    pub taken: Vec<String>,
    /// Likely duplicates.
    pub alike: Vec<Alike>,
    /// Whether the duplicates must be answered before it is saved.
    pub asks_alike: bool,
    /// Why it was sent back, while it is.
    pub returned_because: Option<String>,
    /// Whether what was typed has been kept unfinished.
    pub is_kept: bool,
    /// The choices.
    pub choices: Choices,
    /// The rows of quantities: of each part its name and what people read for it.
    pub quantities: Vec<[(String, String); 3]>,
}

/// What may be chosen.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Kinds.
    pub kinds: Vec<Choice>,
    /// Areas.
    pub areas: Vec<Choice>,
    /// Regions.
    pub regions: Vec<Choice>,
    /// Departments.
    pub departments: Vec<Choice>,
    /// Owning groups.
    pub groups: Vec<Choice>,
    /// Natures.
    pub natures: Vec<Choice>,
    /// Approval modes.
    pub approval_modes: Vec<Choice>,
    /// Industry sections.
    pub industries: Vec<Choice>,
}

impl Choices {
    /// What may be chosen on a day.
    pub fn on(lists: &CodeLists, day: Date, t: Texts) -> Self {
        let coded = |list| -> Vec<Choice> {
            let entries = lists.entries_on(list, day);
            let choice = entries.map(|entry| {
                let found = entry.aliases.join(" ");
                let found = format!(
                    "{} {} {found} {}",
                    entry.label.zh,
                    entry.label.en,
                    initials(&entry.label.zh)
                );
                (entry.code.clone(), entry.label.get(t.0).to_owned(), found.to_lowercase())
            });
            choice.collect()
        };
        let word = |code: &str, label: &str| (code.to_owned(), label.to_owned(), String::new());
        Self {
            kinds: ProjectKind::ALL.iter().map(|w| word(w.as_str(), w.label(t.0))).collect(),
            areas: coded(ListName::Areas),
            regions: coded(ListName::Regions),
            departments: coded(ListName::Departments),
            groups: coded(ListName::Groups),
            natures: Nature::ALL.iter().map(|w| word(w.as_str(), w.label(t.0))).collect(),
            approval_modes: ApprovalMode::ALL
                .iter()
                .map(|w| word(w.as_str(), w.label(t.0)))
                .collect(),
            industries: Industry::sections()
                .map(|section| word(&section.to_string(), section.label().get(t.0)))
                .collect(),
        }
    }
}

impl FormPage {
    /// What stands in a field.
    pub fn value(&self, name: &str) -> &str {
        self.form.get(name)
    }

    /// Whether a code is among those chosen.
    pub fn has(&self, name: &str, code: &str) -> bool {
        self.form.all(name).any(|chosen| chosen == code)
    }

    /// The id of a field.
    pub fn id(&self, name: &str) -> String {
        format!("f-{}", name.replace('.', "-"))
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        let id = self.id(name);
        let found = self.errors.iter().find(|(of, _)| *of == id);
        found.map(|(_, message)| message.as_str())
    }

    /// What is worth a second look at a field.
    pub fn warning(&self, name: &str) -> Option<&str> {
        let id = self.id(name);
        let found = self.warnings.iter().find(|(of, _)| *of == id);
        found.map(|(_, message)| message.as_str())
    }

    /// What somebody else has written into a field, where it differs from what stands there.
    pub fn other(&self, name: &str) -> Option<String> {
        let theirs = self.theirs.as_ref()?;
        let sorted = |form: &Form| {
            let mut values: Vec<String> = form.all(name).map(str::to_owned).collect();
            values.sort_unstable();
            values
        };
        let other = sorted(theirs);
        let named = |code: &String| self.words_of(name, code);
        (other != sorted(&self.form))
            .then(|| show::listed(self.t, other.iter().map(named)))
            .map(|words| if words.is_empty() { self.t.form_blank().to_owned() } else { words })
    }

    /// Whether a field was changed by the other one alone.
    pub fn is_taken(&self, name: &str) -> bool {
        self.taken.iter().any(|of| of == name)
    }

    /// The words for a value of a field.
    fn words_of(&self, name: &str, code: &str) -> String {
        let choices = match name {
            "kind" => &self.choices.kinds,
            "area" => &self.choices.areas,
            "region" | "also_in" => &self.choices.regions,
            "departments" | "lead_department" => &self.choices.departments,
            "group" => &self.choices.groups,
            "nature" => &self.choices.natures,
            "approval_mode" => &self.choices.approval_modes,
            "industry" => &self.choices.industries,
            _ => return code.to_owned(),
        };
        let known = choices.iter().find(|(of, ..)| of == code);
        known.map_or(code, |(_, words, _)| words).to_owned()
    }
}

/// The rows of quantities that a form has.
pub fn quantities(form: &Form, t: Texts) -> Vec<[(String, String); 3]> {
    let row = |row: usize| {
        let part =
            |part, words: &str| (fields::quantity_name(row, part), format!("{words} {}", row + 1));
        [
            part("name", t.form_quantity_name()),
            part("value", t.form_quantity_value()),
            part("unit", t.form_quantity_unit()),
        ]
    };
    (0..fields::quantity_rows(form)).map(row).collect()
}

/// Faults as a page tells them: the field's id and the sentence.
pub fn told(faults: &[Fault], visit: &Visit) -> Vec<(String, String)> {
    let told = faults.iter().map(|fault| (id_of(&fault.pointer), fault.why.message(visit.lang)));
    told.collect()
}

/// Faults as the summary tells them: with the name of the field.
pub fn summed_up(faults: &[Fault], visit: &Visit) -> Vec<(String, String)> {
    let t = visit.texts();
    let between = t.pick("：", ": ");
    let told = faults.iter().map(|fault| {
        let message = fault.why.message(visit.lang);
        let sentence = match label_of(&fault.pointer, t) {
            Some(label) => format!("{label}{between}{message}"),
            None => message,
        };
        (id_of(&fault.pointer), sentence)
    });
    told.collect()
}

/// What people read for the field of a pointer.
fn label_of(pointer: &str, t: Texts) -> Option<&'static str> {
    let labels = [
        ("/name", t.form_name()),
        ("/kind", t.form_kind()),
        ("/area", t.form_area()),
        ("/region", t.form_region()),
        ("/also_in", t.form_also_in()),
        ("/departments", t.form_departments()),
        ("/lead_department", t.form_lead()),
        ("/group", t.form_group()),
        ("/owner_unit/credit_code", t.form_credit_code()),
        ("/owner_unit", t.form_owner()),
        ("/code", t.form_code()),
        ("/nature", t.form_nature()),
        ("/approval_mode", t.form_approval_mode()),
        ("/industry", t.form_industry()),
        ("/content", t.form_content()),
        ("/location/longitude", t.form_longitude()),
        ("/location/latitude", t.form_latitude()),
        ("/location", t.form_place()),
        ("/total_investment", t.form_total()),
        ("/planned", t.form_planned()),
        ("/quantities", t.form_quantities()),
        ("/notes", t.form_notes()),
        ("/effective_on", t.form_effective()),
    ];
    labels.into_iter().find(|(of, _)| pointer.starts_with(of)).map(|(_, label)| label)
}

/// What stands in a new form: what the caller's scope already says.
pub fn beginning(visit: &Visit) -> Form {
    let scope = visit.account.as_ref().and_then(|account| Scope::from_stored(&account.scope));
    let field = match scope {
        Some(Scope::Region(code)) => Some(("region", code.to_string())),
        Some(Scope::Department(code)) => Some(("departments", code.to_string())),
        Some(Scope::Group(code)) => Some(("group", code.to_string())),
        _ => None,
    };
    let kind = ("kind".to_owned(), ProjectKind::Project.as_str().to_owned());
    let given = field.map(|(name, code)| (name.to_owned(), code));
    Form([kind].into_iter().chain(given).collect())
}
