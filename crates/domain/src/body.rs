//! The body of a project as callers write it, and how it becomes facts. A request, a page's form
//! and a ledger's row all come through here, so they fail alike.

use crate::codelist::CodeLists;
use crate::facts::{Facts, Location, Nature, OwnerUnit, ProjectKind, Quantity};
use crate::fault::{Fault, Why};
use crate::industry::Industry;
use crate::input::{Faults, Given};
use crate::matter::ApprovalMode;
use crate::money::Money;
use crate::period::{Period, Span};
use crate::project_code::ProjectCode;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::ToSchema;

const NAME_LENGTH: usize = 200;
const SHORT_TEXT: usize = 100;
const LONG_TEXT: usize = 10_000;
const LIST_LENGTH: usize = 50;

/// The owner unit as callers write it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OwnerUnitBody {
    /// Name. Required.
    #[schema(required = true, value_type = String, max_length = 100)]
    pub name: Option<Given<String>>,
    /// Unified social credit code (GB 32100-2015).
    #[schema(value_type = Option<String>)]
    pub credit_code: Option<Given<String>>,
}

/// The location as callers write it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LocationBody {
    /// In words.
    #[schema(value_type = Option<String>)]
    pub place: Option<Given<String>>,
    /// Degrees east, WGS 84.
    #[schema(value_type = Option<f64>)]
    pub longitude: Option<Given<f64>>,
    /// Degrees north, WGS 84.
    #[schema(value_type = Option<f64>)]
    pub latitude: Option<Given<f64>>,
}

/// A planned period as callers write it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SpanBody {
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[schema(value_type = Option<String>)]
    pub start: Option<Given<String>>,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[schema(value_type = Option<String>)]
    pub finish: Option<Given<String>>,
}

/// A quantity as callers write it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct QuantityBody {
    /// What is counted. Required.
    #[schema(required = true, value_type = String)]
    pub name: Option<Given<String>>,
    /// A decimal number as text. Required.
    #[schema(required = true, value_type = String)]
    pub value: Option<Given<String>>,
    /// Its unit. Required.
    #[schema(required = true, value_type = String)]
    pub unit: Option<Given<String>>,
}

/// The body of a project. Only `name`, `area`, `region` and one of `departments` are required; all
/// else may come later and is listed under `missing` until then.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectBody {
    /// Name. Required.
    #[schema(required = true, value_type = String, max_length = 200)]
    pub name: Option<Given<String>>,
    /// Task area: code, name or alias. Required.
    #[schema(required = true, value_type = String)]
    pub area: Option<Given<String>>,
    /// Region where it counts: code, name or alias. Required.
    #[schema(required = true, value_type = String)]
    pub region: Option<Given<String>>,
    /// Further regions.
    #[schema(value_type = Vec<String>)]
    pub also_in: Option<Given<Vec<Given<String>>>>,
    /// `project` by default.
    #[schema(value_type = Option<ProjectKind>)]
    pub kind: Option<Given<String>>,
    /// Responsible departments: codes, names or aliases, at least one. Required.
    #[schema(required = true, value_type = Vec<String>)]
    pub departments: Option<Given<Vec<Given<String>>>>,
    /// The lead, one of the departments.
    #[schema(value_type = Option<String>)]
    pub lead_department: Option<Given<String>>,
    /// Owning group: code, name or alias.
    #[schema(value_type = Option<String>)]
    pub group: Option<Given<String>>,
    /// Owner unit.
    #[schema(value_type = Option<OwnerUnitBody>)]
    pub owner_unit: Option<Given<OwnerUnitBody>>,
    /// Investment project code.
    #[schema(value_type = Option<String>)]
    pub code: Option<Given<String>>,
    /// Construction nature.
    #[schema(value_type = Option<Nature>)]
    pub nature: Option<Given<String>>,
    /// Approval mode.
    #[schema(value_type = Option<ApprovalMode>)]
    pub approval_mode: Option<Given<String>>,
    /// Industry of GB/T 4754-2017.
    #[schema(value_type = Option<String>)]
    pub industry: Option<Given<String>>,
    /// Content and scale of the works.
    #[schema(value_type = Option<String>)]
    pub content: Option<Given<String>>,
    /// Where the works lie.
    #[schema(value_type = Option<LocationBody>)]
    pub location: Option<Given<LocationBody>>,
    /// Yuan.
    #[schema(value_type = Option<Money>)]
    pub total_investment: Option<Given<Money>>,
    /// Planned start and finish.
    #[schema(value_type = Option<SpanBody>)]
    pub planned: Option<Given<SpanBody>>,
    /// Quantities of the works.
    #[schema(value_type = Vec<QuantityBody>)]
    pub quantities: Option<Given<Vec<Given<QuantityBody>>>>,
    /// Notes.
    #[schema(value_type = Option<String>)]
    pub notes: Option<Given<String>>,
}

