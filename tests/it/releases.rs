//! A registry of each earlier release becomes one of this version.
//!
//! `tests/fixtures/releases` holds a backup of a small registry of each release: seeds of a made-up
//! city and some demonstration projects, no accounts.

use crate::support::Registry;
use std::path::Path;

#[tokio::test]
async fn a_registry_of_each_release_is_brought_up() {
    let releases = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/releases");
    let mut read = 0;
    for file in std::fs::read_dir(releases).unwrap() {
        let path = file.unwrap().path();
        let mut registry = Registry::idle().await;
        let restored = registry.run(&["restore", path.to_str().unwrap()]);
        assert_eq!(restored.code, 0, "{}: {}", path.display(), restored.stderr);
        let status = registry.run(&["migrate", "status"]);
        assert!(!status.stdout.contains("pending"), "{}", status.stdout);
        for proof in [&["audit", "verify"][..], &["check"]] {
            let proof = registry.run(proof);
            assert_eq!(proof.code, 0, "{}: {}", path.display(), proof.stderr);
        }
        // It goes on from there: a new project takes the next number.
        registry.serve(&[]).await;
        let registrar = registry.account("officer", "registrar", "city");
        let known = registrar.get("/projects?limit=200&count=true").await.expect(200);
        let body = serde_json::json!({
            "name": "西桥", "area": "works", "region": "999900", "departments": ["planning"],
        });
        let new = registrar.post("/projects", body).await.expect(201);
        assert_eq!(new.id(), known.body["count"]["value"].as_i64().unwrap() + 1);
        read += 1;
    }
    assert!(read > 0);
}
