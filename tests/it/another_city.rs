//! Another city starts with a folder of its own; nothing in the program knows the first one.

use crate::support::Registry;
use serde_json::json;
use std::path::PathBuf;

const FILES: [(&str, &str); 8] = [
    (
        "regions.toml",
        "[[region]]\ncode = \"999900\"\nzh = \"云港市\"\nen = \"Yungang\"\nkind = \"city\"\n\
        [[region]]\ncode = \"999901\"\nzh = \"港东区\"\nen = \"Gangdong\"\nkind = \"county\"\n",
    ),
    (
        "departments.toml",
        "[[department]]\ncode = \"planning\"\nzh = \"市规划局\"\nen = \"Planning\"\n\
        aliases = [\"规划局\"]\n",
    ),
    ("groups.toml", "[[group]]\ncode = \"harbour\"\nzh = \"市港务集团\"\nen = \"Harbour Group\"\n"),
    (
        "channels.toml",
        "[[channel]]\ncode = \"lottery\"\nzh = \"彩票公益金\"\nen = \"Lottery\"\n\
        family = \"budget\"\nclass = \"budget\"\n",
    ),
    (
        "areas.toml",
        "[[area]]\ncode = \"harbours\"\nzh = \"港口\"\nen = \"Harbours\"\n\
        departments = [\"planning\"]\nlead = \"planning\"\nclause = \"一\"\ntitle = \"建设港口\"\n",
    ),
    (
        "document.toml",
        "number = \"云政发〔2020〕1号\"\ntitle = \"云港市补短板方案\"\n\
        issuer = \"云港市人民政府\"\nissued_on = \"2020-03-01\"\neffective_on = \"2020-03-15\"\n\
        [[clause]]\nid = \"一\"\nheading = \"建设港口\"\n",
    ),
    (
        "projects.toml",
        "[[project]]\nkey = \"east_quay\"\nname = \"东码头\"\nkind = \"project\"\n\
        area = \"harbours\"\nregion = \"999901\"\ngroup = \"harbour\"\nstage = \"construction\"\n\
        stage_quote = \"加快东码头建设\"\nclause = \"一\"\nquote = \"东码头\"\n",
    ),
    (
        "targets.toml",
        "[[target]]\ncode = \"berths\"\nname = \"泊位\"\nunit = \"个\"\n\
        direction = \"at_least\"\nareas = [\"harbours\"]\nclauses = [\"一\"]\n\
        values = [{ due = 2025, value = \"8\" }]\nquote = \"泊位8个\"\n",
    ),
];

/// The folder of a made-up city.
fn folder(registry: &Registry) -> PathBuf {
    let folder = registry.path("seeds");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in FILES {
        std::fs::write(folder.join(name), text).unwrap();
    }
    folder
}

#[tokio::test]
async fn another_citys_folder_makes_a_registry_of_that_city_alone() {
    let mut registry = Registry::idle().await;
    let seeds = folder(&registry);
    registry.serve(&["--seeds", seeds.to_str().unwrap()]).await;
    let printed = registry.printed();
    assert!(printed.contains("1 projects and 1 targets"), "{printed}");
    let leader = registry.caller("leader");
    let list = leader.get("/projects").await.expect(200);
    let items = list.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["name"], "东码头");
    assert_eq!(items[0]["stage_since"], "2020-03-15");
    assert_eq!(items[0]["source"]["document"], "云政发〔2020〕1号");
    assert_eq!(items[0]["lead_department"]["name"], "市规划局");
    let before = leader.get("/projects?as_of=2020-03-14").await.expect(200);
    assert_eq!(before.body["items"], json!([]));
    let areas = leader.get("/areas").await.expect(200);
    assert_eq!(areas.body["items"][0]["projects"][0]["name"], "东码头");
    assert_eq!(areas.body["items"][0]["targets"], json!(["berths"]));

    let registrar = registry.caller("registrar");
    let body = json!({"name": "西码头", "area": "港口", "region": "港东区",
        "departments": ["规划局"], "group": "市港务集团"});
    let project = registrar.post("/projects", body).await.expect(201);
    assert_eq!(project.body["departments"], json!([{"code": "planning", "name": "市规划局"}]));
    let path = format!("/projects/{}/funding", project.id());
    let source = json!({"channel": "lottery", "amount": 1});
    let finance = registry.caller("finance");
    finance.change(reqwest::Method::POST, &path, 1, source).await.expect(201);
    for foreign in
        [json!({"region": "210700"}), json!({"area": "water"}), json!({"group": "grain"})]
    {
        let mut body = json!({"name": "a", "area": "harbours", "region": "999900",
            "departments": ["planning"]});
        let (field, value) = foreign.as_object().unwrap().iter().next().unwrap();
        body[field] = value.clone();
        let refused = registrar.post("/projects", body).await.expect(422);
        assert_eq!(refused.pointers(), [format!("/{field}")]);
    }
    for path in [
        "/projects",
        "/targets",
        "/areas",
        "/codelists/regions",
        "/codelists/departments",
        "/codelists/groups",
        "/codelists/channels",
        "/codelists/areas",
        "/codelists",
    ] {
        let answer = leader.get(path).await.expect(200).body.to_string();
        assert!(!answer.contains("锦") && !answer.contains("2107"), "{path}: {answer}");
    }
    for proof in [&["audit", "verify"][..], &["check"]] {
        assert_eq!(registry.run(proof).code, 0);
    }
    let demo = registry.run(&["seed", "--demo", "60", "--seeds", seeds.to_str().unwrap()]);
    assert_eq!(demo.code, 0, "{}", demo.stderr);
    let list = registrar.get("/projects?limit=200&count=true").await.expect(200);
    assert_eq!(list.body["count"]["value"], 62);
    let text = list.body.to_string();
    assert!(!text.contains('锦') && !text.contains("210700"), "{text}");
    assert_eq!(registry.run(&["check"]).code, 0);
}

