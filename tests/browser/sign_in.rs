//! Signing in, the first password and its change, signing out.

use crate::chromium::Browser;
use crate::people;
use crate::support::Registry;

#[tokio::test]
async fn people_sign_in_and_out_with_and_without_script() {
    let registry = Registry::start().await;
    let password = people::account(&registry, "王芳", "finance", "city");
    for browser in [Browser::start(&registry).await, Browser::start_without_script(&registry).await]
    {
        browser.goto("/password").await;
        browser.arrive("/sign-in").await;
        browser.see("请先登录。").await;
        browser.fill("账号", "王芳").await;
        browser.fill("密码", "not the password").await;
        browser.press("登录").await;
        browser.see("账号或密码不正确").await;
        browser.sign_in("王芳", &password).await;
        browser.goto("/password").await;
        browser.see("王芳").await;
        browser.press("退出").await;
        browser.see("您已退出。").await;
        browser.goto("/password?lang=en").await;
        browser.see("Please sign in first.").await;
    }
}

#[tokio::test]
async fn a_first_password_is_changed_at_the_first_sign_in() {
    let registry = Registry::start().await;
    let first = &registry.first_passwords()["leader"];
    let own = "a password of my own";
    let browser = Browser::start(&registry).await;
    browser.sign_in("leader", first).await;
    browser.goto("/password").await;
    browser.see("首次登录须修改初始密码。").await;
    change(&browser, first, own, "another of my own").await;
    browser.see("两次输入的新密码不一致。").await;
    change(&browser, first, own, own).await;
    browser.arrive("/").await;
    browser.client().delete_all_cookies().await.unwrap();
    browser.sign_in("leader", own).await;
    browser.goto("/password").await;
    browser.see("修改密码").await;
    browser.see_no("首次登录须修改初始密码。").await;
}

async fn change(browser: &Browser, current: &str, new: &str, again: &str) {
    browser.fill("当前密码", current).await;
    browser.fill("新密码", new).await;
    browser.fill("再次输入新密码", again).await;
    browser.press("保存").await;
}

#[tokio::test]
async fn the_pages_for_signing_in_are_accessible() {
    let registry = Registry::start().await;
    let password = people::password(&registry, "auditor");
    let browser = Browser::start(&registry).await;
    for language in ["zh", "en"] {
        browser.goto(&format!("/sign-in?lang={language}")).await;
        browser.is_accessible().await;
    }
    browser.sign_in("auditor", &password).await;
    for language in ["zh", "en"] {
        browser.goto(&format!("/password?lang={language}")).await;
        browser.is_accessible().await;
    }
}
