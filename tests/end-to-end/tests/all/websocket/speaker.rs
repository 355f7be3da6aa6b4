//! A client by hand, which does what it is told to.

use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, Request, Response};
use iris_core::wire::envelope::{END_STREAM, append_payload};
use iris_core::wire::websocket::{Frame, Reset, parse_response};
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A socket that was opened.
pub(crate) struct Speaker {
    pub(crate) socket: WebSocketStream<Box<dyn Io>>,
    /// What came for streams that nobody has asked for yet.
    streams: HashMap<u32, Answer>,
    /// Gives back what came.
    reads: bool,
}

/// What came on one stream.
#[derive(Debug, Default, Clone)]
pub(crate) struct Answer {
    pub(crate) status: Option<u16>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Of which WINDOW has not given back as much.
    unread: u32,
    /// What WINDOW gave.
    pub(crate) given: u32,
    pub(crate) ended: bool,
    pub(crate) reset: Option<Reset>,
}

/// What came next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    Frame(Frame),
    /// The server closed the socket, and says why.
    Closed(u16, String),
    /// The connection is gone.
    Gone,
}

/// A handshake, with these headers beside its own.
pub(crate) fn handshake(path: &str, headers: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::get(path)
        .header("host", "localhost")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("sec-websocket-protocol", "iris.v1");
    for (name, value) in headers {
        // Those that are there already are replaced.
        request.headers_mut().unwrap().insert(
            name.parse::<http::HeaderName>().unwrap(),
            value.parse().unwrap(),
        );
    }
    request.body(()).unwrap()
}

