//! From a ledger's row to the facts of a project, by the same body as every other project's.

use super::own_words;
use super::said::{Note, Row, Settings, SheetSaid};
use super::words::{Places, bare, field_at, field_name};
use crate::extract;
use crate::project::one::merge;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use shortboard_domain::access::{Actor, Scope};
use shortboard_domain::body::ProjectBody;
use shortboard_domain::codelist::{CodeEntry, CodeLists, DatedEntry, ListName};
use shortboard_domain::facts::Facts;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::lang::{Label, Lang};
use shortboard_domain::name::normalise;
use shortboard_ledger::understand::as_read;
use shortboard_ledger::understand::field::Field;
use std::collections::BTreeMap;

/// What a row tells, and what stands in for what it does not.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// What the row's own cells tell, as the fields of a body.
    pub own: Map<String, Value>,
    /// What the sheet, the section, the settings or the account's scope tell: for new projects.
    pub fallback: Map<String, Value>,
    /// Departments that no list has, each with the code it gets.
    pub unverified: BTreeMap<String, String>,
    /// The fields whose words are in no list and go no further, with what is written.
    pub unknown: Vec<(&'static str, String)>,
}

/// What reading rows takes.
pub struct Reader<'a> {
    /// The code lists.
    pub lists: &'a CodeLists,
    /// What the user settled.
    pub settings: &'a Settings,
    /// The sheets.
    pub sheets: &'a [SheetSaid],
    /// The names of regions.
    pub places: &'a Places,
    /// Who imports.
    pub actor: &'a Actor,
}

