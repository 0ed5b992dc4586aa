//! A browser as a test uses it: by what stands on the page. Every verb waits until it can be done,
//! up to a limit; what cannot be done is told with the page, its text and a picture of it.

mod axe;
mod devtools;
mod driver;

use crate::support::Registry;
use driver::Driver;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a verb waits for what it needs.
const LIMIT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// A fresh browser at a registry. It and its driver end when dropped.
pub struct Browser {
    client: Client,
    address: String,
    limit: Duration,
    driver: Driver,
}

impl Browser {
    pub async fn start(registry: &Registry) -> Self {
        Self::start_at(registry.address(), true).await
    }

    /// One that runs no script of any page.
    pub async fn start_without_script(registry: &Registry) -> Self {
        Self::start_at(registry.address(), false).await
    }

    async fn start_at(address: &str, has_script: bool) -> Self {
        let driver = Driver::start().await;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(driver.capabilities(has_script))
            .connect(&driver.address())
            .await
            .expect("Chromium starts");
        let browser = Self { client, address: address.to_owned(), limit: LIMIT, driver };
        browser.hold_focus().await;
        browser
    }

    /// A shorter patience, for tests of what is not found.
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Where it keeps its files, as long as it lives.
    pub fn folder(&self) -> &Path {
        self.driver.folder()
    }

