//! Who calls: HTTP/1.1 on a connection of its own, one request after the other.

use crate::Outcome;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What is asked, again and again.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) address: SocketAddr,
    pub(crate) path: String,
    /// What is sent with POST; GET where nothing is.
    pub(crate) body: Option<Bytes>,
    /// What the answer has in it.
    pub(crate) expected: String,
}

/// A connection.
pub(crate) struct Caller {
    sender: SendRequest<Full<Bytes>>,
}

impl Caller {
    pub(crate) async fn connect(address: SocketAddr) -> Outcome<Caller> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
        tokio::spawn(connection);
        Ok(Caller { sender })
    }

    /// Calls once. Every answer is looked at.
    pub(crate) async fn call(&mut self, call: &Call) -> Outcome {
        self.sender.ready().await?;
        let request = match &call.body {
            Some(_) => Request::post(&call.path),
            None => Request::get(&call.path),
        };
        let request = request.header(http::header::HOST, call.address.to_string());
        let request = request.body(Full::new(call.body.clone().unwrap_or_default()))?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        let text = answer.into_body().collect().await?.to_bytes();
        let text = String::from_utf8_lossy(&text);
        match status == StatusCode::OK && text.contains(&call.expected) {
            true => Ok(()),
            false => Err(format!("{}: {status}: {text}", call.path).into()),
        }
    }
}

/// Calls from so many sides for a while; gives how long each took.
pub(crate) async fn load(call: &Call, sides: usize, time: Duration) -> Outcome<Vec<Duration>> {
    let mut calling = JoinSet::new();
    let mut connected = Vec::new();
    for _ in 0..sides {
        connected.push(Caller::connect(call.address).await?);
    }
    let end = Instant::now() + time;
    for mut caller in connected {
        let call = call.clone();
        calling.spawn(async move {
            let mut took = Vec::new();
            while Instant::now() < end {
                let begun = Instant::now();
                caller.call(&call).await?;
                took.push(begun.elapsed());
            }
            Outcome::Ok(took)
        });
    }
    let mut all = Vec::new();
    while let Some(took) = calling.join_next().await {
        all.extend(took??);
    }
    Ok(all)
}