impl Reader<'_> {
    /// What a row tells.
    pub fn told(&self, row: &Row) -> Told {
        let project = &row.project;
        let mut told = Told::default();
        let own = &mut told.own;
        let mut put = |field: &str, value: Option<Value>| {
            if let Some(value) = value {
                own.insert(field.to_owned(), value);
            }
        };
        let text = |text: &Option<String>| text.clone().map(Value::String);
        put("name", (!project.name.is_empty()).then(|| project.name.clone().into()));
        put("nature", project.nature.map(|nature| nature.as_str().into()));
        put("content", text(&project.content));
        put("total_investment", project.total_investment.map(|money| money.to_string().into()));
        put("code", text(&project.code));
        put("region", text(&project.region));
        put("area", text(&project.area));
        put("group", text(&project.group));
        put("notes", text(&project.notes));
        put("location", project.place.clone().map(|place| json!({"place": place})));
        put("planned", span(&project.planned_start, &project.planned_finish));
        let owner = project.owner_unit.as_ref().map(|name| match &project.credit_code {
            Some(code) => json!({"name": name, "credit_code": code}),
            None => json!({"name": name}),
        });
        put("owner_unit", owner);
        self.put_words(row, &mut told);
        self.put_departments(row, &mut told);
        self.put_fallback(row, &mut told);
        told
    }

    /// The fields whose words ledgers choose freely: what is in no list is told and goes no further.
    fn put_words(&self, row: &Row, told: &mut Told) {
        let project = &row.project;
        let cell = |field: &str| {
            let column = self.sheets.get(row.sheet)?.column_of(field)?;
            project.cells.get(column).filter(|text| !text.trim().is_empty())
        };
        let mut word = |field: &'static str, written: Option<&String>, is: Option<Value>| match (
            written, is,
        ) {
            (_, Some(value)) => drop(told.own.insert(field.to_owned(), value)),
            (Some(written), None) => told.unknown.push((field, written.clone())),
            (None, None) => {}
        };
        let industry = project.industry.as_ref();
        let is = industry.and_then(|text| own_words::industry(text));
        word("industry", industry, is.map(|industry| industry.to_string().into()));
        let mode = project.approval_mode.as_ref();
        let is = mode.and_then(|text| own_words::approval_mode(text));
        word("approval_mode", mode, is.map(|mode| mode.as_str().into()));
        let also_in = cell("also_in");
        let is = also_in.and_then(|text| own_words::regions(text, self.lists));
        word("also_in", also_in, is.map(Value::from));
        // Other ledgers have categories of their own there.
        let kind = cell("category").and_then(|text| own_words::kind(text));
        word("kind", None, kind.map(|kind| kind.as_str().into()));
    }

    fn put_departments(&self, row: &Row, told: &mut Told) {
        let lead = row.project.lead_department.as_deref().unwrap_or_default();
        let all = row.project.department.as_deref().unwrap_or_default();
        let lead = self.departments_in(lead, &mut told.unverified);
        let mut codes = self.departments_in(all, &mut told.unverified);
        codes.extend(lead.iter().cloned());
        let mut once: Vec<String> = Vec::new();
        for code in codes {
            if !once.contains(&code) {
                once.push(code);
            }
        }
        if !once.is_empty() {
            told.own.insert("departments".into(), once.into());
        }
        if let [lead] = lead.as_slice() {
            told.own.insert("lead_department".into(), lead.clone().into());
        }
    }

    /// The codes of the departments that a cell names; one that no list has gets a code of its own,
    /// the same for the same name.
    fn departments_in(&self, cell: &str, unverified: &mut BTreeMap<String, String>) -> Vec<String> {
        let known = |name: &str| self.lists.find(ListName::Departments, name).is_some();
        let mut codes = Vec::new();
        for name in own_words::names(cell, known) {
            let code = match self.lists.find(ListName::Departments, &name) {
                Some(code) => code.to_owned(),
                None => {
                    let name: String = name.chars().take(100).collect();
                    let code = unverified_code(&name);
                    unverified.insert(name, code.clone());
                    code
                }
            };
            codes.push(code);
        }
        codes
    }

    fn put_fallback(&self, row: &Row, told: &mut Told) {
        let sheet = self.sheets.get(row.sheet);
        let sheet_name = sheet.map(|sheet| sheet.name.as_str()).unwrap_or_default();
        let title = sheet.and_then(|sheet| sheet.title.as_deref()).unwrap_or_default();
        let section = row.project.section.as_deref().unwrap_or_default();
        let scope = self.actor.scope();

        let hints = [
            row.project.place.as_deref().unwrap_or_default(),
            section,
            sheet_name,
            row.project.department.as_deref().unwrap_or_default(),
            title,
        ];
        let hinted = hints.iter().find_map(|hint| self.places.part_in(hint));
        let scoped = match scope {
            Some(Scope::Region(code)) => Some(code.to_string()),
            _ => None,
        };
        let region = hinted.map(|code| code.to_string());
        let region = region.or_else(|| self.settings.region.clone()).or(scoped);

        let sections = section.split(" / ").collect::<Vec<_>>();
        let named = sections.iter().rev().copied().chain([sheet_name]);
        let area = named.map(bare).find_map(|name| self.lists.find(ListName::Areas, name));
        let area = area.map(str::to_owned).or_else(|| self.settings.area.clone());

        let department = match scope {
            Some(Scope::Department(code)) => Some(code.to_string()),
            _ => None,
        };
        let department = self.settings.department.clone().or(department);
        let group = match scope {
            Some(Scope::Group(code)) => Some(code.to_string()),
            _ => None,
        };
        let values = [
            ("region", region.map(Value::from)),
            ("area", area.map(Value::from)),
            ("departments", department.map(|code| json!([code]))),
            ("group", group.map(Value::from)),
        ];
        let project = &row.project;
        if let Some(planned) = span(&project.start, &project.finish) {
            told.fallback.insert("planned".into(), planned);
        }
        for (field, value) in values {
            if let (Some(value), false) = (value, told.own.contains_key(field)) {
                told.fallback.insert(field.to_owned(), value);
            }
        }
    }

    /// The facts of a new project.
    pub fn new_facts(&self, told: &Told) -> Result<Facts, Vec<Fault>> {
        // Where nothing says what was planned, what a project that has begun really did stands in.
        let mut whole = Value::from(told.fallback.clone());
        merge(&mut whole, &told.own.clone().into());
        extract::read::<ProjectBody>(whole)?.build(self.lists)
    }

    /// The facts of a project after what the row's own cells tell: a blank cell leaves what is there.
    pub fn newer_facts(&self, told: &Told, facts: &Facts) -> Result<Facts, Vec<Fault>> {
        let mut patch = told.own.clone();
        let given = |field: &str| told.own.get(field);
        let texts = [
            ("name", Field::Name, Some(&facts.name)),
            ("content", Field::Content, facts.content.as_ref()),
            ("notes", Field::Notes, facts.notes.as_ref()),
        ];
        for (name, field, known) in texts {
            // Reading takes off marks and padding: what differs in these alone is the same.
            let same = known.map(|known| Value::from(as_read(field, known)));
            if same.is_some() && patch.get(name) == same.as_ref() {
                patch.remove(name);
            }
        }
        let place = facts.location.as_ref().and_then(|location| location.place.as_ref());
        let same = place.map(|place| json!({"place": as_read(Field::Place, place)}));
        if same.is_some() && patch.get("location") == same.as_ref() {
            patch.remove("location");
        }
        if let Some(Value::Array(codes)) = given("also_in") {
            let named = |code: &Value| {
                facts.also_in.iter().any(|known| code.as_str() == Some(known.as_str()))
            };
            if codes.len() == facts.also_in.len() && codes.iter().all(named) {
                patch.remove("also_in");
            }
        }
        if let Some(Value::Array(codes)) = given("departments") {
            let is_named = |code: &Value| {
                facts.departments.iter().any(|known| code.as_str() == Some(known.as_str()))
            };
            let same = codes.len() == facts.departments.len() && codes.iter().all(is_named);
            if same {
                // In another order they are still the same.
                patch.remove("departments");
            } else if let Some(lead) = &facts.lead_department
                && !patch.contains_key("lead_department")
                && !codes.iter().any(|code| code.as_str() == Some(lead.as_str()))
            {
                patch.insert("lead_department".into(), Value::Null);
            }
        }
        if let (Some(owner), Some(known)) = (given("owner_unit"), &facts.owner_unit) {
            let name = owner["name"].as_str().unwrap_or_default();
            if as_read(Field::OwnerUnit, &known.name) == name {
                if let Some(Value::Object(owner)) = patch.get_mut("owner_unit") {
                    owner.remove("name");
                }
            } else if normalise(name) != normalise(&known.name)
                && owner.get("credit_code").is_none()
            {
                // The code is that of the unit that is no longer named.
                patch.insert("owner_unit".into(), json!({"name": name, "credit_code": null}));
            }
        }
        let mut whole = ProjectBody::of(facts);
        merge(&mut whole, &patch.into());
        extract::read::<ProjectBody>(whole)?.build(self.lists)
    }

    /// What is wrong, as sentences that name the column.
    pub fn notes(&self, row: &Row, faults: Vec<Fault>) -> Vec<Note> {
        let sheet = self.sheets.get(row.sheet);
        let note = |fault: Fault| {
            let field = field_at(&fault.pointer);
            let column = sheet.and_then(|sheet| sheet.column_of(field));
            let sentence = |lang: Lang| {
                let name = field_name(field, lang);
                let what = fault.why.message(lang);
                let may_be_set = ["region", "area", "department"].contains(&field);
                match (lang, &fault.why) {
                    (Lang::Zh, Why::Required) if may_be_set => {
                        format!(
                            "{name}：该行没有填写，也无法从表名、标题或分类中得知；请填写，或为整个文件选定"
                        )
                    }
                    (Lang::En, Why::Required) if may_be_set => format!(
                        "{name}: the row tells none, nor do the sheet, its title or the section; fill it in, or choose one for the file"
                    ),
                    (Lang::Zh, _) => format!("{name}：{what}"),
                    (Lang::En, _) => format!("{name}: {what}"),
                }
            };
            let code = match (field, &fault.why) {
                ("region", Why::Required) => "region_missing",
                ("area", Why::Required) => "area_missing",
                ("department", Why::Required) => "department_missing",
                _ => fault.why.code(),
            };
            Note::new(column, code, sentence(Lang::Zh), sentence(Lang::En))
        };
        faults.into_iter().map(note).collect()
    }
}