impl ProjectBody {
    /// Checks everything and builds the facts.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn build(self, lists: &CodeLists) -> Result<Facts, Vec<Fault>> {
        let mut faults = Faults::default();
        let f = &mut faults;

        let name = named(f, "/name", self.name, NAME_LENGTH);
        let kind = f.word("/kind", self.kind).unwrap_or(ProjectKind::Project);
        let area = f.required("/area", self.area);
        let area = area.and_then(|name| f.take("/area", lists.area(&name)));
        let region = f.required("/region", self.region);
        let region = region.and_then(|name| f.take("/region", lists.region(&name)));
        let mut also_in = f.each("/also_in", self.also_in, |name| lists.region(&name));
        also_in.retain(|code| Some(code) != region.as_ref());
        let departments = f.each("/departments", self.departments, |name| lists.department(&name));
        if departments.is_empty() && f.is_empty_at("/departments") {
            f.add("/departments", Why::Required);
        }
        let known = f.is_empty_at("/departments");
        let lead_department = coded(f, "/lead_department", self.lead_department, |name| {
            let lead = lists.department(name)?;
            if departments.contains(&lead) || !known { Ok(lead) } else { Err(Why::LeadNotNamed) }
        });
        let group = coded(f, "/group", self.group, |name| lists.group(name));
        let owner_unit =
            f.optional("/owner_unit", self.owner_unit).and_then(|owner| owner_unit(f, owner));
        let code = coded(f, "/code", self.code, ProjectCode::from_str);
        let nature = f.word("/nature", self.nature);
        let approval_mode = f.word("/approval_mode", self.approval_mode);
        let industry = coded(f, "/industry", self.industry, Industry::from_str);
        let content = f.multiline("/content", self.content, LONG_TEXT);
        let location =
            f.optional("/location", self.location).and_then(|location| place(f, location));
        let total_investment = f.optional("/total_investment", self.total_investment);
        let planned = f.optional("/planned", self.planned).map(|planned| span(f, planned));
        let quantities = quantities(f, self.quantities);
        let notes = f.multiline("/notes", self.notes, LONG_TEXT);

        match (name, area, region) {
            (Some(name), Some(area), Some(region)) => faults.finish(Facts {
                name,
                kind,
                area,
                region,
                also_in,
                departments,
                lead_department,
                group,
                owner_unit,
                code,
                nature,
                approval_mode,
                industry,
                content,
                location,
                total_investment,
                planned: planned.unwrap_or_default(),
                quantities,
                notes,
            }),
            _ => Err(faults.into_vec()),
        }
    }

    /// Facts as their own body, for a merge patch to be laid on.
    pub fn of(facts: &Facts) -> serde_json::Value {
        serde_json::to_value(facts).unwrap_or_default()
    }
}

/// A line of text that must be there.
fn named(f: &mut Faults, at: &str, given: Option<Given<String>>, max: usize) -> Option<String> {
    let text = f.required(at, given)?;
    f.take(at, crate::text::clean(&text, max))
}

