//! The seeds against the notice they were taken from, and as the registry serves them.

use crate::support::Registry;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The projects that the notice must at least have given, each by words of its name.
const NAMED: [&[&str]; 33] = [
    &["朝凌客专"],
    &["锦阜高"],
    &["锦承线"],
    &["辽西北供水二期", "锦州", "配套工程"],
    &["大阁水库", "加固"],
    &["防汛抗旱指挥调度平台"],
    &["锦州南站公路客运枢纽"],
    &["滨海新区公路客运枢纽"],
    &["南站广场", "改造"],
    &["智能交通"],
    &["广州街跨小凌河大桥"],
    &["滨河路三期"],
    &["小凌河人行西桥"],
    &["南广路综合管廊"],
    &["南山生态运动公园二期"],
    &["四个高速出入口"],
    &["消防主题公园"],
    &["安居绿地"],
    &["松坡园绿地"],
    &["华润锦州电厂“上大压小”"],
    &["南山垃圾填埋场封场"],
    &["混合垃圾填埋场"],
    &["华为", "云计算中心"],
    &["云计算产业园"],
    &["文化艺术中心"],
    &["南庄里文化创意城"],
    &["医巫闾山环山旅游大通道"],
    &["万得电器产业园"],
    &["奥鸿药业生物产业园"],
    &["华泰新能源汽车"],
    &["天龙新材料", "二期"],
    &["辽晶电子松山产业园"],
    &["南山森林公园"],
];

/// The bundles it must have given.
const BUNDLED: [&str; 6] =
    ["主城区小街小巷", "变电站", "电信普遍服务", "棚户区", "老旧小区", "农村公路"];

/// The entries of a file of seeds.
fn entries(file: &str, table: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let mut file: BTreeMap<String, Vec<Value>> = toml::from_str(&text).unwrap();
    file.remove(table).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().map(|items| items.iter().map(text).collect()).unwrap_or_default()
}

/// The notice by clauses (`三(二)`), where it is at hand; it is not part of the repository.
fn notice() -> Option<BTreeMap<String, String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/notice-2017-55.txt");
    let Ok(notice) = std::fs::read_to_string(path) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{path} must be there");
        println!("skipped: {path} is not there");
        return None;
    };
    let (mut part, mut clause) = (String::new(), String::new());
    let mut clauses: BTreeMap<String, String> = BTreeMap::new();
    for line in notice.lines().map(str::trim) {
        let numeral = |text: &str| text.chars().all(|c| "一二三四五六七八九十".contains(c));
        match line.split_once('、') {
            Some((number, _)) if numeral(number) => {
                part = number.to_owned();
                clause = part.clone();
            }
            _ => {}
        }
        let inner = line.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        if let Some((number, _)) = inner.filter(|(number, _)| numeral(number)) {
            clause = format!("{part}({number})");
        }
        let section = clauses.entry(clause.clone()).or_default();
        section.push_str(line);
        section.push('\n');
    }
    assert!(clauses.len() > 18, "{:?}", clauses.keys());
    Some(clauses)
}

/// The words stand in one of the clauses, and are few.
#[track_caller]
fn is_verbatim(notice: &BTreeMap<String, String>, clauses: &[&str], quote: &str, of: &str) {
    assert!(quote.chars().count() <= 60, "{of}: {quote} is too long a quote");
    let found = clauses.iter().any(|clause| notice[*clause].contains(quote));
    assert!(found, "{of}: {quote:?} does not stand in {clauses:?}");
}

#[test]
fn every_quote_stands_in_its_clause() {
    let Some(notice) = notice() else { return };
    for project in entries("projects.toml", "project") {
        let (key, clause) = (text(&project["key"]), text(&project["clause"]));
        for quote in [&project["quote"], &project["stage_quote"]] {
            if !quote.is_null() {
                is_verbatim(&notice, &[clause], text(quote), key);
            }
        }
    }
    for target in entries("targets.toml", "target") {
        let clauses = texts(&target["clauses"]);
        let quotes = [text(&target["quote"])].into_iter().chain(texts(&target["quotes"]));
        for quote in quotes {
            is_verbatim(&notice, &clauses, quote, text(&target["code"]));
        }
    }
}

#[test]
fn each_area_has_the_departments_in_its_parentheses() {
    let Some(notice) = notice() else { return };
    let departments = entries("departments.toml", "department");
    let code = |name: &str| {
        let named = |department: &&Value| {
            department["zh"] == name || texts(&department["aliases"]).contains(&name)
        };
        let found = departments.iter().find(named);
        text(&found.unwrap_or_else(|| panic!("no department {name}"))["code"]).to_owned()
    };
    let areas = entries("areas.toml", "area");
    assert_eq!(areas.len(), 10);
    for area in &areas {
        let section = notice[text(&area["clause"])].trim_end();
        let inner = section.strip_suffix("负责)").unwrap().rsplit_once("(市").unwrap().1;
        let inner = format!("市{inner}").replace("各成员单位", "");
        let (lead, all) = match inner.split_once("牵头,") {
            Some((lead, rest)) => (Some(lead), format!("{lead}、{rest}")),
            None => (None, inner.clone()),
        };
        let told: Vec<String> = all.split('、').map(code).collect();
        assert_eq!(texts(&area["departments"]), told, "{}: {inner}", area["code"]);
        assert_eq!(area["lead"].as_str(), lead.map(code).as_deref(), "{}", area["code"]);
        assert!(section.contains(text(&area["title"])));
    }
    assert_eq!(areas.iter().filter(|area| !area["lead"].is_null()).count(), 4);
}