/// A planned period as a body has it; `None` where neither end is told.
fn span(start: &Option<String>, finish: &Option<String>) -> Option<Value> {
    let ends: Map<String, Value> = [("start", start), ("finish", finish)]
        .into_iter()
        .filter_map(|(end, given)| Some((end.to_owned(), given.clone()?.into())))
        .collect();
    (!ends.is_empty()).then(|| ends.into())
}

/// The code of a department that no list has.
pub fn unverified_code(name: &str) -> String {
    let digest = Sha256::digest(normalise(name).as_bytes());
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("unverified_{hex}")
}

/// The entry of a department that no list has, until an administrator confirms or merges it.
pub fn unverified(name: &str, code: &str) -> CodeEntry {
    let label = Label { zh: name.to_owned(), en: name.to_owned() };
    let mut entry = CodeEntry {
        code: code.to_owned(),
        label,
        aliases: Vec::new(),
        valid_from: None,
        valid_to: None,
        successor: None,
        details: Default::default(),
    };
    entry.details.unverified = true;
    entry
}

/// The lists with departments that they lack.
pub fn with_departments(lists: &CodeLists, more: &BTreeMap<String, String>) -> CodeLists {
    let entries = more.iter().map(|(name, code)| DatedEntry {
        list: ListName::Departments,
        since: jiff::civil::Date::constant(1, 1, 1),
        entry: unverified(name, code),
    });
    lists.with(entries)
}
