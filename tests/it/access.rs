//! Who may do what: a row for every operation, a column for every role.

use crate::support::{Caller, Registry, import, sample};
use reqwest::Method;
use serde_json::json;
use shortboard_domain::access::{Action, Role, allows};
use shortboard_domain::lang::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The status each role gets of each operation on an accepted project. A change comes without
/// `If-Match`: 428 tells that the role may make it once it names the version.
const TABLE: &str = "
operation                                           registrar finance leader reporter supervisor sysadmin secadmin auditor nobody
GET    /api/v1/projects                             200 200 200 200 200 403 403 403 401
POST   /api/v1/projects                             201 403 403 201 403 403 403 403 401
GET    /api/v1/projects.xlsx                        200 200 200 200 200 403 403 403 401
GET    /api/v1/projects.csv                         200 200 200 200 200 403 403 403 401
GET    /api/v1/projects.json                        200 200 200 200 200 403 403 403 401
GET    /api/v1/projects/similar                     200 200 200 200 200 403 403 403 401
GET    /api/v1/projects/{id}                        200 200 200 200 200 403 403 403 401
PATCH  /api/v1/projects/{id}                        428 403 403 403 403 403 403 403 401
PUT    /api/v1/projects/{id}/matters/{kind}         428 403 403 403 403 403 403 403 401
POST   /api/v1/projects/{id}/filing                 428 403 403 403 403 403 403 403 401
POST   /api/v1/projects/{id}/stage                  428 403 403 403 403 403 403 403 401
PATCH  /api/v1/projects/{id}/stage/{move_id}        428 403 403 403 403 403 403 403 401
POST   /api/v1/projects/{id}/stage/confirm          428 403 403 403 403 403 403 403 401
GET    /api/v1/projects/{id}/history                200 200 200 200 200 403 403 403 401
POST   /api/v1/projects/{id}/funding                403 428 403 403 403 403 403 403 401
PATCH  /api/v1/projects/{id}/funding/{funding_id}   403 428 403 403 403 403 403 403 401
DELETE /api/v1/projects/{id}/funding/{funding_id}   403 428 403 403 403 403 403 403 401
POST   /api/v1/funding/bulk                         403 200 403 403 403 403 403 403 401
GET    /api/v1/summary                              200 200 200 200 200 403 403 403 401
GET    /api/v1/board                                200 200 200 200 200 403 403 403 401
GET    /api/v1/changes                              200 200 200 200 200 403 403 403 401
GET    /api/v1/reports/briefing.docx                200 200 200 200 200 403 403 403 401
GET    /api/v1/reports/briefing.html                200 200 200 200 200 403 403 403 401
GET    /api/v1/imports                              200 200 403 200 403 403 403 403 401
POST   /api/v1/imports                              415 415 403 415 403 403 403 403 401
GET    /api/v1/imports/{import_id}                  200 404 403 404 403 403 403 403 401
PATCH  /api/v1/imports/{import_id}                  403 404 403 404 403 403 403 403 401
DELETE /api/v1/imports/{import_id}                  403 404 403 404 403 403 403 403 401
GET    /api/v1/imports/{import_id}/rows             200 404 403 404 403 403 403 403 401
POST   /api/v1/imports/{import_id}/commit           403 404 403 404 403 403 403 403 401
POST   /api/v1/imports/{import_id}/undo             428 404 403 404 403 403 403 403 401
GET    /api/v1/imports/{import_id}/errors.xlsx      200 404 403 404 403 403 403 403 401
GET    /api/v1/codelists                            200 200 200 200 200 200 200 200 200
GET    /api/v1/codelists/{name}                     200 200 200 200 200 200 200 200 200
GET    /api/v1/departments/unverified               403 403 403 403 403 200 403 403 401
POST   /api/v1/departments/{code}/confirm           403 403 403 403 403 404 403 403 401
POST   /api/v1/departments/{code}/merge             403 403 403 403 403 404 403 403 401
GET    /api/v1/targets                              200 200 200 200 200 403 403 403 401
GET    /api/v1/areas                                200 200 200 200 200 403 403 403 401
GET    /api/v1/audit                                403 403 403 403 403 403 403 200 401
GET    /api/v1/audit/verify                         403 403 403 403 403 403 403 200 401
GET    /healthz                                     200 200 200 200 200 200 200 200 200
GET    /readyz                                      200 200 200 200 200 200 200 200 200
GET    /metrics                                     200 200 200 200 200 200 200 200 200
";

