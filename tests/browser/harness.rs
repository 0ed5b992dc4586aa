//! The harness itself, on pages made up here: what it finds, what it tells, what it leaves behind.

use crate::chromium::Browser;
use crate::support::Registry;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The address of a page with this in its body, that may load and run nothing.
fn page(body: &str) -> String {
    let html = format!(
        "<!doctype html><html lang=zh><head><meta charset=utf-8><title>页</title>\
         <meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"></head>\
         <body><main><h1>页</h1>{body}</main></body></html>"
    );
    scripted(&html)
}

/// The address of this page.
fn scripted(html: &str) -> String {
    let escaped: String = html.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("data:text/html;charset=utf-8,{escaped}")
}

/// What a piece of a test panics with.
async fn panic_of(test: impl Future<Output = ()> + 'static) -> String {
    let local = tokio::task::LocalSet::new();
    let error = local.run_until(local.spawn_local(test)).await.expect_err("it panics");
    *error.into_panic().downcast::<String>().unwrap()
}

#[tokio::test]
async fn a_form_is_filled_in_by_its_labels_with_and_without_script() {
    let registry = Registry::start().await;
    let form = format!(
        "<form action='{}/healthz'><input type=hidden name=token value=t>\
         <label for=n>名称 <b>*</b></label><input id=n name=name value=old>\
         <input name=password type=password>\
         <label>阶段<select name=stage><option>储备<option value=b>在建</select></label>\
         <label for=d>入库日期</label><input id=d name=on type=date>\
         <label><input type=checkbox name=mine> 我的</label>\
         <p hidden><button>提交</button></p><button>提交</button></form>",
        registry.address()
    );
    for browser in [Browser::start(&registry).await, Browser::start_without_script(&registry).await]
    {
        browser.goto(&page(&form)).await;
        browser.see("名称 *").await;
        browser.see_no("不在").await;
        browser.fill("名称", "new").await;
        browser.fill("password", "secret").await;
        browser.fill("阶段", "在建").await;
        browser.fill("入库日期", "2018-01-10").await;
        browser.tick("我的").await;
        assert_eq!(browser.value("name").await, "new");
        browser.press("提交").await;
        browser.arrive("/healthz").await;
        let query = "token=t&name=new&password=secret&stage=b&on=2018-01-10&mine=on";
        assert_eq!(browser.path().await, format!("/healthz?{query}"));
        assert_eq!(browser.status().await, 200);
        browser.goto(&page(&format!("<a href='{}/readyz'>状态</a>", registry.address()))).await;
        browser.follow("状态").await;
        browser.arrive("/readyz").await;
    }
}

#[tokio::test]
async fn script_is_off_where_it_is_said_to_be() {
    let registry = Registry::start().await;
    let written = scripted("<p id=p>没有脚本</p><script>p.textContent = '有脚本'</script>");
    let on = Browser::start(&registry).await;
    on.goto(&written).await;
    on.see("有脚本").await;
    on.see_no("没有脚本").await;
    // The page of the API's documentation is written by its script.
    on.goto("/api/docs").await;
    on.see("/api/v1/projects").await;

    let off = Browser::start_without_script(&registry).await;
    off.goto(&written).await;
    off.see("没有脚本").await;
    off.goto("/api/docs").await;
    assert_eq!(off.status().await, 200);
    off.see_no("/api/v1/projects").await;
}

#[tokio::test]
async fn what_is_not_there_is_told_with_the_page_and_a_picture() {
    let registry = Registry::start().await;
    let said = panic_of(async move {
        let browser = Browser::start(&registry).await.with_limit(Duration::from_millis(200));
        browser.goto("/healthz").await;
        browser.press("登录").await;
    })
    .await;
    assert!(said.starts_with("no button „登录“ on /healthz within 200ms"), "{said}");
    let picture = said.split("see ").nth(1).unwrap().lines().next().unwrap();
    assert!(picture.ends_with("harness-what_is_not_there_is_told_with_the_page_and_a_picture.png"));
    assert!(size(Path::new(picture)).0 > 1000);
    std::fs::remove_file(picture).unwrap();
}

#[tokio::test]
async fn axe_tells_what_is_wrong_even_where_nothing_may_run() {
    let registry = Registry::start().await;
    let browser = Browser::start(&registry).await;
    browser.goto(&page("<label>名称<input name=name></label>")).await;
    browser.is_accessible().await;
    // Good practice alone is not asked for: headings need not go down one by one.
    browser.goto(&page("<h5>小标题</h5>")).await;
    browser.is_accessible().await;
    browser.goto(&page("<input name=name><p style='color:#aaa'>淡</p>")).await;
    let found = browser.axe().await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("label (critical): Form elements must have labels"), "{found:?}");
    assert!(found[0].ends_with("input <input name=\"name\">"), "{found:?}");
}

#[tokio::test]
async fn a_picture_shows_the_whole_page_at_the_asked_width() {
    let registry = Registry::start().await;
    let browser = Browser::start(&registry).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("1920/page.png");
    let tall = "<!doctype html><body style='margin:0;height:3000px'>";
    browser.resize(1920, 1080).await;
    browser.goto(&scripted(tall)).await;
    browser.picture(&file).await;
    assert_eq!(size(&file), (1920, 3000));
    browser.resize(1366, 768).await;
    browser.goto("/healthz").await;
    browser.picture(&file).await;
    assert_eq!(size(&file), (1366, 768));
}

#[tokio::test]
async fn a_test_that_panics_leaves_no_process_and_no_file() {
    let registry = Registry::start().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    let said = panic_of(async move {
        let browser = Browser::start(&registry).await;
        browser.goto("/healthz").await;
        assert!(!processes_of(browser.folder()).is_empty());
        tell.send(browser.folder().to_owned()).unwrap();
        panic!("{}", "as tests do");
    })
    .await;
    assert_eq!(said, "as tests do");
    let folder = told.await.unwrap();
    assert_eq!(processes_of(&folder), Vec::<String>::new());
    assert!(!folder.exists(), "{}", folder.display());
}

/// The command lines of running processes that name the folder.
fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.display().to_string();
    let entries = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    let lines = entries.filter_map(|path: PathBuf| std::fs::read(path.join("cmdline")).ok());
    lines
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(&folder))
        .collect()
}

/// Width and height of a PNG.
fn size(file: &Path) -> (u32, u32) {
    let bytes = std::fs::read(file).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}
