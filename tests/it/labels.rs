//! A label of a code list changes: from that day projects read so, and before it as they did.

use crate::support::Registry;
use std::path::Path;

#[tokio::test]
async fn a_past_day_reads_with_the_names_of_its_time() {
    let mut registry = Registry::start().await;
    let leader = registry.caller("leader");
    let before = leader.get("/projects?area=water&limit=1").await.expect(200);
    let id = before.body["items"][0]["id"].as_i64().unwrap();

    let seeds = registry.path("seeds");
    std::fs::create_dir(&seeds).unwrap();
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds");
    for file in std::fs::read_dir(ours).unwrap() {
        let file = file.unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let text = text.replace("zh = \"市水务局\"", "zh = \"市水利局\"");
        std::fs::write(seeds.join(file.file_name()), text).unwrap();
    }
    let loaded = registry.run(&["seed", "--seeds", seeds.to_str().unwrap()]);
    assert_eq!(loaded.stdout.trim(), "Loaded 1 codes, 0 projects and 0 targets", "{loaded:?}");

    let name =
        |body: &serde_json::Value| body["lead_department"]["name"].as_str().unwrap().to_owned();
    let path = format!("/projects/{id}");
    let now = leader.get(&path).await.expect(200);
    assert_eq!(now.version(), 2, "the change of a label is a version of the project");
    assert_eq!(name(&now.body), "市水利局");
    let then = leader.get(&format!("{path}?as_of=2020-01-01")).await.expect(200);
    assert_eq!(name(&then.body), "市水务局");
    let list = leader.get("/projects?area=water&limit=1&as_of=2020-01-01").await.expect(200);
    assert_eq!(name(&list.body["items"][0]), "市水务局");
    let list = leader.get("/projects?area=water&limit=1").await.expect(200);
    assert_eq!(name(&list.body["items"][0]), "市水利局");
    let list = leader.get("/codelists/departments?as_of=2020-01-01").await.expect(200);
    let names = list.body["items"].as_array().unwrap();
    assert!(names.iter().any(|entry| entry["label"]["zh"] == "市水务局"));

    assert_eq!(registry.run(&["audit", "verify"]).code, 0);
    let checked = registry.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
}