    /// What the verbs here do not do.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens a page of the registry by its path, or any other by its whole address.
    pub async fn goto(&self, path: &str) {
        let url =
            if path.starts_with('/') { format!("{}{path}", self.address) } else { path.to_owned() };
        self.client.goto(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Signs in, and waits until that has led away from the page.
    pub async fn sign_in(&self, name: &str, password: &str) {
        self.goto("/sign-in").await;
        self.fill("name", name).await;
        self.fill("password", password).await;
        let button = "//form[.//input[@name='password']]//*[@type='submit' or self::button]";
        self.click("button to sign in with", button).await;
        self.until(&format!("way in for {name}"), async || {
            Ok((self.client.current_url().await?.path() != "/sign-in").then_some(()))
        })
        .await;
    }

    /// Types into the field of this label or name, in place of what it holds; a select gets the
    /// option of this text, a date is set as `2018-01-10` or `2018-01`, a file is named by its path.
    pub async fn fill(&self, field: &str, value: &str) {
        let sought = format!("field „{field}“ that takes „{value}“");
        self.until(&sought, async || {
            let Some(element) = self.shown(&field_path(field)).await? else { return Ok(None) };
            match kind(&element).await?.as_str() {
                "select" => element.select_by_label(value).await?,
                "file" => element.send_keys(value).await?,
                // Keys would be read in the order of the browser's language.
                "date" | "month" => self.set(&element, value).await?,
                _ => {
                    element.clear().await?;
                    element.send_keys(value).await?;
                }
            }
            Ok(Some(()))
        })
        .await;
    }

    /// Clicks the checkbox or radio button of this label or name.
    pub async fn tick(&self, field: &str) {
        self.click(&format!("box „{field}“"), &field_path(field)).await;
    }

    /// What the field of this label or name holds.
    pub async fn value(&self, field: &str) -> String {
        self.until(&format!("field „{field}“"), async || {
            let Some(element) = self.shown(&field_path(field)).await? else { return Ok(None) };
            element.prop("value").await
        })
        .await
    }

    /// Presses the button of this text.
    pub async fn press(&self, button: &str) {
        let text = quoted(button);
        let path = format!(
            "//button[normalize-space()={text} or @aria-label={text}] \
             | //input[(@type='submit' or @type='button') and @value={text}] \
             | //summary[normalize-space()={text}]"
        );
        self.click(&format!("button „{button}“"), &path).await;
    }

    /// Follows the link of this text.
    pub async fn follow(&self, link: &str) {
        let text = quoted(link);
        let path = format!("//a[@href][normalize-space()={text} or @aria-label={text}]");
        self.click(&format!("link „{link}“"), &path).await;
    }

    /// Waits until the text is seen.
    pub async fn see(&self, text: &str) {
        self.until(&format!("text „{text}“"), async || {
            Ok(self.text().await?.contains(&spaced(text)).then_some(()))
        })
        .await;
    }

    /// Waits until the text is not seen.
    pub async fn see_no(&self, text: &str) {
        self.until(&format!("page without „{text}“"), async || {
            Ok((!self.text().await?.contains(&spaced(text))).then_some(()))
        })
        .await;
    }

    /// Waits until the page is the one at this path, whatever its parameters.
    pub async fn arrive(&self, path: &str) {
        self.until(&format!("way to {path}"), async || {
            Ok((self.client.current_url().await?.path() == path).then_some(()))
        })
        .await;
    }

    /// Where the browser is: path and parameters.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", url.path())
    }

    /// The status that the page was answered with.
    pub async fn status(&self) -> u64 {
        let script = "return performance.getEntriesByType('navigation')[0].responseStatus";
        self.execute(script).await.as_u64().unwrap()
    }

    /// Runs a script on the page, even on one that may run none of its own, and answers what it
    /// returns.
    pub async fn execute(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Takes a picture of the window into `target/browser/`, and answers where it is.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let file = folder().join(format!("{name}.png"));
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(&file, self.client.screenshot().await.unwrap()).unwrap();
        file
    }

    /// The element at the XPath that is there to be seen, the first if there are several.
    async fn shown(&self, xpath: &str) -> Result<Option<Element>, CmdError> {
        for element in self.client.find_all(Locator::XPath(xpath)).await? {
            if element.is_displayed().await? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Gives a field its value and tells the page's script, as a choice from a calendar would.
    async fn set(&self, field: &Element, value: &str) -> Result<(), CmdError> {
        let script = "const [field, value] = arguments; field.value = value; \
            for (const event of ['input', 'change']) \
                field.dispatchEvent(new Event(event, {bubbles: true}));";
        let arguments = vec![serde_json::to_value(field)?, value.into()];
        self.client.execute(script, arguments).await.map(|_| ())
    }

    async fn click(&self, sought: &str, xpath: &str) {
        self.until(sought, async || {
            let Some(element) = self.shown(xpath).await? else { return Ok(None) };
            // Out from under what stays at the edge of the window, as people scroll.
            let script = "arguments[0].scrollIntoView({block: 'center'})";
            self.client.execute(script, vec![serde_json::to_value(&element)?]).await?;
            element.click().await.map(Some)
        })
        .await;
    }

    /// What can be read on the page, with single spaces.
    async fn text(&self) -> Result<String, CmdError> {
        let body = self.client.find(Locator::Css("body")).await?;
        Ok(spaced(&body.text().await?))
    }

    /// Tries until it succeeds. An error may pass too: the page may be changing just now.
    async fn until<T>(
        &self,
        sought: &str,
        attempt: impl AsyncFn() -> Result<Option<T>, CmdError>,
    ) -> T {
        let start = Instant::now();
        loop {
            let error = match attempt().await {
                Ok(Some(done)) => return done,
                Ok(None) => String::new(),
                Err(error) => format!("\nThe browser says: {error}"),
            };
            if start.elapsed() >= self.limit {
                let picture = self.screenshot(&test_name()).await;
                let (path, text) = (self.path().await, self.text().await.unwrap_or_default());
                let (waited, picture) = (self.limit, picture.display());
                panic!("no {sought} on {path} within {waited:?}, see {picture}{error}\n{text}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// What kind of a field it is: the type of an input, or the name of its tag.
async fn kind(field: &Element) -> Result<String, CmdError> {
    let tag = field.tag_name().await?;
    if tag == "input" { Ok(field.prop("type").await?.unwrap_or(tag)) } else { Ok(tag) }
}

/// The XPath of a field: of its name, or of a label whose text, or one part of it, is this.
fn field_path(field: &str) -> String {
    let text = quoted(field);
    let label = format!("//label[normalize-space()={text} or text()[normalize-space()={text}]]");
    format!(
        "//*[self::input or self::select or self::textarea]\
         [@name={text} or @aria-label={text} or @id={label}/@for] \
         | {label}//*[self::input or self::select or self::textarea]"
    )
}

/// The text as XPath writes it, which knows no escapes.
fn quoted(text: &str) -> String {
    assert!(!text.contains('"'), "a text with quotation marks cannot be sought: {text}");
    format!("\"{text}\"")
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The running test, as a file is called.
fn test_name() -> String {
    std::thread::current().name().unwrap_or("test").replace("::", "-")
}

/// Where cargo builds, as the tests lie in `debug/deps` of it.
pub fn target() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.ancestors().nth(3).unwrap().to_owned()
}

/// Where pictures of failures lie.
fn folder() -> PathBuf {
    target().join("browser")
}
