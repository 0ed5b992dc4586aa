//! Summaries that are kept: however they came to be, they are what the lists add up to, for every
//! caller and on every day, and the check tells when they are not.

use crate::reports::{by_hand, cards};
use crate::steps::{People, assert_sound, now, whole};
use crate::support::{Answer, Caller, Registry};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::JoinSet;

const DIMENSIONS: [&str; 6] = ["stage", "area", "region", "group", "channel", "department"];

/// What the board counts by.
const BOARD: [&[&str]; 6] =
    [&["stage"], &["area"], &["region"], &["group"], &["channel"], &["area", "stage"]];

/// The same numbers in every run, as though drawn by lot.
struct Lots(u64);

impl Lots {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn facts(&mut self) -> Value {
        let departments = [
            json!(["water_bureau"]),
            json!(["education", "water_bureau"]),
            json!(["education", "finance_bureau", "water_bureau"]),
            json!(["finance_bureau"]),
        ];
        let region = self.of(&["210702", "210726", "210727"]);
        let also_in: Vec<&str> = [(); 2].map(|()| self.of(&["210703", "210782"])).into();
        let many = self.below(3);
        json!({
            "region": region,
            "area": self.of(&["water", "urban_rural", "ecology"]),
            "also_in": if many == 2 { &also_in[..1] } else { &[] },
            "departments": self.of(&departments), "lead_department": null,
            "group": self.of(&[json!("water_supply"), json!("heating"), Value::Null]),
            "total_investment": self.of(&[json!("9999999.99"), json!("120000000"), Value::Null]),
        })
    }

    fn source(&mut self) -> Value {
        let channel = self.of(&["ppp", "central_budget", "general_bond"]);
        let arrived = self.of(&[json!("1000000.01"), Value::Null]);
        json!({"channel": channel, "amount": self.of(&["3000000", "70000000.07"]),
            "status": "approved", "arrived": arrived})
    }
}

fn ago(days: i64) -> String {
    let today = now().in_tz("Asia/Shanghai").unwrap().date();
    today.checked_sub(jiff::Span::new().days(days)).unwrap().to_string()
}

/// A project on a way of its own, by lot: filed or not, funded, moved, corrected, changed.
async fn live(people: &People, lots: &mut Lots, number: usize) {
    let mut body = whole(&format!("汇总{number}"));
    let lot = number % 5;
    let mut facts = lots.facts();
    if lot > 0 && facts["total_investment"].is_null() {
        facts["total_investment"] = json!("35000000");
    }
    body.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    let draft = people.registrar.post("/projects", body).await.expect(201);
    let path = format!("/projects/{}", draft.id());
    if lot == 0 {
        return;
    }
    let filing = format!("{path}/filing");
    let submit = json!({"action": "submit"});
    let sent = people.registrar.change(Method::POST, &filing, 1, submit).await.expect(200);
    if lot == 1 {
        let back = json!({"action": "return", "reason": "不全"});
        if lots.below(2) == 0 {
            people.reviewer.change(Method::POST, &filing, sent.version(), back).await.expect(200);
        }
        return;
    }
    let accept = json!({"action": "accept", "on": ago(90)});
    let accepted = people.reviewer.change(Method::POST, &filing, sent.version(), accept).await;
    let mut at = accepted.expect(200);
    for _ in 0..lots.below(4) {
        people.tag(&at, lots.source()).await.expect(201);
        at = people.registrar.get(&path).await.expect(200);
    }
    if lot == 2 {
        let wish = json!({"to": "cancelled", "on": ago(40), "reason": "不建"});
        at = people.go(&at, wish).await.expect(200);
        let id = at.body["moves"].as_array().unwrap().last().unwrap()["id"].clone();
        let earlier = json!({"on": ago(60 - lots.below(15) as i64), "reason": "早已终止"});
        let correction = format!("{path}/stage/{id}");
        people
            .registrar
            .change(Method::PATCH, &correction, at.version(), earlier)
            .await
            .expect(200);
        return;
    }
    let mut other = lots.facts();
    other["effective_on"] = json!(ago(lots.of(&[3, 35, 70])));
    people.patch(&path, &at, other).await;
}

/// Asserts that the rows of a summary are those of a computation by hand.
fn assert_rows(summary: &Value, cards: &[Value], by: &[&str], what: &str) {
    let key = |row: &Value| by.iter().map(|by| row[by].to_string()).collect::<Vec<_>>();
    let mut rows = summary["rows"].as_array().unwrap().clone();
    rows.sort_by_key(key);
    let mut hand = by_hand(cards, by);
    hand.sort_by_key(key);
    assert_eq!(rows, hand, "{what}");
}

