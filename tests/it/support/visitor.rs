//! Somebody who visits the pages: a browser without script, which keeps cookies and sends forms.

use super::registry::Registry;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use std::sync::Mutex;

/// The password of every visitor.
const PASSWORD: &str = "correct horse battery";

/// A visitor.
pub struct Visitor {
    client: Client,
    address: String,
    cookies: Mutex<Vec<(String, String)>>,
}

/// What a visitor is shown.
#[derive(Debug)]
pub struct Shown {
    pub status: u16,
    /// Where it leads on.
    pub location: Option<String>,
    pub text: String,
}

impl Visitor {
    /// Nobody in particular.
    pub fn new(registry: &Registry) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let address = registry.address().to_owned();
        Self { client, address, cookies: Mutex::default() }
    }

    /// A new account of a role and a scope, signed in.
    pub async fn of(registry: &Registry, name: &str, role: &str, scope: &str) -> Self {
        let add = ["account", "add", name, "--role", role, "--scope", scope, "--password-stdin"];
        let added = registry.run_with_input(&add, &format!("{PASSWORD}\n"));
        assert_eq!(added.code, 0, "{}", added.stderr);
        let visitor = Self::new(registry);
        let fields = [("name", name), ("password", PASSWORD)];
        visitor.post("/sign-in", &fields).await.expect(303);
        visitor
    }

    pub async fn get(&self, path: &str) -> Shown {
        self.send(self.client.get(format!("{}{path}", self.address))).await
    }

    /// Fields alone, without a token.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.send(self.client.post(format!("{}{path}", self.address)).form(fields)).await
    }

    /// A form of a page that was shown: its token and the version it was based on go along.
    pub async fn submit(&self, path: &str, shown: &Shown, fields: &[(&str, &str)]) -> Shown {
        let mut all = fields.to_vec();
        let (token, version) = (shown.field("token"), shown.field("version"));
        all.extend(token.as_deref().map(|token| ("token", token)));
        all.extend(version.as_deref().map(|version| ("version", version)));
        self.post(path, &all).await
    }

    /// A form of a page that was shown, with a file; its token goes before it.
    pub async fn upload(&self, path: &str, token: &str, file: Option<(&str, &[u8])>) -> Shown {
        let mut form = Form::new().text("token", token.to_owned());
        if let Some((name, bytes)) = file {
            form = form.part("file", Part::bytes(bytes.to_vec()).file_name(name.to_owned()));
        }
        self.send(self.client.post(format!("{}{path}", self.address)).multipart(form)).await
    }

    async fn send(&self, request: RequestBuilder) -> Shown {
        let cookies = self.cookies.lock().unwrap().clone();
        let held: Vec<String> =
            cookies.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header(COOKIE, held.join("; ")).send().await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            cookies.retain(|(held, _)| held != name);
            cookies.push((name.to_owned(), value.to_owned()));
        }
        let location = response.headers().get(LOCATION);
        Shown {
            status: response.status().as_u16(),
            location: location.map(|location| location.to_str().unwrap().to_owned()),
            text: response.text().await.unwrap(),
        }
    }
}

impl Shown {
    /// What is shown, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// What leads on to a place.
    #[track_caller]
    pub fn leads_to(self, path: &str) -> Self {
        assert_eq!(self.location.as_deref(), Some(path), "{} {}", self.status, self.text);
        self
    }

    pub fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// All of the texts must be shown.
    #[track_caller]
    pub fn shows(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.has(text), "{text} is not shown: {}", self.text);
        }
    }

    /// None of the texts may be shown.
    #[track_caller]
    pub fn hides(&self, texts: &[&str]) {
        for text in texts {
            assert!(!self.has(text), "{text} is shown: {}", self.text);
        }
    }

    /// The value of the first field of a name.
    pub fn field(&self, name: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"').next().map(str::to_owned)
    }
}
