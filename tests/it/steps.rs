//! Steps that several tests take: a project on its way through filing and stages, and whole lists.

use crate::support::{Answer, Caller, Registry};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

/// The people of the tests.
pub struct People {
    pub registrar: Caller,
    pub reviewer: Caller,
    pub finance: Caller,
    pub leader: Caller,
}

impl People {
    pub fn of(registry: &mut Registry) -> Self {
        Self {
            registrar: registry.caller("registrar"),
            reviewer: registry.caller("reviewer"),
            finance: registry.caller("finance"),
            leader: registry.caller("leader"),
        }
    }

    /// A project accepted on a day.
    pub async fn reserve(&self, name: &str, on: &str) -> Answer {
        let draft = self.registrar.post("/projects", whole(name)).await.expect(201);
        self.file(draft.id(), draft.version(), on).await
    }

    /// Submits a project and accepts it on a day.
    pub async fn file(&self, id: i64, version: i64, on: &str) -> Answer {
        let path = format!("/projects/{id}/filing");
        let submit = json!({"action": "submit"});
        let sent = self.registrar.change(Method::POST, &path, version, submit).await.expect(200);
        let accept = json!({"action": "accept", "on": on});
        self.reviewer.change(Method::POST, &path, sent.version(), accept).await.expect(200)
    }

    /// A project whose preliminary work began on a day, with all that construction asks for.
    pub async fn preparation(&self, name: &str, accepted: &str, began: &str) -> Answer {
        let taken = self.reserve(name, accepted).await;
        let path = format!("/projects/{}", taken.id());
        let matter = json!({"state": "begun"});
        let begun = self.put(&format!("{path}/matters/feasibility_study"), &taken, matter).await;
        let code = json!({"code": "2018-210703-46-01-004512", "effective_on": began});
        let coded = self.patch(&path, &begun, code).await;
        self.go(&coded, json!({"to": "preparation", "on": began})).await.expect(200)
    }

    /// Moves a project to another stage.
    pub async fn go(&self, at: &Answer, wish: Value) -> Answer {
        let path = format!("/projects/{}/stage", at.id());
        self.registrar.change(Method::POST, &path, at.version(), wish).await
    }

    pub async fn patch(&self, path: &str, at: &Answer, body: Value) -> Answer {
        self.registrar.change(Method::PATCH, path, at.version(), body).await.expect(200)
    }

    pub async fn put(&self, path: &str, at: &Answer, body: Value) -> Answer {
        self.registrar.change(Method::PUT, path, at.version(), body).await.expect(200)
    }

    /// Tags a project with a source.
    pub async fn tag(&self, at: &Answer, source: Value) -> Answer {
        let path = format!("/projects/{}/funding", at.id());
        self.finance.change(Method::POST, &path, at.version(), source).await
    }
}

/// The body of a project with all that the reserve asks for.
pub fn whole(name: &str) -> Value {
    json!({
        "name": name, "area": "urban_rural", "region": "210703",
        "departments": ["市住建委", "市财政局"], "lead_department": "市住建委",
        "owner_unit": {"name": "市水务集团"}, "content": "日处理能力10万吨",
        "total_investment": "385000000.00", "planned": {"start": "2018-03", "finish": "2019-12"},
    })
}

/// The items of a list over all its pages; the path has a query.
pub async fn all(caller: &Caller, path: &str) -> Vec<Value> {
    from(caller, path, None).await
}

/// The items of a list from a cursor on.
pub async fn from(caller: &Caller, path: &str, cursor: Option<&str>) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    loop {
        let page = caller.get(&format!("{path}{cursor}")).await.expect(200);
        items.extend(page.body["items"].as_array().unwrap().iter().cloned());
        match page.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
        assert!(items.len() < 100_000, "the list does not end");
    }
}

/// The numbers of the projects in some items.
pub fn ids(items: &[Value]) -> Vec<i64> {
    items.iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

/// The time by the registry's clock, which is the machine's.
#[expect(clippy::disallowed_methods, reason = "the program's own clock is what is compared with")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The words of a list, sorted: the pointers of a problem, the facts that are missing.
pub fn sorted(mut words: Vec<&str>) -> Vec<&str> {
    words.sort_unstable();
    words
}

/// Asserts that the trail and the rows hold.
#[track_caller]
pub fn assert_sound(registry: &Registry) {
    for args in [&["audit", "verify"][..], &["check"]] {
        let output = registry.run(args);
        assert_eq!(output.code, 0, "{args:?}: {}{}", output.stdout, output.stderr);
    }
}