/// A text that a constructor turns into a value; blank is absent.
fn coded<T>(
    f: &mut Faults,
    at: &str,
    given: Option<Given<String>>,
    read: impl FnOnce(&str) -> Result<T, Why>,
) -> Option<T> {
    let text = f.optional(at, given).filter(|text| !text.trim().is_empty())?;
    f.take(at, read(&text))
}

fn owner_unit(f: &mut Faults, body: OwnerUnitBody) -> Option<OwnerUnit> {
    let name = named(f, "/owner_unit/name", body.name, SHORT_TEXT);
    let credit_code = coded(f, "/owner_unit/credit_code", body.credit_code, str::parse);
    name.map(|name| OwnerUnit { name, credit_code })
}

fn place(f: &mut Faults, body: LocationBody) -> Option<Location> {
    let mut degrees = |at: &str, given: Option<Given<f64>>, most: f64| {
        let value = f.optional(at, given)?;
        f.take(at, if value.abs() <= most { Ok(value) } else { Err(Why::NotAPlace) })
    };
    let longitude = degrees("/location/longitude", body.longitude, 180.0);
    let latitude = degrees("/location/latitude", body.latitude, 90.0);
    let place = f.text("/location/place", body.place, NAME_LENGTH);
    let blank = place.is_none() && longitude.is_none() && latitude.is_none();
    (!blank).then_some(Location { place, longitude, latitude })
}

fn span(f: &mut Faults, body: SpanBody) -> Span {
    let start = coded(f, "/planned/start", body.start, Period::from_str);
    let finish = coded(f, "/planned/finish", body.finish, Period::from_str);
    let span = Span { start, finish };
    if let Err(why) = span.validate() {
        f.add("/planned/finish", why);
    }
    span
}

fn quantities(f: &mut Faults, given: Option<Given<Vec<Given<QuantityBody>>>>) -> Vec<Quantity> {
    let bodies = f.optional("/quantities", given).unwrap_or_default();
    if bodies.len() > LIST_LENGTH {
        f.add("/quantities", Why::TooMany { max: LIST_LENGTH });
        return Vec::new();
    }
    let mut quantities = Vec::new();
    for (index, body) in bodies.into_iter().enumerate() {
        let at = format!("/quantities/{index}");
        let Some(body) = f.optional(&at, Some(body)) else { continue };
        let name = named(f, &format!("{at}/name"), body.name, SHORT_TEXT);
        let value = named(f, &format!("{at}/value"), body.value, 30)
            .and_then(|value| f.take(&format!("{at}/value"), decimal(value)));
        let unit = named(f, &format!("{at}/unit"), body.unit, 20);
        if let (Some(name), Some(value), Some(unit)) = (name, value, unit) {
            quantities.push(Quantity { name, value, unit });
        }
    }
    quantities
}

/// A decimal number, kept as written.
pub(crate) fn decimal(text: String) -> Result<String, Why> {
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if is_digits(whole) && is_digits(fraction) { Ok(text) } else { Err(Why::NotADecimal) }
}

impl Faults {
    /// A list of texts that each stand for a code; a repeated one is a fault.
    fn each<T: PartialEq>(
        &mut self,
        at: &str,
        given: Option<Given<Vec<Given<String>>>>,
        read: impl Fn(String) -> Result<T, Why>,
    ) -> Vec<T> {
        let texts = self.optional(at, given).unwrap_or_default();
        if texts.len() > LIST_LENGTH {
            self.add(at, Why::TooMany { max: LIST_LENGTH });
            return Vec::new();
        }
        let mut codes = Vec::new();
        for (index, text) in texts.into_iter().enumerate() {
            let at = format!("{at}/{index}");
            let Some(text) = self.optional(&at, Some(text)) else { continue };
            match self.take(&at, read(text.clone())) {
                Some(code) if codes.contains(&code) => {
                    self.add(&at, Why::Repeated { given: text });
                }
                Some(code) => codes.push(code),
                None => {}
            }
        }
        codes
    }
}
