//! The fields of the form: from facts to what stands in them, and from what was typed to facts.

use crate::extract;
use crate::page::form::Form;
use crate::page::show;
use serde_json::{Map, Value, json};
use shortboard_domain::body::ProjectBody;
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::facts::Facts;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::written;

/// How many quantities the form has room for beside those that are there.
const SPARE: usize = 2;

/// The fields that hold one text each: the name in the form and where it stands in the body.
const TEXTS: [(&str, &str); 16] = [
    ("name", "/name"),
    ("kind", "/kind"),
    ("area", "/area"),
    ("region", "/region"),
    ("lead_department", "/lead_department"),
    ("group", "/group"),
    ("owner_unit.name", "/owner_unit/name"),
    ("owner_unit.credit_code", "/owner_unit/credit_code"),
    ("code", "/code"),
    ("nature", "/nature"),
    ("approval_mode", "/approval_mode"),
    ("industry", "/industry"),
    ("content", "/content"),
    ("location.place", "/location/place"),
    ("location.longitude", "/location/longitude"),
    ("location.latitude", "/location/latitude"),
];

/// The names that the form itself uses beside the project's fields.
pub const OWN: [&str; 8] =
    ["token", "version", "kept", "intent", "resumed", "effective_on", "not_similar", "notes"];

/// What stands in the form for facts.
pub fn of(facts: &Facts) -> Form {
    let body = ProjectBody::of(facts);
    let text = |pointer: &str| match body.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let mut fields: Vec<(String, String)> =
        TEXTS.iter().map(|(name, pointer)| ((*name).to_owned(), text(pointer))).collect();
    for name in ["departments", "also_in"] {
        let codes = body.get(name).and_then(Value::as_array).into_iter().flatten();
        let codes = codes.filter_map(Value::as_str);
        fields.extend(codes.map(|code| (name.to_owned(), code.to_owned())));
    }
    let total = facts.total_investment.map(|total| show::wan_plain(total.fen().into()));
    fields.push(("total_investment".into(), total.unwrap_or_default()));
    fields.push(("planned".into(), show::span(&facts.planned)));
    for (row, quantity) in facts.quantities.iter().enumerate() {
        let values =
            [("name", &quantity.name), ("value", &quantity.value), ("unit", &quantity.unit)];
        let values = values.map(|(part, value)| (quantity_name(row, part), value.clone()));
        fields.extend(values);
    }
    fields.push(("notes".into(), facts.notes.clone().unwrap_or_default()));
    Form(fields)
}

/// How many rows of quantities a form has.
pub fn quantity_rows(form: &Form) -> usize {
    let rows = form.0.iter().filter_map(|(name, value)| {
        let row = name.strip_prefix("quantities.")?.split('.').next()?.parse::<usize>().ok()?;
        Some(row + 1).filter(|_| !value.trim().is_empty())
    });
    Ord::min(rows.max().unwrap_or(0), 50) + SPARE
}

/// The name of a part of a quantity.
pub fn quantity_name(row: usize, part: &str) -> String {
    format!("quantities.{row}.{part}")
}

/// The facts that a form tells.
///
/// # Errors
/// Every fault, each with its pointer into the body.
pub fn build(form: &Form, lists: &CodeLists) -> Result<Facts, Vec<Fault>> {
    let mut body = Map::new();
    let mut faults = Vec::new();
    for (name, pointer) in TEXTS {
        if let Some(text) = form.given(name) {
            let value = match name {
                "location.longitude" | "location.latitude" => match text.parse::<f64>() {
                    Ok(degrees) if degrees.is_finite() => json!(degrees),
                    _ => {
                        faults.push(Fault::new(pointer, Why::NotAPlace));
                        continue;
                    }
                },
                _ => json!(text),
            };
            put(&mut body, pointer, value);
        }
    }
    for name in ["departments", "also_in"] {
        let codes: Vec<&str> = form.all(name).collect();
        body.insert(name.into(), json!(codes));
    }
    if let Some(text) = form.given("notes") {
        body.insert("notes".into(), json!(text));
    }
    if let Some(text) = form.given("total_investment") {
        match written::wan(text) {
            Ok(total) => put(&mut body, "/total_investment", json!(total)),
            Err(why) => faults.push(Fault::new("/total_investment", why)),
        }
    }
    if let Some(text) = form.given("planned") {
        match written::span(text) {
            Ok(span) => put(&mut body, "/planned", json!(span)),
            Err(why) => faults.push(Fault::new("/planned", why)),
        }
    }
    let rows: Vec<usize> =
        (0..quantity_rows(form)).filter(|row| has_quantity(form, *row)).collect();
    let quantities = rows.iter().map(|row| {
        let part = |part: &str| form.given(&quantity_name(*row, part)).map(str::to_owned);
        json!({"name": part("name"), "value": part("value"), "unit": part("unit")})
    });
    body.insert("quantities".into(), quantities.collect());
    // The rest is checked also where an amount or a period is wrong: all faults come at once.
    let built = extract::read::<ProjectBody>(body.into()).and_then(|body| body.build(lists));
    match built {
        Ok(facts) if faults.is_empty() => Ok(facts),
        Ok(_) => Err(faults),
        Err(more) => {
            faults.extend(more.into_iter().map(|fault| in_row(fault, &rows)));
            Err(faults)
        }
    }
}

fn has_quantity(form: &Form, row: usize) -> bool {
    ["name", "value", "unit"].iter().any(|part| form.given(&quantity_name(row, part)).is_some())
}

/// A fault of a quantity, at its row of the form.
fn in_row(fault: Fault, rows: &[usize]) -> Fault {
    let place = fault.pointer.strip_prefix("/quantities/").and_then(|rest| {
        let (index, part) = rest.split_once('/')?;
        Some((*rows.get(index.parse::<usize>().ok()?)?, part))
    });
    match place {
        Some((row, part)) => Fault::new(format!("/quantities/{row}/{part}"), fault.why),
        None => fault,
    }
}

fn put(body: &mut Map<String, Value>, pointer: &str, value: Value) {
    let mut parts = pointer.trim_start_matches('/').split('/');
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    match second {
        None => {
            body.insert(first.to_owned(), value);
        }
        Some(second) => {
            let inner = body.entry(first.to_owned()).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                inner.insert(second.to_owned(), value);
            }
        }
    }
}

/// The id of the field that a fault's pointer is about.
pub fn id_of(pointer: &str) -> String {
    let parts: Vec<&str> = pointer.trim_start_matches('/').split('/').collect();
    let parts = match parts[..] {
        ["departments" | "also_in" | "planned", ..] => &parts[..1],
        ["owner_unit"] => return "f-owner_unit-name".to_owned(),
        _ => &parts[..],
    };
    format!("f-{}", parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_to_fields() {
        assert_eq!(id_of("/owner_unit/name"), "f-owner_unit-name");
        assert_eq!(id_of("/departments/3"), "f-departments");
        assert_eq!(id_of("/planned/finish"), "f-planned");
        assert_eq!(id_of("/quantities/2/unit"), "f-quantities-2-unit");
    }
}
