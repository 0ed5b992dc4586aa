//! A connection to the server, kept alive, that asks one question after the other.

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, HOST, HeaderMap, HeaderName};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// A question.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: Method,
    /// Path and query, encoded.
    pub path: String,
    /// `Bearer …` of the caller; empty for none.
    pub caller: Arc<str>,
    /// A further header.
    pub header: Option<(HeaderName, String)>,
    pub body: Bytes,
    /// The status of the right answer.
    pub expects: u16,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// From before the question was sent until the whole answer was there.
    pub took: Duration,
}

/// A kept connection.
pub struct Connection {
    address: String,
    sender: SendRequest<Full<Bytes>>,
}

impl Ask {
    /// A question that changes nothing.
    pub fn get(caller: &Arc<str>, path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            caller: Arc::clone(caller),
            header: None,
            body: Bytes::new(),
            expects: 200,
        }
    }

    /// A change of a version, or a new thing without one.
    pub fn change(
        caller: &Arc<str>,
        method: Method,
        path: impl Into<String>,
        version: Option<i64>,
        body: &Value,
    ) -> Self {
        Self {
            method,
            header: version.map(|version| (hyper::header::IF_MATCH, format!("\"{version}\""))),
            body: body.to_string().into(),
            ..Self::get(caller, path)
        }
    }

    /// The same, expecting another status.
    pub fn expecting(self, status: u16) -> Self {
        Self { expects: status, ..self }
    }

    /// The same, with a header.
    pub fn with(self, name: HeaderName, value: impl Into<String>) -> Self {
        Self { header: Some((name, value.into())), ..self }
    }

    fn request(&self, host: &str) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder().method(self.method.clone()).uri(&self.path);
        request = request.header(HOST, host);
        if !self.caller.is_empty() {
            request = request.header(AUTHORIZATION, &*self.caller);
        }
        if let Some((name, value)) = &self.header {
            request = request.header(name, value);
        }
        let tells_its_type = self.header.as_ref().is_some_and(|(name, _)| name == CONTENT_TYPE);
        if !self.body.is_empty() && !tells_its_type {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        Ok(request.body(Full::new(self.body.clone()))?)
    }
}

impl Reply {
    /// The body as JSON; null when it is not.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The entity tag.
    pub fn etag(&self) -> Option<String> {
        Some(self.headers.get(ETAG)?.to_str().ok()?.to_owned())
    }
}

impl Connection {
    /// Connects to `HOST:PORT`.
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("no connection")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { address: address.to_owned(), sender })
    }

    /// Asks, whatever the status of the answer.
    pub async fn try_ask(&mut self, ask: &Ask) -> Result<Reply> {
        if self.sender.ready().await.is_err() {
            // A server may close what was used long enough.
            *self = Self::open(&self.address.clone()).await?;
        }
        let request = ask.request(&self.address)?;
        let start = Instant::now();
        let answer = self.sender.send_request(request).await.with_context(|| ask.path.clone())?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.with_context(|| ask.path.clone())?.to_bytes();
        let took = start.elapsed();
        Ok(Reply { status: head.status.as_u16(), headers: head.headers, body, took })
    }

    /// Asks; another status than the expected one is an error.
    pub async fn ask(&mut self, ask: &Ask) -> Result<Reply> {
        let reply = self.try_ask(ask).await?;
        if reply.status != ask.expects {
            let told: String = String::from_utf8_lossy(&reply.body).chars().take(300).collect();
            bail!("{} {} answered {}: {told}", ask.method, ask.path, reply.status);
        }
        Ok(reply)
    }

    /// Asks for JSON.
    pub async fn json(&mut self, caller: &Arc<str>, path: impl Into<String>) -> Result<Value> {
        Ok(self.ask(&Ask::get(caller, path)).await?.json())
    }
}

/// Text as it stands in a query.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b',' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}