#[tokio::test]
async fn broken_seeds_are_told_in_a_sentence_and_load_nothing() {
    let registry = Registry::idle().await;
    let seeds = folder(&registry);
    let write = |name: &str, text: &str| std::fs::write(seeds.join(name), text).unwrap();
    let whole = |name: &str| FILES.iter().find(|(file, _)| *file == name).unwrap().1;
    let cases = [
        ("regions.toml", "[[region]]\ncode = ", "regions.toml"),
        ("regions.toml", "[[area]]\ncode = \"a\"\nzh = \"a\"\nen = \"a\"\n", "[[region]]"),
        ("groups.toml", "[[group]]\ncode = \"a\"\nzh = \"a\"\n", "groups.toml"),
        (
            "channels.toml",
            "[[channel]]\ncode = \"a\"\nzh = \"a\"\nen = \"a\"\nfamily = \"magic\"\n",
            "channels.toml",
        ),
        ("document.toml", "number = 7\n", "document.toml"),
        ("projects.toml", "[[project]]\nkey = \"a\"\n", "projects.toml"),
        ("projects.toml", &whole("projects.toml").replace("999901", "999999"), "east_quay"),
        ("projects.toml", &whole("projects.toml").replace("harbours", "stations"), "east_quay"),
        (
            "projects.toml",
            &whole("projects.toml").replace("construction", "dreaming"),
            "projects.toml",
        ),
        ("projects.toml", &whole("projects.toml").replace("kind =", "sort ="), "projects.toml"),
        ("targets.toml", &whole("targets.toml").replace("2025", "\"soon\""), "targets.toml"),
    ];
    for (name, text, told) in cases {
        write(name, text);
        let done = registry.run(&["seed", "--seeds", seeds.to_str().unwrap()]);
        assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{name}: {text}");
        assert!(done.stderr.starts_with("shortboard: "), "{}", done.stderr);
        assert!(done.stderr.contains(told), "no {told:?} in {}", done.stderr);
        write(name, whole(name));
    }
    std::fs::remove_file(seeds.join("areas.toml")).unwrap();
    let listen = ["serve", "--listen", "127.0.0.1:0", "--seeds", seeds.to_str().unwrap()];
    let done = registry.run(&listen);
    assert!(done.code == 1 && done.stderr.contains("areas.toml"), "{}", done.stderr);
    write("areas.toml", whole("areas.toml"));
    let done = registry.run(&["seed", "--seeds", seeds.to_str().unwrap()]);
    assert!(done.stdout.contains("1 projects and 1 targets"), "{}{}", done.stdout, done.stderr);
}

#[tokio::test]
async fn demonstration_data_is_marked_and_the_same_for_the_same_number() {
    let mut lists = Vec::new();
    for random_seed in ["7", "7", "8"] {
        let mut registry = Registry::start().await;
        let done = registry.run(&["seed", "--demo", "60", "--random-seed", random_seed]);
        assert_eq!(done.code, 0, "{}", done.stderr);
        for proof in [&["audit", "verify"][..], &["check"]] {
            let proof = registry.run(proof);
            assert_eq!(proof.code, 0, "{}", proof.stderr);
        }
        let registrar = registry.caller("registrar");
        let list = registrar.get("/projects?limit=200").await.expect(200);
        let made_up: Vec<_> = list.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["source"]["document"] == "演示数据")
            .map(|item| json!([item["name"], item["stage"], item["total_investment"]]))
            .collect();
        assert_eq!(made_up.len(), 60);
        let marked = |item: &&serde_json::Value| item[0].as_str().unwrap().contains("【演示】");
        assert_eq!(made_up.iter().filter(marked).count(), 60, "{}", made_up[0]);
        lists.push(made_up);
    }
    assert_eq!(lists[0], lists[1]);
    assert_ne!(lists[0], lists[2]);
}