impl Speaker {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let opened = Speaker::open(address, "/-/websocket", &[]).await;
        opened.unwrap()
    }

    /// A socket, or the answer that refused it.
    pub(crate) async fn open(
        address: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, Response<String>> {
        let io = TcpStream::connect(address).await.unwrap();
        Speaker::over(io, path, headers).await
    }

    pub(crate) async fn over(
        io: impl Io + 'static,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, Response<String>> {
        let mut request = handshake(path, headers);
        *request.uri_mut() = format!("ws://localhost{path}").parse().unwrap();
        let io: Box<dyn Io> = Box::new(io);
        match client_async(request, io).await {
            Ok((socket, response)) => {
                assert_eq!(response.status(), 101);
                assert_eq!(response.headers()["sec-websocket-protocol"], "iris.v1");
                Ok(Speaker {
                    socket,
                    streams: HashMap::new(),
                    reads: true,
                })
            }
            Err(tungstenite::Error::Http(response)) => {
                let text = |body: Option<Vec<u8>>| String::from_utf8(body.unwrap_or_default());
                Err(response.map(|body| text(body).unwrap()))
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Gives nothing back of what comes.
    pub(crate) fn without_reading(mut self) -> Self {
        self.reads = false;
        self
    }

    /// A server that has had enough no longer listens; that is seen in what it says.
    pub(crate) async fn say(&mut self, frame: Frame) {
        self.say_bytes(frame.encode()).await;
    }

    pub(crate) async fn say_bytes(&mut self, message: Bytes) {
        let _ = self.socket.send(Message::Binary(message)).await;
    }

    /// Says many at once.
    pub(crate) async fn say_all(&mut self, frames: impl IntoIterator<Item = Frame>) {
        for frame in frames {
            if self
                .socket
                .feed(Message::Binary(frame.encode()))
                .await
                .is_err()
            {
                return;
            }
        }
        let _ = self.socket.flush().await;
    }

    pub(crate) async fn head(&mut self, stream: u32, path: &str, headers: &[(&str, &str)]) {
        self.say(head(stream, path, headers)).await;
    }

    pub(crate) async fn data(&mut self, stream: u32, data: impl Into<Bytes>) {
        let data = data.into();
        self.say(Frame::Data { stream, data }).await;
    }

    /// One message of a stream.
    pub(crate) async fn message(&mut self, stream: u32, json: &str) {
        self.data(stream, envelope(json)).await;
    }

    pub(crate) async fn end(&mut self, stream: u32) {
        self.say(Frame::End { stream }).await;
    }

    pub(crate) async fn reset(&mut self, stream: u32) {
        let reason = Reset::Cancelled;
        self.say(Frame::Reset { stream, reason }).await;
    }

    /// A whole request without streams.
    pub(crate) async fn begin(&mut self, stream: u32, path: &str, json: &str) {
        self.say_all(call(stream, path, json)).await;
    }

    /// A whole call without streams.
    pub(crate) async fn call(&mut self, stream: u32, path: &str, json: &str) -> Answer {
        self.begin(stream, path, json).await;
        self.answer(stream).await
    }

    /// What comes next, taken note of.
    pub(crate) async fn hear(&mut self) -> Heard {
        loop {
            let message = match self.socket.next().await {
                Some(Ok(message)) => message,
                _ => return Heard::Gone,
            };
            match message {
                Message::Binary(message) => {
                    let frame = Frame::decode(message).unwrap();
                    self.note(&frame).await;
                    return Heard::Frame(frame);
                }
                Message::Close(Some(close)) => {
                    return Heard::Closed(close.code.into(), close.reason.to_string());
                }
                // The server closes as it was asked to, or has no reason (RFC 6455, section 7.1.5).
                Message::Close(None) => return Heard::Closed(1005, String::new()),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn note(&mut self, frame: &Frame) {
        let answer = self.streams.entry(frame.stream()).or_default();
        match frame {
            Frame::Head { head, .. } => {
                assert_eq!(answer.status, None, "a second head");
                let head = parse_response(head).unwrap();
                answer.status = Some(head.status.as_u16());
                answer.headers = head.headers;
            }
            Frame::Data { stream, data } => {
                assert!(answer.status.is_some() && !answer.ended);
                answer.body.extend_from_slice(data);
                answer.unread += data.len() as u32;
                if self.reads && answer.unread > 100_000 {
                    let (stream, more) = (*stream, std::mem::take(&mut answer.unread));
                    self.say(Frame::Window { stream, more }).await;
                }
            }
            Frame::End { .. } => {
                assert!(answer.status.is_some() && !answer.ended);
                answer.ended = true;
            }
            Frame::Reset { reason, .. } => answer.reset = Some(*reason),
            Frame::Window { more, .. } => answer.given += more,
            Frame::Ping(_) | Frame::Pong(_) | Frame::GoAway { .. } | Frame::Unknown => {}
        }
    }

    /// Hears until this holds of what has come on a stream.
    pub(crate) async fn until(&mut self, stream: u32, holds: impl Fn(&Answer) -> bool) -> &Answer {
        loop {
            if self.streams.get(&stream).is_some_and(&holds) {
                return &self.streams[&stream];
            }
            let heard = self.hear().await;
            assert!(matches!(heard, Heard::Frame(_)), "{heard:?} before that");
        }
    }

    /// What WINDOW has given on a stream so far.
    pub(crate) fn given(&self, stream: u32) -> u32 {
        self.streams.get(&stream).map_or(0, |answer| answer.given)
    }

    /// All of an answer, up to its end or its reset.
    pub(crate) async fn answer(&mut self, stream: u32) -> Answer {
        self.until(stream, |answer| answer.ended || answer.reset.is_some())
            .await;
        self.streams.remove(&stream).unwrap()
    }

    /// Says PING and hears until it was answered: by then the server has read whatever was said before.
    pub(crate) async fn meet(&mut self) {
        self.say(Frame::Ping("meet".into())).await;
        loop {
            match self.hear().await {
                Heard::Frame(Frame::Pong(payload)) if payload == "meet" => return,
                Heard::Frame(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Hears until the server closes the socket, or it is gone.
    pub(crate) async fn closing(&mut self) -> Heard {
        loop {
            match self.hear().await {
                Heard::Frame(_) => {}
                other => return other,
            }
        }
    }

    /// How the server closes the socket.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        match self.closing().await {
            Heard::Closed(code, reason) => (code, reason),
            other => panic!("{other:?}"),
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The messages of a stream and what its end says, as far as they are there.
    pub(crate) fn messages(&self) -> (Vec<Value>, Option<Value>) {
        let (mut messages, mut end) = (Vec::new(), None);
        let mut rest = &self.body[..];
        while let Some((&[flags, a, b, c, d], body)) = rest.split_first_chunk::<5>() {
            let length = u32::from_be_bytes([a, b, c, d]) as usize;
            let Some((message, after)) = body.split_at_checked(length) else {
                break;
            };
            let message = serde_json::from_slice(message).unwrap();
            match flags {
                END_STREAM => end = Some(message),
                _ => messages.push(message),
            }
            rest = after;
        }
        (messages, end)
    }
}

pub(crate) fn head(stream: u32, path: &str, headers: &[(&str, &str)]) -> Frame {
    let lines = headers
        .iter()
        .map(|(name, value)| format!("\n{name}: {value}"));
    let head: String = std::iter::once(path.to_owned()).chain(lines).collect();
    let head = head.into();
    Frame::Head { stream, head }
}

/// The frames of a request without streams.
pub(crate) fn call(stream: u32, path: &str, json: &str) -> [Frame; 3] {
    let data = Bytes::copy_from_slice(json.as_bytes());
    [
        head(stream, path, &[("content-type", super::JSON)]),
        Frame::Data { stream, data },
        Frame::End { stream },
    ]
}

pub(crate) fn envelope(json: &str) -> Bytes {
    let mut buffer = BytesMut::new();
    append_payload(&mut buffer, 0, json.as_bytes()).unwrap();
    buffer.freeze()
}
