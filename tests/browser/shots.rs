//! Every page: pictures for people to look at, taken by `cargo xtask shots` into
//! `target/shots/WIDTH/LANGUAGE/PAGE.png`, and what axe-core finds.

use crate::chromium::{Browser, target};
use crate::support::import::{commit, upload};
use crate::support::{Registry, sample};
use crate::{ledgers, people};
use reqwest::Method;
use serde_json::json;

/// A page: its name, who looks (nobody if empty), and its path. What stands in braces is made by
/// `setup`.
type Page = (&'static str, &'static str, &'static str);

const PAGES: &[Page] = &[
    ("sign-in", "", "/sign-in"),
    ("password", "registrar", "/password"),
    ("desk-registrar", "registrar", "/"),
    ("projects", "registrar", "/projects"),
    ("projects-filtered", "registrar", "/projects?stage=construction&min_investment=1"),
    ("projects-none", "registrar", "/projects?q=没有这样的项目"),
    ("projects-selected", "registrar", "/projects/selection?ids={project},{submitted}"),
    ("imports", "registrar", "/imports"),
    ("import-errors", "registrar", "/imports/{import}?tab=error"),
    ("import-new", "registrar", "/imports/{import}?tab=new"),
    ("import-changed", "registrar", "/imports/{import}?tab=changed"),
    ("import-unchanged", "registrar", "/imports/{import}?tab=unchanged"),
    ("import-duplicates", "registrar", "/imports/{import}?tab=duplicate"),
    ("import-done", "registrar", "/imports/{done}"),
    ("project-new", "registrar", "/projects/new"),
    ("project-edit", "registrar", "/projects/{project}/edit"),
    ("project", "registrar", "/projects/{project}"),
    ("project-sheet", "registrar", "/projects/{project}/sheet"),
    ("project-stage", "registrar", "/projects/{project}/stage"),
    ("project-correction", "registrar", "/projects/{project}/stage/{move}"),
    ("project-matter", "registrar", "/projects/{project}/matters/feasibility_study"),
    ("desk-reviewer", "reviewer", "/"),
    ("project-review", "reviewer", "/projects/{submitted}/review"),
    ("desk-finance", "finance", "/"),
    ("funding", "finance", "/funding"),
    ("funding-edit", "finance", "/funding?project={project}&edit={project}"),
    ("funding-bulk", "finance", "/funding/bulk?ids={project},{submitted}"),
    ("funding-matrix", "finance", "/funding/matrix"),
    ("desk-leader", "leader", "/"),
    ("project-then", "leader", "/projects/{project}?as_of=2018-01-15"),
    ("board", "leader", "/board"),
    ("board-compared", "leader", "/board?since=2018-01-01&as_of=2018-12-31"),
    ("board-changes", "leader", "/board/changes?from=2018-01-01&to=2018-12-31"),
    ("notice", "leader", "/notice"),
    ("papers", "leader", "/papers"),
    ("briefing", "leader", "/papers/briefing?as_of=2018-12-31&since=2018-01-01"),
    ("desk-auditor", "auditor", "/"),
    ("audit", "auditor", "/audit"),
    ("audit-verify", "auditor", "/audit/verify"),
    ("desk-sysadmin", "sysadmin", "/"),
    ("departments", "sysadmin", "/departments"),
    ("accounts", "sysadmin", "/accounts"),
    ("desk-secadmin", "secadmin", "/"),
    ("accounts-roles", "secadmin", "/accounts"),
];

const SIZES: [(u32, u32); 2] = [(1366, 768), (1920, 1080)];
const LANGUAGES: [&str; 2] = ["zh", "en"];
const DEMO: &str = "300";

#[tokio::test]
#[ignore = "pictures are for people: cargo xtask shots"]
async fn shots() {
    let folder = target().join("shots");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    visit(async |browser, name, language| {
        for (width, height) in SIZES {
            browser.resize(width, height).await;
            browser.picture(&folder.join(format!("{width}/{language}/{name}.png"))).await;
        }
    })
    .await;
    println!("{} pages in {}", PAGES.len(), folder.display());
}

#[tokio::test]
async fn every_page_is_accessible() {
    let mut found = Vec::new();
    visit(async |browser, name, language| {
        let violations = browser.axe().await;
        found
            .extend(violations.iter().map(|violation| format!("{name} ({language}): {violation}")));
    })
    .await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What a page may weigh without its data, in bytes, uncompressed.
const LIGHT: i64 = 200_000;

#[tokio::test]
async fn every_page_is_light() {
    let mut heavy = Vec::new();
    visit(async |browser, name, language| {
        // Bodies of this page and of what it loads, whatever the cache spared.
        let script = "return performance.getEntriesByType('navigation')\
            .concat(performance.getEntriesByType('resource'))\
            .reduce((sum, entry) => sum + entry.decodedBodySize, 0)";
        let weight = browser.execute(script).await.as_i64().unwrap();
        assert!(weight > 0, "{name}: nothing was weighed");
        if weight > LIGHT {
            heavy.push(format!("{name} ({language}): {weight} bytes"));
        }
    })
    .await;
    assert!(heavy.is_empty(), "{}", heavy.join("\n"));
}

/// Opens every page in every language, as whoever is to look at it.
pub async fn visit(mut look: impl AsyncFnMut(&Browser, &str, &str)) {
    let (registry, made) = setup().await;
    let browser = Browser::start(&registry).await;
    let mut signed_in = "";
    for (name, account, path) in PAGES {
        if *account != signed_in {
            browser.client().delete_all_cookies().await.unwrap();
            browser.sign_in(account, &people::password(&registry, account)).await;
            signed_in = account;
        }
        let path = made.iter().fold((*path).to_owned(), |path, (what, id)| path.replace(what, id));
        let joint = if path.contains('?') { '&' } else { '?' };
        for language in LANGUAGES {
            browser.goto(&format!("{path}{joint}lang={language}")).await;
            assert_eq!(browser.status().await, 200, "{name}: {path}");
            look(&browser, name, language).await;
        }
    }
}

/// A registry with made-up projects, one that has a bit of everything, and one to be reviewed; and what
/// stands for them in paths.
async fn setup() -> (Registry, [(&'static str, String); 5]) {
    let mut registry = Registry::idle().await;
    let seeded = registry.run(&["seed", "--demo", DEMO]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    registry.serve(&[]).await;
    let (registrar, finance) = (registry.caller("registrar"), registry.caller("finance"));

    let project = sample::accepted(&mut registry, sample::body("城东第二水厂扩建工程")).await;
    let source = json!({
        "channel": "special_bond", "amount": "200000000", "year": 2018, "status": "approved",
        "arrived": "50000000", "effective_on": "2018-02-20",
    });
    let funded = sample::fund(&finance, &project, source).await;
    let path = format!("/projects/{}", project.id());
    let study = json!({
        "state": "done", "document_number": "锦发改审批〔2018〕12号", "actual_on": "2018-02",
    });
    let matter = format!("{path}/matters/feasibility_study");
    let studied = registrar.change(Method::PUT, &matter, funded.version(), study).await.expect(200);
    let advance = json!({"to": "preparation", "on": "2018-02-01"});
    let stage = format!("{path}/stage");
    let moved = registrar.change(Method::POST, &stage, studied.version(), advance).await;
    let moves = moved.expect(200).body["moves"].as_array().unwrap().clone();

    let draft = registrar.post("/projects", sample::body("凌河污水处理厂提标改造工程")).await;
    let draft = draft.expect(201);
    let filing = format!("/projects/{}/filing", draft.id());
    let submit = json!({"action": "submit"});
    registrar.change(Method::POST, &filing, draft.version(), submit).await.expect(200);

    // A preview with a row of each kind, and one that was carried out.
    ledgers::projects(&mut registry).await;
    let given = [("area", "urban_rural")];
    let preview =
        upload(&registrar, "2018年台账.xlsx", &ledgers::workbook(), &given).await.expect(201);
    let one =
        "项目名称,所在地区,责任单位\n城南排水管网工程,凌河区,市住建委、排水管理处\n".as_bytes();
    let other = upload(&registrar, "排水.csv", one, &given).await.expect(201);
    let done = commit(&registrar, &other).await.expect(200);

    let last = moves.last().unwrap()["id"].to_string();
    let (project, submitted) = (project.id().to_string(), draft.id().to_string());
    (
        registry,
        [
            ("{project}", project),
            ("{submitted}", submitted),
            ("{move}", last),
            ("{import}", preview.id().to_string()),
            ("{done}", done.id().to_string()),
        ],
    )
}