/// Asserts every summary of a caller by the list of the same caller, on one day or now.
async fn assert_summaries(caller: &Caller, who: &str, when: &str) {
    let listed = cards(caller, when).await;
    let mut by: Vec<Vec<&str>> = DIMENSIONS.iter().map(|only| vec![*only]).collect();
    for first in DIMENSIONS {
        by.extend(
            DIMENSIONS.iter().filter(|other| **other != first).map(|other| vec![first, other]),
        );
    }
    for by in by {
        let path = format!("/summary?by={}&{when}", by.join(","));
        let summary = caller.get(&path).await.expect(200);
        assert_rows(&summary.body, &listed, &by, &format!("{who}: {path}"));
    }
    let board = caller.get(&format!("/board?{when}")).await.expect(200);
    let summaries = board.body["summaries"].as_array().unwrap();
    assert_eq!(summaries.len(), BOARD.len());
    for (summary, by) in summaries.iter().zip(BOARD) {
        assert_eq!(summary["by"], json!(by));
        assert_rows(summary, &listed, by, &format!("{who}: board?{when}, {by:?}"));
        let alone = caller.get(&format!("/summary?by={}&{when}", by.join(","))).await.expect(200);
        assert_eq!(*summary, alone.body, "{who}: {when}: the order of rows too");
    }
}

/// The rows of a table, as the database counts them.
async fn rows(registry: &Registry, table: &str, column: &str) -> u64 {
    registry.database.tamper(&format!("UPDATE {table} SET {column} = {column}")).await
}

/// Waits until what is pending was added up.
async fn assert_folded(registry: &Registry) {
    for _ in 0..200 {
        if rows(registry, "summary_pending", "body").await < 64 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing was added up: {}", registry.log());
}

/// Callers of every role that reads and of every kind of scope.
fn callers(registry: &mut Registry) -> Vec<(String, Caller)> {
    let mut callers = Vec::new();
    for role in ["registrar", "finance", "leader", "reporter", "supervisor"] {
        for scope in
            ["city", "region:210703", "region:210726", "department:education", "group:heating"]
        {
            let name = format!("{role}-{}", scope.replace(':', "-"));
            callers.push((name.clone(), registry.account(&name, role, scope)));
        }
    }
    callers
}

#[tokio::test]
async fn summaries_are_what_the_lists_add_up_to_whatever_was_written() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let callers = callers(&mut registry);
    let mut lots = Lots(7);
    for number in 0..40 {
        live(&people, &mut lots, number).await;
    }
    // Reporters and a registrar have projects that lie outside of their scope.
    for (who, caller) in callers.iter().filter(|(who, _)| who.starts_with("re")) {
        for number in 0..4 {
            let mut body = whole(&format!("自报{who}{number}"));
            body.as_object_mut().unwrap().extend(lots.facts().as_object().unwrap().clone());
            let draft = caller.post("/projects", body).await;
            if draft.status == 201 && number > 1 {
                let path = format!("/projects/{}/filing", draft.id());
                let submit = json!({"action": "submit"});
                // One without a total stays a draft.
                if caller.change(Method::POST, &path, 1, submit).await.status == 200 {
                    let accept = json!({"action": "accept"});
                    people.reviewer.change(Method::POST, &path, 2, accept).await.expect(200);
                }
            }
        }
    }
    assert_folded(&registry).await;
    assert!(rows(&registry, "summary_cell", "projects").await > 1000);
    for (who, caller) in &callers {
        assert_summaries(caller, who, "").await;
    }
    // The city's past is kept, another scope's is added up from the versions.
    for (who, caller) in &callers {
        let days: &[i64] = match who.as_str() {
            "leader-city" | "registrar-city" => &[0, 3, 34, 41, 58, 80, 95],
            "reporter-city" | "finance-region-210726" | "leader-group-heating" => &[41],
            _ => &[],
        };
        for days in days {
            assert_summaries(caller, who, &format!("as_of={}", ago(*days))).await;
        }
    }
    assert_sound(&registry);
    // Made anew, they say the same.
    let before = people.leader.get("/board").await.expect(200);
    registry.database.tamper("UPDATE derived SET format = 0").await;
    assert_eq!(registry.run(&["migrate"]).code, 0);
    assert_eq!(rows(&registry, "summary_pending", "body").await, 0);
    assert_eq!(people.leader.get("/board").await.expect(200).body, before.body);
    assert_sound(&registry);
}

