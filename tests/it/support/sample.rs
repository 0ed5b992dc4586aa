//! Projects to work on.

use super::caller::{Answer, Caller};
use super::registry::Registry;
use reqwest::Method;
use serde_json::{Value, json};

/// The body of a project that lacks nothing a reserve project needs.
pub fn body(name: &str) -> Value {
    json!({
        "name": name, "area": "urban_rural", "region": "210703",
        "departments": ["housing_construction"], "lead_department": "housing_construction",
        "owner_unit": {"name": "市水务集团"}, "content": "日处理能力10万吨",
        "total_investment": "385000000.00", "planned": {"start": "2018-03", "finish": "2019-12"},
    })
}

/// The body with some of its fields replaced.
pub fn body_with(name: &str, fields: Value) -> Value {
    let mut body = body(name);
    for (field, value) in fields.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

/// Registers a project, submits it and has it accepted.
pub async fn accepted(registry: &mut Registry, body: Value) -> Answer {
    let (registrar, reviewer) = (registry.caller("registrar"), registry.caller("reviewer"));
    let draft = registrar.post("/projects", body).await.expect(201);
    let filing = format!("/projects/{}/filing", draft.id());
    let submit = json!({"action": "submit"});
    let sent = registrar.change(Method::POST, &filing, draft.version(), submit).await.expect(200);
    let accept = json!({"action": "accept", "on": "2018-01-10"});
    reviewer.change(Method::POST, &filing, sent.version(), accept).await.expect(200)
}

/// Adds a funding source to a project.
pub async fn fund(finance: &Caller, project: &Answer, source: Value) -> Answer {
    let path = format!("/projects/{}/funding", project.id());
    finance.change(Method::POST, &path, project.version(), source).await.expect(201)
}