/// The same for a reporter on a draft of its own, and of another.
const REPORTERS: &str = "
operation                                           own another
GET    /api/v1/projects/{id}                        200 404
PATCH  /api/v1/projects/{id}                        428 404
PUT    /api/v1/projects/{id}/matters/{kind}         428 404
POST   /api/v1/projects/{id}/filing                 428 404
POST   /api/v1/projects/{id}/stage                  403 404
POST   /api/v1/projects/{id}/stage/confirm          403 404
GET    /api/v1/projects/{id}/history                200 404
POST   /api/v1/projects/{id}/funding                403 404
";

/// Method, path and one status a column.
type Row<'a> = (Method, &'a str, Vec<u16>);

/// The columns' names and the rows below them.
fn rows(table: &str) -> (Vec<&str>, Vec<Row<'_>>) {
    let mut lines = table.trim().lines();
    let columns = lines.next().unwrap().split_whitespace().skip(1).collect();
    let rows = lines.map(|line| {
        let mut words = line.split_whitespace();
        let method = words.next().unwrap().parse().unwrap();
        let path = words.next().unwrap();
        (method, path, words.map(|word| word.parse().unwrap()).collect())
    });
    (columns, rows.collect())
}

/// What the places in a path stand for.
struct Places {
    id: i64,
    import_id: i64,
    move_id: i64,
    funding_id: i64,
}

impl Places {
    async fn ask(&self, caller: &Caller, method: &Method, path: &str) -> u16 {
        let query = match path {
            "/api/v1/projects/similar" => "?name=朝凌客专",
            "/api/v1/changes" => "?from=2017-08-01",
            _ => "",
        };
        let filled = path
            .replace("{id}", &self.id.to_string())
            .replace("{import_id}", &self.import_id.to_string())
            .replace("{move_id}", &self.move_id.to_string())
            .replace("{funding_id}", &self.funding_id.to_string())
            .replace("{kind}", "feasibility_study")
            .replace("{name}", "stages")
            .replace("{code}", "unverified_0");
        assert!(!filled.contains('{'), "a place of {path} that the test does not fill");
        let body = match (method, path) {
            (&Method::POST, "/api/v1/projects") => Some(sample::body("权限测试")),
            (_, "/api/v1/funding/bulk") => Some(json!({"ids": [self.id], "dry_run": true,
                "source": {"channel": "ppp", "amount": "1"}})),
            (&Method::GET | &Method::DELETE, _) => None,
            _ => Some(json!({})),
        };
        let request = caller.request(method.clone(), &format!("{filled}{query}"));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        caller.send(request).await.status
    }
}

/// An account of each column of the table.
fn callers(registry: &mut Registry, columns: &[&str]) -> Vec<Caller> {
    let caller = |name: &&str| match *name {
        "nobody" => registry.nobody(),
        role => registry.account(&format!("access_{role}"), role, "city"),
    };
    columns.iter().map(caller).collect()
}

/// An accepted project with a move and a funding source.
async fn places(registry: &mut Registry) -> Places {
    let project = sample::accepted(registry, sample::body("权限测试项目")).await;
    let source = json!({"channel": "ppp", "amount": "1000000"});
    let project = sample::fund(&registry.caller("finance"), &project, source).await;
    let ledger = import::ledger("项目名称", &["权限测试的导入"]);
    let import = import::upload(&registry.caller("registrar"), "台账.csv", &ledger, &[]).await;
    Places {
        id: project.id(),
        import_id: import.expect(201).id(),
        move_id: project.body["moves"][0]["id"].as_i64().unwrap(),
        funding_id: project.body["funding"][0]["id"].as_i64().unwrap(),
    }
}

