//! Search: by any part of a name, owner unit, code or registry number, and by the initials of a
//! name; it finds what a look at every project would, by whichever plan.

use crate::steps::{People, all, assert_sound, ids, whole};
use crate::support::{Caller, Registry};
use serde_json::{Value, json};
use shortboard_domain::name::normalise;
use shortboard_domain::pinyin::initials;
use std::collections::BTreeSet;

/// A registry with so many made-up projects that common words and rare ones are found otherwise.
async fn demo(projects: &str) -> Registry {
    let registry = Registry::start().await;
    let seeded = registry.run(&["seed", "--demo", projects]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    registry
}

/// Whether a look at a project itself finds the words.
fn has(card: &Value, words: &str) -> bool {
    let key = normalise(words);
    let text = |value: &Value| normalise(value.as_str().unwrap_or_default());
    let mut parts = vec![
        text(&card["name"]),
        text(&card["owner_unit"]["name"]),
        text(&card["code"]),
        text(&card["registry_number"]),
    ];
    if key.is_ascii() {
        parts.push(initials(card["name"].as_str().unwrap()));
    }
    !key.is_empty() && parts.iter().any(|part| part.contains(&key))
}

/// Asserts that a search finds what a look at every project finds; answers how many.
async fn assert_found(caller: &Caller, whole: &[Value], words: &str, others: &str) -> usize {
    let set = |cards: &[Value]| ids(cards).into_iter().collect::<BTreeSet<_>>();
    let expected: Vec<Value> = whole.iter().filter(|card| has(card, words)).cloned().collect();
    let path = format!("/projects?limit=200&q={words}{others}");
    let found = all(caller, &path).await;
    assert_eq!(set(&found), set(&expected), "{words}{others}");
    assert_eq!(found.len(), expected.len(), "{words}{others}: none twice");
    found.len()
}

#[tokio::test]
async fn a_search_finds_what_a_look_at_every_project_finds() {
    let mut registry = demo("3000").await;
    let leader = registry.caller("leader");
    let county = registry.account("county", "leader", "region:210782");
    let everything = all(&leader, "/projects?limit=200").await;
    assert!(everything.len() > 3000);
    let coded = everything.iter().find(|card| card["code"].is_string()).unwrap();
    let code = coded["code"].as_str().unwrap();
    let number = everything[77]["registry_number"].as_str().unwrap();
    let name = everything[99]["name"].as_str().unwrap();
    let part: String = normalise(name).chars().skip(3).take(5).collect();
    let letters: String = initials(name).chars().take(5).collect();
    let mut counts = Vec::new();
    for words in [
        "演",
        "桥",
        "路",
        "l",
        "z",
        "7",
        "演示",
        "道路",
        "路改",
        "道路改造",
        "示凤",
        "污水处理厂",
        "工程",
        "号工",
        "有限公司",
        "gc",
        "ys",
        "dlgz",
        "wsclc",
        "qqqq",
        "2018",
        "0-2",
        "21070",
        "1号工",
        "程1",
        "GC",
        "道 路",
        "道路—改造",
        "程东",
        "司2",
        "Ⅱ",
        code,
        &code[2..14],
        &code[5..],
        number,
        &number[3..],
        &number[..7],
        name,
        &part,
        &letters,
        "...!?",
        "没有这样的",
        "𠮷",
        "é",
    ] {
        counts.push(assert_found(&leader, &everything, words, "").await);
    }
    // Of 3,000 projects, more than some 400 are many.
    assert!(counts.iter().any(|found| *found > 1000), "{counts:?}");
    assert!(counts.iter().any(|found| (1..100).contains(found)), "{counts:?}");

    // With a filter, for an eye that sees a part, and of another time.
    let stage = |stage: &str| -> Vec<Value> {
        everything.iter().filter(|card| card["stage"] == stage).cloned().collect()
    };
    let (construction, seen) = (stage("construction"), all(&county, "/projects?limit=200").await);
    assert!(seen.len() < everything.len() && seen.len() > 50, "{}", seen.len());
    for words in ["演示", "道路", "桥", "l", "dlgz", &part, &letters, code, number] {
        assert_found(&leader, &construction, words, "&stage=construction").await;
        assert_found(&county, &seen, words, "").await;
        assert_found(&leader, &everything, words, "&as_of=2199-01-01").await;
        let count = format!("/projects?limit=1&count=true&q={words}");
        let count = leader.get(&count).await.expect(200).body["count"]["value"].clone();
        let expected = everything.iter().filter(|card| has(card, words)).count();
        assert_eq!(count, json!(expected), "{words}");
    }
}

#[tokio::test]
async fn the_pages_of_a_search_neither_skip_nor_repeat() {
    let mut registry = demo("1500").await;
    let leader = registry.caller("leader");
    let sorts = [
        "-total_investment",
        "total_investment",
        "name",
        "updated_at",
        "-updated_at",
        "registry_number",
    ];
    for words in ["演示", "道路", "9号", "ysdh"] {
        for sort in sorts {
            // The order is that of the list without a search.
            let list = all(&leader, &format!("/projects?limit=200&sort={sort}")).await;
            let list: Vec<Value> = list.into_iter().filter(|card| has(card, words)).collect();
            let path = format!("/projects?limit=41&sort={sort}&q={words}");
            assert_eq!(ids(&all(&leader, &path).await), ids(&list), "{words} by {sort}");
        }
    }
}

#[tokio::test]
async fn a_renamed_project_is_found_by_its_new_name_alone() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let made = people.registrar.post("/projects", whole("紫荆山重庆路隧道")).await.expect(201);
    let found = async |words: &str| {
        let path = format!("/projects?count=true&q={words}");
        let list = people.registrar.get(&path).await.expect(200);
        ids(list.body["items"].as_array().unwrap())
    };
    for words in ["紫荆", "荆", "道", "重庆路", "隧道", "zjscqlsd", "cqls", "CQ"] {
        assert!(found(words).await.contains(&made.id()), "{words}");
    }
    let path = format!("/projects/{}", made.id());
    let renamed = people.patch(&path, &made, json!({"name": "琵琶湖长兴街泵站"})).await;
    for words in ["紫荆", "荆", "荆山", "重庆路", "隧道", "zjscqlsd", "cqls"] {
        assert!(!found(words).await.contains(&made.id()), "{words}");
    }
    for words in ["琵琶", "琵", "站", "湖长兴", "pphcxjbz", "市水务集团"] {
        assert!(found(words).await.contains(&made.id()), "{words}");
    }
    // A change of something else, and one that is taken back, leave it where it is.
    let renamed = people.patch(&path, &renamed, json!({"total_investment": "1"})).await;
    assert_eq!(found("琵琶湖").await, [made.id()]);
    people.patch(&path, &renamed, json!({"name": "紫荆山重庆路隧道"})).await;
    assert_eq!(found("紫荆山").await, [made.id()]);
    assert_eq!(found("琵琶湖").await, Vec::<i64>::new());
    assert_sound(&registry);

    // What was not written by the program is told.
    registry.database.tamper("UPDATE project_search SET text = 'x' WHERE id = 3").await;
    let check = registry.run(&["check"]);
    assert_eq!(check.code, 1);
    let told = check.stdout + &check.stderr;
    assert!(told.contains("project 3: its words do not follow from it"), "{told}");
}

#[tokio::test]
async fn a_search_out_of_all_proportion_is_refused_at_once() {
    let mut registry = Registry::start().await;
    let leader = registry.caller("leader");
    for words in ["长".repeat(201), "x".repeat(10_000), "-".repeat(10_000)] {
        let refused = leader.get(&format!("/projects?q={words}")).await.expect(422);
        assert_eq!(refused.pointers(), ["/q"]);
    }
    for words in ["长".repeat(200), "长江".repeat(100), "a".repeat(200), "-".repeat(200)] {
        let list = leader.get(&format!("/projects?q={words}")).await.expect(200);
        assert_eq!(list.body["items"], json!([]), "{words}");
    }
    for words in [
        "%22",
        "%22*",
        "AND",
        "道%22OR%22路",
        "NEAR(",
        "道*",
        "^道",
        "-",
        "'",
        "%5C",
        "道&路",
        "a:*",
    ] {
        leader.get(&format!("/projects?q={}", words.replace('&', "%26"))).await.expect(200);
    }
}
