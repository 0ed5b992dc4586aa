//! Pictures of every page for people to look at, taken by `cargo xtask shots`: they lie in
//! `target/shots/WIDTH/LANGUAGE/PAGE.png`.

use crate::chromium::{Browser, target};
use crate::people;
use crate::support::{Registry, sample};
use serde_json::json;

/// A picture: its name, who looks (nobody if empty), and the path. `{project}` stands for the number of
/// the project made in `setup`, which has a bit of everything.
type Page = (&'static str, &'static str, &'static str);

const PAGES: &[Page] = &[
    // picture, account, path
    ("sign-in", "", "/sign-in"),
    ("api-docs", "", "/api/docs"),
    ("password", "leader", "/password"),
];

const SIZES: [(u32, u32); 2] = [(1366, 768), (1920, 1080)];
const LANGUAGES: [&str; 2] = ["zh", "en"];
const DEMO: &str = "300";

#[tokio::test]
#[ignore = "pictures are for people: cargo xtask shots"]
async fn shots() {
    let (registry, project) = setup().await;
    let browser = Browser::start(&registry).await;
    let folder = target().join("shots");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let mut signed_in = "";
    for (name, account, path) in PAGES {
        if *account != signed_in {
            browser.client().delete_all_cookies().await.unwrap();
            if !account.is_empty() {
                browser.sign_in(account, &people::password(&registry, account)).await;
            }
            signed_in = account;
        }
        let path = path.replace("{project}", &project);
        let joint = if path.contains('?') { '&' } else { '?' };
        for (width, height) in SIZES {
            browser.resize(width, height).await;
            for language in LANGUAGES {
                browser.goto(&format!("{path}{joint}lang={language}")).await;
                assert_eq!(browser.status().await, 200, "{name}: {path}");
                browser.picture(&folder.join(format!("{width}/{language}/{name}.png"))).await;
            }
        }
        println!("{name}");
    }
    println!("{} pages in {}", PAGES.len(), folder.display());
}

/// A registry with made-up projects, and the number of one whose page has a bit of everything.
async fn setup() -> (Registry, String) {
    let mut registry = Registry::idle().await;
    let seeded = registry.run(&["seed", "--demo", DEMO]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    registry.serve(&[]).await;
    let project = sample::accepted(&mut registry, sample::body("城东第二水厂扩建工程")).await;
    let source = json!({
        "channel": "special_bond", "amount": "200000000", "year": 2018, "status": "approved",
        "arrived": "50000000", "effective_on": "2018-02-20",
    });
    let finance = registry.caller("finance");
    let funded = sample::fund(&finance, &project, source).await;
    (registry, funded.id().to_string())
}