#[test]
fn what_the_notice_names_is_there_and_nothing_is_invented() {
    let projects = entries("projects.toml", "project");
    assert!(projects.len() > 60, "{} projects", projects.len());
    for words in NAMED {
        let found = projects.iter().any(|project| {
            words.iter().all(|word| text(&project["name"]).contains(word))
                && project["kind"] == "project"
        });
        assert!(found, "no project {words:?}");
    }
    for words in BUNDLED {
        let found = projects.iter().any(|project| {
            text(&project["name"]).contains(words) && project["kind"] == "programme"
        });
        assert!(found, "no programme {words}");
    }
    let mut keys = BTreeSet::new();
    for project in &projects {
        let fields = project.as_object().unwrap();
        for invented in ["total_investment", "owner_unit", "planned", "code", "funding"] {
            assert!(!fields.contains_key(invented), "{project}");
        }
        assert!(keys.insert(text(&project["key"]).to_owned()), "{} twice", project["key"]);
        let wording = project.get("stage_quote").filter(|quote| !quote.is_null());
        let wording = text(wording.unwrap_or(&project["quote"]));
        let verb = match text(&project["stage"]) {
            "construction" => wording.contains("加快"),
            "preparation" => wording.contains("推"),
            stage => ["reserve", "concept"].contains(&stage) && !wording.starts_with("加快推进"),
        };
        assert!(verb, "{}: {} for {wording}", project["key"], project["stage"]);
    }
    let targets = entries("targets.toml", "target");
    assert!((70..=80).contains(&targets.len()), "{} targets", targets.len());
    for target in &targets {
        let dues: Vec<i64> = target["values"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|value| value.get("due").and_then(Value::as_i64))
            .collect();
        assert!(dues.is_sorted_by(|a, b| a < b), "{}: {dues:?}", target["code"]);
        assert!(!texts(&target["areas"]).is_empty(), "{}", target["code"]);
    }
}

#[tokio::test]
async fn the_registry_serves_what_the_seeds_say() {
    let mut registry = Registry::start().await;
    let leader = registry.caller("leader");
    let seeds = entries("projects.toml", "project");
    let count = seeds.len();

    let before = leader.get("/projects?as_of=2017-08-05&count=true").await.expect(200);
    assert_eq!(before.body["count"]["value"], 0);
    let on = leader.get("/projects?as_of=2017-08-06&limit=200&count=true").await.expect(200);
    assert_eq!(on.body["count"], json!({"value": count, "exact": true}));
    let now = leader.get("/projects?limit=200").await.expect(200);
    let items = now.body["items"].as_array().unwrap();
    assert_eq!(on.body["items"].as_array().unwrap().len(), items.len());
    assert_eq!(items.len(), count);
    let by_name: BTreeMap<&str, &Value> =
        items.iter().map(|item| (text(&item["name"]), item)).collect();
    for seed in &seeds {
        let item = by_name[text(&seed["name"])];
        for field in ["kind", "area", "region", "stage"] {
            assert_eq!(item[field], seed[field], "{item}");
        }
        assert_eq!(item["group"], seed.get("group").cloned().unwrap_or_default(), "{item}");
        assert_eq!(item["filing"], "accepted");
        assert_eq!(item["stage_basis"], "inferred");
        assert_eq!(item["stage_since"], "2017-08-06");
        assert_eq!(item["source"]["clause"], seed["clause"]);
        assert_eq!(item["source"]["quote"], seed["quote"]);
        assert_eq!(item["source"]["document"], "锦政发〔2017〕55号");
        for blank in ["total_investment", "owner_unit", "code", "gap", "light"] {
            assert_eq!(item[blank], json!(null), "{blank} of {item}");
        }
        assert_eq!(item["funding"], json!([]));
        let missing = texts(&item["missing"]);
        let asked = ["total_investment", "owner_unit", "content", "planned_start"];
        let is_concept = item["stage"] == "concept";
        assert!(is_concept || asked.iter().all(|fact| missing.contains(fact)), "{item}");
        let under_way = item["stage"] == "construction";
        assert_eq!(missing.contains(&"code"), under_way, "{item}");
    }

    let targets = leader.get("/targets").await.expect(200);
    let targets = targets.body["items"].as_array().unwrap();
    let of_seeds = entries("targets.toml", "target");
    assert_eq!(targets.len(), of_seeds.len());
    for (target, seed) in targets.iter().zip(&of_seeds) {
        for field in ["code", "name", "unit", "direction", "areas", "clauses"] {
            assert_eq!(target[field], seed[field], "{target}");
        }
        let quotes: Vec<&str> =
            [text(&seed["quote"])].into_iter().chain(texts(&seed["quotes"])).collect();
        assert_eq!(texts(&target["quotes"]), quotes);
        assert!(!target["departments"].as_array().unwrap().is_empty(), "{target}");
    }
    let areas = leader.get("/areas").await.expect(200);
    let areas = areas.body["items"].as_array().unwrap();
    let of_seeds = entries("areas.toml", "area");
    assert_eq!(areas.len(), of_seeds.len());
    for (area, seed) in areas.iter().zip(&of_seeds) {
        let codes = |value: &Value| -> Vec<String> {
            let items = value.as_array().unwrap().iter();
            items.map(|item| text(&item["code"]).to_owned()).collect()
        };
        assert_eq!(codes(&area["departments"]), texts(&seed["departments"]));
        let lead = seed.get("lead").cloned().unwrap_or_default();
        assert_eq!(area["lead"].get("code").cloned().unwrap_or_default(), lead);
        assert_eq!(area["label"]["zh"], seed["zh"]);
        let of_area = |project: &&Value| project["area"] == seed["code"];
        let named = area["projects"].as_array().unwrap().len();
        assert_eq!(named, seeds.iter().filter(of_area).count());
        assert!(!texts(&area["targets"]).is_empty(), "{area}");
    }
}
