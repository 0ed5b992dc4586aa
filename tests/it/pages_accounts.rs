//! Accounts, roles and scopes in a browser, and the trail: three administrators, none of whom does
//! another's work.

use crate::support::{Registry, Shown, Visitor};

/// The three administrators.
async fn administrators(registry: &Registry) -> [Visitor; 3] {
    [
        Visitor::of(registry, "xitong", "sysadmin", "city").await,
        Visitor::of(registry, "anquan", "secadmin", "city").await,
        Visitor::of(registry, "shenji", "auditor", "city").await,
    ]
}

/// What a page shows once.
fn secret(shown: &Shown) -> String {
    let (_, rest) = shown.text.split_once("<code class=\"secret\">").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

/// The page of an account, as the list of somebody leads there.
async fn page_of(visitor: &Visitor, name: &str) -> String {
    let list = visitor.get("/accounts").await.expect(200);
    let (_, row) = list.text.split_once(&format!("<th scope=\"row\">{name}</th>")).unwrap();
    let (_, rest) = row.split_once("href=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn signs_in(registry: &Registry, name: &str, password: &str) -> (Visitor, Shown) {
    let visitor = Visitor::new(registry);
    let shown = visitor.post("/sign-in", &[("name", name), ("password", password)]).await;
    (visitor, shown)
}

#[tokio::test]
async fn one_makes_the_account_and_the_other_gives_the_role() {
    let registry = Registry::start().await;
    let [system, security, _] = administrators(&registry).await;
    let list = system.get("/accounts").await.expect(200);
    for name in ["", "two words", "operator", &"长".repeat(65)] {
        let wrong = system.submit("/accounts", &list, &[("name", name)]).await.expect(422);
        wrong.shows(&["href=\"#name\"", "1至64个字符"]);
    }
    let taken = system.submit("/accounts", &list, &[("name", "finance")]).await.expect(422);
    taken.shows(&["已有同名账号"]);
    let added = system.submit("/accounts", &list, &[("name", "王会计")]).await.expect(200);
    let first = secret(&added);
    assert_eq!(added.location, None);
    let page = page_of(&system, "王会计").await;
    let shown = system.get(&page).await.expect(200);
    shown.shows(&["待授予"]);
    shown.hides(&[&first, "name=\"role\""]);

    // Before a role is given the account does nothing but change its password.
    let (wang, entered) = signs_in(&registry, "王会计", &first).await;
    entered.expect(303);
    wang.get("/funding").await.expect(303).leads_to("/password");
    let form = wang.get("/password").await.expect(200);
    let new = [("current", &*first), ("new", "a new password"), ("again", "a new password")];
    wang.submit("/password", &form, &new).await.expect(303);
    assert_eq!(wang.get("/funding").await.status, 401);

    // The one who made it cannot give it a role, and the one who gives roles can make none.
    let fields = [("role", "finance"), ("scope", "region:210703")];
    system.submit(&format!("{page}/role"), &list, &fields).await.expect(403);
    let given = security.get(&page).await.expect(200);
    given.hides(&[&format!("{page}/reset"), &format!("{page}/disable"), "name=\"days\""]);
    security.submit("/accounts", &given, &[("name", "另一个")]).await.expect(403);
    for verb in ["reset", "disable", "tokens"] {
        let path = format!("{page}/{verb}");
        security.submit(&path, &given, &[("days", "9")]).await.expect(403);
    }
    let wrong = [("role", "emperor"), ("scope", "region:nowhere")];
    let wrong = security.submit(&format!("{page}/role"), &given, &wrong).await.expect(422);
    wrong.shows(&["href=\"#role\"", "href=\"#scope\""]);
    security.submit(&format!("{page}/role"), &given, &fields).await.expect(303);
    security.get(&page).await.shows(&["财政 凌河区"]);
    wang.get("/funding").await.expect(200);
    let log = registry.log() + &registry.printed();
    assert!(!log.contains(&first), "the password is in the log");
}

#[tokio::test]
async fn a_disabled_account_is_signed_out_and_nobody_changes_their_own() {
    let registry = Registry::start().await;
    let [system, security, _] = administrators(&registry).await;
    let finance = Visitor::of(&registry, "caizheng", "finance", "city").await;
    let page = page_of(&system, "caizheng").await;
    let shown = system.get(&page).await.expect(200);
    let wrong = [("days", "0")];
    system.submit(&format!("{page}/tokens"), &shown, &wrong).await.expect(422);
    let issued = system.submit(&format!("{page}/tokens"), &shown, &[("days", "30")]).await;
    let token = secret(&issued.expect(200));
    assert!(token.starts_with("sb_"));
    let calls = async || {
        let url = format!("{}/api/v1/projects", registry.address());
        reqwest::Client::new().get(url).bearer_auth(&token).send().await.unwrap().status().as_u16()
    };
    assert_eq!(calls().await, 200);
    let with_token = system.get(&page).await.expect(200);
    with_token.hides(&[&token]);
    let (_, rest) = with_token.text.split_once(&format!("{page}/tokens/")).unwrap();
    let number = rest.split('/').next().unwrap();
    // A token is revoked at its own account alone.
    let elsewhere = page_of(&system, "leader").await;
    let path = format!("{elsewhere}/tokens/{number}/revoke");
    system.submit(&path, &with_token, &[]).await.expect(404);
    assert_eq!(calls().await, 200);
    let path = format!("{page}/tokens/{number}/revoke");
    system.submit(&path, &with_token, &[]).await.expect(303);
    assert_eq!(calls().await, 401);

    finance.get("/funding").await.expect(200);
    let path = format!("{page}/disable");
    let asked = system.get(&path).await.expect(200);
    asked.shows(&["确认停用", "caizheng"]);
    finance.get("/funding").await.expect(200);
    system.submit(&path, &asked, &[]).await.expect(303);
    finance.get("/funding").await.expect(303).leads_to("/sign-in?next=%2Ffunding");
    system.get(&page).await.shows(&["已停用"]);
    let again = system.submit(&format!("{page}/reset"), &asked, &[]).await.expect(200);
    let (finance, entered) = signs_in(&registry, "caizheng", &secret(&again)).await;
    entered.expect(303);
    finance.get("/funding").await.expect(303).leads_to("/password");

    let own = page_of(&system, "xitong").await;
    let shown = system.get(&own).await.expect(200);
    shown.shows(&["这是您本人的账号"]);
    for verb in ["disable", "reset"] {
        let refused = system.submit(&format!("{own}/{verb}"), &shown, &[]).await.expect(403);
        refused.shows(&["不能变更本人的账号"]);
    }
    system.get("/accounts").await.expect(200);
    let own = page_of(&security, "anquan").await;
    let shown = security.get(&own).await.expect(200);
    let fields = [("role", "leader"), ("scope", "city")];
    security.submit(&format!("{own}/role"), &shown, &fields).await.expect(403);
    security.get(&own).await.expect(200).shows(&["安全管理员"]);
}

#[tokio::test]
async fn auditors_read_and_verify_the_trail_and_nobody_else() {
    let registry = Registry::start().await;
    let [system, security, auditor] = administrators(&registry).await;
    let leader = Visitor::of(&registry, "lingdao", "leader", "city").await;
    for visitor in [&system, &security, &leader] {
        for path in ["/audit", "/audit/verify"] {
            visitor.get(path).await.expect(403);
        }
        visitor.get("/").await.hides(&["href=\"/audit\""]);
    }
    for visitor in [&auditor, &leader] {
        for path in ["/accounts", "/accounts/1", "/accounts/1/disable"] {
            visitor.get(path).await.expect(403);
        }
    }
    let trail = auditor.get("/audit?action=add_account&actor=operator").await.expect(200);
    trail.shows(&["建立账号", "lingdao", "leader", "<pre"]);
    trail.hides(&["add_funding</td>", "xitong</td><td>登录"]);
    auditor.get("/audit?chain=project:1").await.expect(200).shows(&["登记项目"]);
    auditor.get("/audit?chain=nonsense").await.expect(422).shows(&["href=\"#chain\""]);
    let first = auditor.get("/audit").await.expect(200);
    let (before, _) = first.text.rsplit_once("\" rel=\"next\"").unwrap();
    let (_, next) = before.rsplit_once("href=\"").unwrap();
    let second = auditor.get(next).await.expect(200);
    second.shows(&["第一页"]);
    assert!(!second.has("lingdao"), "the newest are on the first page");

    auditor.get("/audit/verify").await.expect(200).shows(&["校验通过"]);
    let sql = "UPDATE audit_record SET actor = 'nobody' WHERE chain = 3 AND seq = 1";
    assert_eq!(registry.database.tamper(sql).await, 1);
    let broken = auditor.get("/audit/verify").await.expect(200);
    broken.shows(&["校验不通过", "第一处不符： 项目 3"]);
    broken.hides(&["校验通过"]);
}
