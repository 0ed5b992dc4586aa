//! The process that drives Chromium, and how Chromium is started.

use serde_json::{Value, json};
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const START_WITHIN: Duration = Duration::from_secs(30);
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// What Chromium is started with. Root has no sandbox; nothing is asked of the world outside.
const SWITCHES: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--lang=zh-CN",
    "--window-size=1366,768",
];

/// A running chromedriver and the folder that it and its browsers write to. Both go when dropped.
pub struct Driver {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Driver {
    /// Starts one, on a port of its own choice.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("driver.log");
        let process = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(File::create(&log).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is there: apt-get install chromium-driver");
        let mut driver = Self { process, port: 0, folder };
        let start = Instant::now();
        while driver.port == 0 {
            let printed = std::fs::read_to_string(&log).unwrap();
            assert!(driver.process.try_wait().unwrap().is_none(), "it ended: {printed}");
            assert!(start.elapsed() < START_WITHIN, "it did not start: {printed}");
            tokio::time::sleep(Duration::from_millis(10)).await;
            let port = printed.split_once("successfully on port ").map(|(_, rest)| rest);
            driver.port = port.and_then(|port| port.split('.').next()?.parse().ok()).unwrap_or(0);
        }
        driver
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What a browser is asked to be: fresh, in Chinese, with or without the pages' script.
    pub fn capabilities(&self, has_script: bool) -> serde_json::Map<String, Value> {
        let profile = self.folder.path().join("profile");
        let mut switches: Vec<String> = SWITCHES.map(String::from).into();
        switches.push(format!("--user-data-dir={}", profile.display()));
        // 1 allows, 2 blocks.
        let setting = if has_script { 1 } else { 2 };
        let preferences = json!({
            "intl.accept_languages": "zh-CN,zh",
            "profile.managed_default_content_settings.javascript": setting,
        });
        let options = json!({"args": switches, "prefs": preferences});
        serde_json::Map::from_iter([("goog:chromeOptions".to_owned(), options)])
    }

    /// Has it end its browsers, which killing it would leave behind, and itself.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(STOP_WITHIN))?;
        stream
            .write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new()).map(|_| ())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let start = Instant::now();
        let _ = self.shut_down();
        while start.elapsed() < STOP_WITHIN && matches!(self.process.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
