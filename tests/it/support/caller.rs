//! Somebody who calls the API.

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

/// A caller with a token, or without.
#[derive(Clone)]
pub struct Caller {
    client: Client,
    address: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

/// Paths outside of the API's own.
const OPERATION: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

impl Caller {
    pub fn new(address: &str, token: Option<String>) -> Self {
        Self { client: Client::new(), address: address.to_owned(), token }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// A change based on a version.
    pub async fn change(&self, method: Method, path: &str, version: i64, body: Value) -> Answer {
        let request = self.request(method, path).header("If-Match", format!("\"{version}\""));
        self.send(request.json(&body)).await
    }

    /// A request with this caller's token, for what the other verbs do not do.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = if path.starts_with("/api") || OPERATION.contains(&path) {
            path.to_owned()
        } else {
            format!("/api/v1{path}")
        };
        let request = self.client.request(method, format!("{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, headers, body }
    }
}

impl Answer {
    /// The answer, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The number of the project in the body.
    pub fn id(&self) -> i64 {
        self.body["id"].as_i64().unwrap()
    }

    /// The version of the project in the body.
    pub fn version(&self) -> i64 {
        self.body["version"].as_i64().unwrap()
    }

    /// The pointers of a problem's errors.
    pub fn pointers(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().unwrap();
        errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect()
    }
}
