//! The pages by keyboard alone: everything that can be operated is reached by the key Tab, where it is
//! reached is seen, and a day's work is done without a pointer.

use crate::chromium::Browser;
use crate::people;
use crate::shots::visit;
use crate::support::Registry;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::json;
use std::time::Duration;

/// What can be operated and is shown. Of radio buttons of one name one is reached, and the arrows lead
/// on from there.
const OPERABLE: &str = "
    const operable = () => [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]'
    )].filter(el => !el.disabled && el.tabIndex >= 0 && el.checkVisibility({visibilityProperty: true}));";

/// Takes down what is reached, and what shows no sign of it.
const LISTEN: &str = "
    window.reached = new Set(); window.unmarked = [];
    document.addEventListener('focusin', ({target}) => window.reached.add(target));
    // When the key is let go, the focus has arrived and the browser knows that a key moved it.
    document.addEventListener('keyup', () => {
        const target = document.activeElement;
        if (!target || target === document.body) return;
        const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(target);
        const isMarked = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
        if (!isMarked) window.unmarked.push(target.outerHTML.slice(0, 160));
    });
    return operable().length;";

/// What was not reached, and what showed no sign of being reached.
const TELL: &str = "
    const ofGroup = el => el.type === 'radio'
        ? [...document.getElementsByName(el.name)].filter(other => other.form === el.form) : [el];
    const missed = operable().filter(el => !ofGroup(el).some(one => window.reached.has(one)));
    return {missed: missed.map(el => el.outerHTML.slice(0, 160)), unmarked: window.unmarked};";

/// What people read for the element that has the focus.
const FOCUSED: &str = "
    const el = document.activeElement;
    const labels = el.labels ? [...el.labels].map(label => label.textContent) : [];
    // Of what holds other things, such as a list that scrolls, the words are not its own.
    const own = el.matches('a, button, summary') ? el.textContent : '';
    const words = [el.getAttribute('aria-label'), ...labels, own];
    return words.filter(Boolean).join(' ').replace(/\\s+/g, '');";

/// A keyboard at a browser.
struct Keyboard<'b>(&'b Browser);

impl Keyboard<'_> {
    async fn hit(&self, keys: impl IntoIterator<Item = char>) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.0.client().perform_actions(actions).await.unwrap();
    }

    /// Goes on by Tab until the focus is on what people read this for.
    async fn go_to(&self, words: &str) {
        for _ in 0..400 {
            self.hit([Key::Tab.into()]).await;
            let focused = self.0.execute(FOCUSED).await;
            if focused.as_str().is_some_and(|focused| focused.contains(words)) {
                return;
            }
        }
        panic!("the key Tab does not lead to {words} on {}", self.0.path().await);
    }

    /// Waits until the focus is where a page puts it by itself, which may be after it has loaded.
    async fn is_at(&self, words: &str) {
        for _ in 0..100 {
            let focused = self.0.execute(FOCUSED).await;
            if focused.as_str().is_some_and(|focused| focused.contains(words)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} does not put the focus on {words}", self.0.path().await);
    }

    async fn write(&self, field: &str, text: &str) {
        self.go_to(field).await;
        self.hit(text.chars()).await;
    }

    /// Chooses an option by the arrows.
    async fn choose(&self, field: &str, option: &str) {
        self.go_to(field).await;
        for _ in 0..100 {
            let script = "return document.activeElement.selectedOptions[0].textContent.trim();";
            if self.0.execute(script).await == json!(option) {
                return;
            }
            self.hit([Key::Down.into()]).await;
        }
        panic!("the arrows do not lead to {option}");
    }

    async fn enter(&self, words: &str) {
        self.go_to(words).await;
        self.hit([Key::Enter.into()]).await;
    }
}

#[tokio::test]
async fn everything_is_reached_and_seen_to_be_reached() {
    let mut found = Vec::new();
    visit(async |browser, name, language| {
        if language != "zh" {
            return;
        }
        let count = browser.execute(&format!("{OPERABLE}{LISTEN}")).await.as_u64().unwrap();
        assert!(count > 0, "{name}");
        // A field for a day has a stop for each of its parts.
        let keys = usize::try_from(count).unwrap() * 2 + 40;
        Keyboard(browser).hit(std::iter::repeat_n(Key::Tab.into(), keys)).await;
        let told = browser.execute(&format!("{OPERABLE}{TELL}")).await;
        for what in ["missed", "unmarked"] {
            let all = told[what].as_array().unwrap();
            found.extend(all.iter().map(|element| format!("{name}: {what}: {element}")));
        }
    })
    .await;
    found.dedup();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn a_project_is_registered_and_submitted_without_a_pointer() {
    let registry = Registry::start().await;
    let browser = Browser::start(&registry).await;
    let password = people::password(&registry, "registrar");
    let keys = Keyboard(&browser);
    browser.goto("/sign-in").await;
    keys.is_at("账号").await;
    keys.hit("registrar".chars()).await;
    keys.write("密码", &password).await;
    keys.hit([Key::Enter.into()]).await;
    browser.arrive("/").await;
    keys.enter("登记项目").await;
    browser.arrive("/projects/new").await;
    keys.write("项目名称", "城东第二水厂扩建工程").await;
    keys.choose("任务领域", "城乡基础设施").await;
    keys.choose("所在地区", "凌河区").await;
    keys.go_to("市住建委").await;
    keys.hit([' ']).await;
    keys.write("项目单位", "市水务集团").await;
    keys.write("建设内容及规模", "扩建净水厂，日处理能力10万吨").await;
    keys.write("总投资", "38,500").await;
    keys.write("计划起止时间", "2018.03-2019.12").await;
    keys.enter("保存并提交审核").await;
    browser.see("已提交，等待审核。").await;
    browser.see("38,500").await;
}