#[tokio::test]
async fn filters_by_code_are_what_the_list_says() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let author = registry.account("author", "registrar", "region:210726");
    let mut lots = Lots(11);
    for number in 0..25 {
        live(&people, &mut lots, number).await;
        let mut body = whole(&format!("筛选{number}"));
        body.as_object_mut().unwrap().extend(lots.facts().as_object().unwrap().clone());
        author.post("/projects", body).await;
    }
    for filter in [
        "filing=draft",
        "filing=accepted,submitted&stage=reserve",
        "stage=reserve,cancelled,reserve",
        "region=210726",
        "area=water,ecology",
        "group=heating",
        "department=education",
        "department=education,finance_bureau",
        "channel=ppp",
        "department=education&area=water",
        "filing=returned",
    ] {
        for (who, caller) in
            [("leader", &people.leader), ("registrar", &people.registrar), ("author", &author)]
        {
            let listed = cards(caller, filter).await;
            for by in ["stage", "region", "group", "channel", "department", "stage,channel"] {
                let path = format!("/summary?by={by}&{filter}");
                let summary = caller.get(&path).await.expect(200);
                let by: Vec<&str> = by.split(',').collect();
                assert_rows(&summary.body, &listed, &by, &format!("{who}: {path}"));
            }
        }
    }
}

#[tokio::test]
async fn a_summary_that_is_not_what_the_projects_add_up_to_is_found() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let mut lots = Lots(3);
    for number in 0..8 {
        live(&people, &mut lots, number).await;
    }
    registry.kill();
    for table in ["summary_cell", "summary_pending"] {
        registry
            .database
            .tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"))
            .await;
    }
    let one = "WHERE scope = 'city' AND dimensions = 'stage' AND period = '' \
               AND codes = 'reserve' AND filing = 'accepted'";
    let day = "WHERE scope = 'city' AND dimensions = 'area' AND period LIKE 'm%'";
    for sql in [
        format!("UPDATE summary_cell SET projects = projects + 1 {one}"),
        format!("UPDATE summary_cell SET planned_low = planned_low - 1 {one}"),
        format!("UPDATE summary_cell SET covered_high = covered_high + 1 {one}"),
        format!("DELETE FROM summary_cell {one}"),
        format!("UPDATE summary_cell SET inferred = 7 {day}"),
        "DELETE FROM summary_pending WHERE id = (SELECT MIN(id) FROM summary_pending)".to_owned(),
    ] {
        assert!(registry.database.tamper(&sql).await > 0, "{sql}");
        let checked = registry.run(&["check"]);
        assert_eq!(checked.code, 1, "{sql}: {}", checked.stdout);
        let named = "shortboard: the summary of city by ";
        assert!(checked.stderr.starts_with(named), "{sql}: {}", checked.stderr);
        assert_eq!(checked.stderr.lines().count(), 1, "{}", checked.stderr);
        for table in ["summary_cell", "summary_pending"] {
            registry.database.tamper(&format!("DELETE FROM {table}")).await;
            let put_back = format!("INSERT INTO {table} SELECT * FROM kept_{table}");
            registry.database.tamper(&put_back).await;
        }
        assert_sound(&registry);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_at_once_leave_right_sums() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let count = |answer: &Answer| -> i64 {
        let rows = answer.body["rows"].as_array().unwrap();
        rows.iter().map(|row| row["count"].as_i64().unwrap()).sum()
    };
    let first = count(&people.registrar.get("/summary").await.expect(200));
    let mut seen = first;
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let (registrar, reviewer) = (people.registrar.clone(), people.reviewer.clone());
        writers.spawn(async move {
            for number in 0..3 {
                let body = whole(&format!("并发{writer}之{number}"));
                let draft = registrar.post("/projects", body).await.expect(201);
                let path = format!("/projects/{}/filing", draft.id());
                let submit = json!({"action": "submit"});
                let sent = registrar.change(Method::POST, &path, 1, submit).await.expect(200);
                let accept = json!({"action": "accept"});
                reviewer.change(Method::POST, &path, sent.version(), accept).await.expect(200);
            }
        });
    }
    // Whoever reads meanwhile finds each project in one state of its filing.
    while !writers.is_empty() {
        let more = count(&people.registrar.get("/summary?by=region").await.expect(200));
        assert!(more >= seen, "{more} after {seen}: no project goes away");
        seen = more;
        while let Some(done) = writers.try_join_next() {
            done.unwrap();
        }
    }
    assert_eq!(count(&people.registrar.get("/summary").await.expect(200)), first + 48);
    assert_folded(&registry).await;
    assert_summaries(&people.leader, "leader", "").await;
    assert_sound(&registry);
}
