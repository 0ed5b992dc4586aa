//! The constant: a server that answers the same bytes to whatever it is asked, the ceiling of what
//! the machine and the load generator allow.

use crate::client::Ask;
use crate::load::{self, CONNECTIONS};
use crate::measure::Timing;
use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves until its standard input closes, which it does however the benchmark ends. The size of
/// the body is the first line of the input; the address is the first line of the output.
pub async fn serve() -> Result<()> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let body = Bytes::from(vec![b'x'; line.trim().parse()?]);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        std::process::exit(0);
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        tokio::spawn(async move {
            let answer = service_fn(move |_: Request<Incoming>| {
                let mut response = Response::new(Full::new(body.clone()));
                let json = hyper::header::HeaderValue::from_static("application/json");
                response.headers_mut().insert(CONTENT_TYPE, json);
                async move { Ok::<_, Infallible>(response) }
            });
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

/// A running constant.
pub struct Constant {
    child: Child,
    address: String,
}

impl Constant {
    /// Starts it with a body of so many bytes.
    pub fn start(body_bytes: u64) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--constant").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let input = child.stdin.as_mut().context("the constant has no input")?;
        writeln!(input, "{body_bytes}")?;
        let mut address = String::new();
        let output = child.stdout.take().context("the constant has no output")?;
        BufReader::new(output).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().to_owned() })
    }

    /// Answers a second under the ordinary load.
    pub async fn measure(&self, timing: Timing, caller: &Arc<str>) -> Result<f64> {
        let ask = Ask::get(caller, "/api/v1/projects");
        let load = load::closed(&self.address, CONNECTIONS, timing, Arc::new(move |_| ask.clone()));
        Ok(load.await?.per_second)
    }
}

impl Drop for Constant {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
