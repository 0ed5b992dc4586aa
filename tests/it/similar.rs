//! Likely duplicates, with scores and reasons.

use crate::steps::{People, all, whole};
use crate::support::Registry;
use serde_json::{Value, json};
use shortboard_domain::similar::{Candidate, Probe};

#[tokio::test]
async fn likely_duplicates_are_told_with_reasons() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let mut body = whole("城东第二水厂扩建工程");
    body["code"] = json!("2018-210703-46-01-004512");
    let first = people.registrar.post("/projects", body).await.expect(201);
    let phase = people.registrar.post("/projects", whole("城东第二水厂扩建工程二期")).await;
    let phase = phase.expect(201);
    let look = async |query: &str| {
        let found = people.registrar.get(&format!("/projects/similar?{query}")).await.expect(200);
        found.body["items"].as_array().unwrap().clone()
    };
    let reasons = |item: &Value| -> Vec<String> {
        let reasons = item["reasons"].as_array().unwrap();
        assert!(reasons.iter().all(|reason| !reason["message"].as_str().unwrap().is_empty()));
        reasons.iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
    };
    let found = look(
        "name=城东第2水厂(扩建)工程&region=凌河区&owner_unit=市水务集团\
        &total_investment=380000000",
    )
    .await;
    assert_eq!(found[0]["project"]["id"], first.id(), "{found:?}");
    assert_eq!(reasons(&found[0])[1..], ["same_region", "same_owner", "similar_investment"]);
    let score = |item: &Value| item["score"].as_f64().unwrap();
    assert!(score(&found[0]) > 0.9 && score(&found[0]) <= 1.0, "{}", found[0]["score"]);
    assert!(found.windows(2).all(|pair| score(&pair[0]) >= score(&pair[1])));
    let second = found.iter().find(|item| item["project"]["id"] == phase.id());
    assert!(second.is_none_or(|item| score(item) < 0.8), "二期 is another project: {second:?}");

    let found = look("name=城东第二水厂扩建工程二期").await;
    assert_eq!(found[0]["project"]["id"], phase.id());
    assert_eq!(reasons(&found[0]), ["same_name"]);
    let third = look("name=城东第三水厂扩建工程&region=210703").await;
    assert!(third.iter().all(|item| score(item) < 0.5), "第三 is not 第二: {third:?}");
    let found = look("code=2018-210703-46-01-004512").await;
    assert_eq!(found.len(), 1);
    assert_eq!((score(&found[0]), reasons(&found[0])), (0.98, vec!["same_code".to_owned()]));
    let listed = people.registrar.get("/projects?q=004512").await.expect(200);
    assert_eq!(found[0]["project"], listed.body["items"][0]);
    assert_eq!(look("name=毫不相干的体育馆").await, Vec::<Value>::new());
    assert!(!look("name=天龙新材料二期").await.is_empty(), "the notice's own");
    for (wrong, pointer) in [
        ("", "/name"),
        ("name=%00", "/name"),
        ("name=x&region=nowhere", "/region"),
        ("code=12", "/code"),
        ("name=x&total_investment=much", "/total_investment"),
        ("name=x&colour=red", "/colour"),
    ] {
        let refused = people.registrar.get(&format!("/projects/similar?{wrong}")).await.expect(422);
        assert_eq!(refused.pointers(), [pointer], "{wrong}");
    }
}

#[tokio::test]
async fn the_likeliest_are_those_that_a_look_at_every_project_tells() {
    let mut registry = Registry::start().await;
    let seeded = registry.run(&["seed", "--demo", "2000"]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    let people = People::of(&mut registry);
    for name in ["云飞街跨小凌河大桥工程", "锦州南站公路客运枢纽", "【演示】道路改造工程"]
    {
        people.registrar.post("/projects", whole(name)).await.expect(201);
    }
    let cards = all(&people.leader, "/projects?limit=200").await;
    let candidates: Vec<Candidate> =
        cards.iter().map(|card| serde_json::from_value(card.clone()).unwrap()).collect();
    let mut names: Vec<String> =
        ["小凌河大桥", "云飞街跨凌河大桥", "锦州南站客运枢纽", "演示道路改造"]
            .map(str::to_owned)
            .to_vec();
    for candidate in candidates.iter().step_by(211) {
        // As it is, without its mark, with an addition, and with a wrong character.
        let name = &candidate.name;
        let wrong: String =
            name.chars().enumerate().map(|(n, c)| if n == 6 { '某' } else { c }).collect();
        names.extend([
            name.clone(),
            name.replace("【演示】", ""),
            format!("{name}（补充）"),
            wrong,
        ]);
    }
    let mut looked = 0;
    for name in names {
        let probe = Probe { name: Some(name.clone()), ..Probe::default() };
        let mut told: Vec<f64> = candidates
            .iter()
            .map(|candidate| (probe.likeness(candidate).score * 100.0).round() / 100.0)
            .filter(|score| *score >= 0.6)
            .collect();
        told.sort_by(|a, b| b.total_cmp(a));
        told.truncate(10);
        let path = format!("/projects/similar?name={name}");
        let found = people.registrar.get(&path).await.expect(200);
        let found = found.body["items"].as_array().unwrap().clone();
        let scores: Vec<f64> = found.iter().map(|item| item["score"].as_f64().unwrap()).collect();
        assert_eq!(scores[..told.len()], told, "{name}");
        looked += told.len();
    }
    assert!(looked > 40, "{looked}");
}
