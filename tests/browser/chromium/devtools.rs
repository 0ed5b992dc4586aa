//! What only Chromium's own protocol can do: a page's area of a given size, a picture of all of it.

use super::Browser;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use std::path::Path;

/// A method of the protocol with its parameters, sent through chromedriver.
#[derive(Debug)]
struct Command {
    method: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({"cmd": self.method, "params": self.parameters});
        (Method::POST, Some(body.to_string()))
    }
}

impl Browser {
    /// Has every page behave as though its window had the focus, which of the windows of several
    /// browsers only one has.
    pub(super) async fn hold_focus(&self) {
        self.devtools("Emulation.setFocusEmulationEnabled", json!({"enabled": true})).await;
    }

    /// Gives pages an area of this size, without what the window and scroll bars take for themselves.
    pub async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.devtools("Emulation.setScrollbarsHidden", json!({"hidden": true})).await;
    }

    /// Takes a picture of the page in its full height.
    pub async fn picture(&self, file: &Path) {
        let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await;
        let (area, page) = (&metrics["cssLayoutViewport"], &metrics["cssContentSize"]);
        let clip = json!({
            "x": 0, "y": 0, "width": area["clientWidth"], "height": page["height"], "scale": 1,
        });
        let asked = json!({"captureBeyondViewport": true, "clip": clip});
        let taken = self.devtools("Page.captureScreenshot", asked).await;
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, STANDARD.decode(taken["data"].as_str().unwrap()).unwrap()).unwrap();
    }

    async fn devtools(&self, method: &'static str, parameters: Value) -> Value {
        self.client.issue_cmd(Command { method, parameters }).await.unwrap()
    }
}
