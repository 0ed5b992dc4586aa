//! Signing in over HTTP: what a name that is locked tells, how sessions end, and what a form must
//! carry.

use crate::support::{Registry, Visitor};

/// The sentence for whatever keeps somebody out.
const KEPT_OUT: &str = "账号或密码不正确，或者该账号因多次输错已暂时锁定";

#[tokio::test]
async fn five_failures_lock_a_name_whether_or_not_it_is_an_account() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "reporter", "city").await;
    visitor.get("/").await.expect(200);
    let stranger = Visitor::new(&registry);
    let mut told = Vec::new();
    for name in ["clerk", "nobody-of-that-name"] {
        for _ in 0..6 {
            let fields = [("name", name), ("password", "wrong")];
            let shown = stranger.post("/sign-in", &fields).await.expect(422);
            shown.shows(&[KEPT_OUT]);
            told.push(shown.text.replace(name, ""));
        }
    }
    assert!(told.iter().all(|text| *text == told[0]), "the same for both, before and after");
    // Now the right password does not help either; who is inside already stays.
    let right = [("name", "clerk"), ("password", "correct horse battery")];
    stranger.post("/sign-in", &right).await.expect(422).shows(&[KEPT_OUT]);
    visitor.get("/").await.expect(200);

    let past = "UPDATE sign_in_failure SET last_at = last_at - 901000000";
    registry.database.tamper(past).await;
    stranger.post("/sign-in", &right).await.expect(303);
    stranger.get("/").await.expect(200).shows(&["clerk"]);
}

#[tokio::test]
async fn guesses_that_come_together_are_no_more_than_the_lock_allows() {
    let registry = Registry::start().await;
    let strangers: Vec<Visitor> = (0..20).map(|_| Visitor::new(&registry)).collect();
    let guess = [("name", "leader"), ("password", "a guess")];
    let guesses = strangers.iter().map(|stranger| stranger.post("/sign-in", &guess));
    for shown in futures_util::future::join_all(guesses).await {
        shown.expect(422);
    }
    // Two are looked at a time: one more than five may have been on its way.
    let beyond = "UPDATE sign_in_failure SET failures = failures WHERE failures > 6";
    assert_eq!(registry.database.tamper(beyond).await, 0);
    let counted = "UPDATE sign_in_failure SET failures = failures WHERE failures >= 5";
    assert_eq!(registry.database.tamper(counted).await, 1);
}

#[tokio::test]
async fn sessions_end_unused_and_in_any_case_and_at_signing_out() {
    let registry = Registry::start().await;
    let ends = [
        "UPDATE session SET seen_at = seen_at - 3601000000",
        "UPDATE session SET opened_at = opened_at - 43201000000",
    ];
    for (number, end) in ends.iter().enumerate() {
        let visitor = Visitor::of(&registry, &format!("clerk{number}"), "reporter", "city").await;
        visitor.get("/projects").await.expect(200);
        registry.database.tamper(end).await;
        let led = visitor.get("/projects?stage=reserve").await.expect(303);
        led.leads_to("/sign-in?next=%2Fprojects%3Fstage%3Dreserve");
    }
    let visitor = Visitor::of(&registry, "clerk", "reporter", "city").await;
    let shown = visitor.get("/").await.expect(200);
    visitor.submit("/sign-out", &shown, &[]).await.expect(303);
    visitor.get("/").await.expect(303).leads_to("/sign-in");
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "reporter", "city").await;
    assert_eq!(registry.run(&["account", "disable", "clerk"]).code, 0);
    visitor.get("/").await.expect(303).leads_to("/sign-in");
    assert_eq!(registry.run(&["check"]).code, 0);
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing_and_loses_nothing() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    let fields = [("name", "没有令牌的项目"), ("token", "forged")];
    let shown = visitor.post("/projects/new", &fields).await.expect(403);
    shown.shows(&["没有令牌的项目", "表单已过期"]);
    let found = visitor.get("/projects?q=没有令牌的项目").await.expect(200);
    found.shows(&["没有符合条件的项目"]);
}

#[tokio::test]
async fn a_session_reads_the_api_and_changes_nothing_there() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    visitor.get("/api/v1/projects?limit=1").await.expect(200).shows(&["\"items\""]);
    visitor.post("/api/v1/projects", &[("name", "x")]).await.expect(401);
    Visitor::new(&registry).get("/api/v1/projects").await.expect(401);
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "reporter", "city").await;
    for next in ["https%3A%2F%2Fexample.org", "%2F%2Fexample.org", "%2F%5Cexample.org"] {
        visitor.get(&format!("/sign-in?next={next}")).await.expect(303).leads_to("/");
    }
}