#[tokio::test]
async fn every_operation_answers_every_role_as_the_table_says() {
    let mut registry = Registry::start().await;
    let (columns, rows) = rows(TABLE);
    let document = registry.nobody().get("/api/openapi.json").await.expect(200);
    let operations: BTreeSet<String> = document.body["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods
                .filter(|key| !["parameters", "summary", "description"].contains(&key.as_str()))
                .map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let told: BTreeSet<String> = rows.iter().map(|(m, p, _)| format!("{m} {p}")).collect();
    assert_eq!(told, operations, "left: rows of the table; right: operations of the document");
    let roles = Role::ALL.iter().map(|role| role.as_str()).chain(["nobody"]);
    assert_eq!(columns, roles.collect::<Vec<_>>());

    let callers = callers(&mut registry, &columns);
    let places = places(&mut registry).await;
    let mut wrong = String::new();
    for (method, path, expected) in &rows {
        assert_eq!(expected.len(), columns.len(), "{method} {path}");
        for ((role, caller), expected) in columns.iter().zip(&callers).zip(expected) {
            let status = places.ask(caller, method, path).await;
            if status != *expected {
                writeln!(wrong, "{method} {path} as {role}: {status}, not {expected}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn a_reporter_works_on_drafts_of_its_own() {
    let mut registry = Registry::start().await;
    let author = registry.account("author", "reporter", "region:210702");
    let other = registry.account("other", "reporter", "region:210703");
    let body = sample::body_with("填报单位的草稿", json!({"region": "210702"}));
    let draft = author.post("/projects", body).await.expect(201);
    let places = Places { id: draft.id(), import_id: 0, move_id: 0, funding_id: 0 };
    for (method, path, expected) in rows(REPORTERS).1 {
        for (caller, expected) in [&author, &other].into_iter().zip(expected) {
            let status = places.ask(caller, &method, path).await;
            assert_eq!(status, expected, "{method} {path}");
        }
    }
}

/// What `docs/access.md` must be.
fn page() -> String {
    let mut page = String::from(
        "# Who may do what\n\n\
         Made from the table of rights in `crates/domain`; a test compares the two. A right is used \
         within the account's\nscope, and the rules of projects narrow some further (four eyes, a \
         reporter's own drafts).\n\n| action |",
    );
    for role in Role::ALL {
        write!(page, " {} |", role.label(Lang::En)).unwrap();
    }
    writeln!(page, "\n|---|{}", "---|".repeat(Role::ALL.len())).unwrap();
    for action in Action::ALL {
        write!(page, "| {} {} |", action.label(Lang::En), action.label(Lang::Zh)).unwrap();
        for role in Role::ALL {
            page.push_str(if allows(*role, *action) { " ✓ |" } else { " |" });
        }
        page.push('\n');
    }
    page
}

#[test]
fn the_page_on_access_says_what_the_program_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/access.md");
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == page(), "docs/access.md must read:\n\n{}", page());
}

/// The rights that keep the three administrators and the users of the registry apart.
#[test]
fn no_role_does_two_of_the_separated_works() {
    let works: BTreeMap<&str, Vec<Action>> = BTreeMap::from([
        ("business", vec![Action::ReadProjects, Action::ChangeFacts, Action::TagFunding]),
        ("accounts", vec![Action::KeepAccounts]),
        ("roles", vec![Action::GiveRoles]),
        ("trail", vec![Action::ReadTrail]),
    ]);
    for role in Role::ALL {
        let may = |actions: &Vec<Action>| actions.iter().any(|action| allows(*role, *action));
        let held: Vec<_> = works.iter().filter(|(_, actions)| may(actions)).collect();
        assert_eq!(held.len(), 1, "{role}: {held:?}");
    }
}
