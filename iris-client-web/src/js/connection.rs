//! A client that JavaScript holds.

use super::encoded::Encoded;
use super::error;
use super::going::Going;
#[cfg(feature = "js-sockets")]
use super::requests;
#[cfg(feature = "js-sockets")]
use iris_client::Streams;
use iris_client::{Client, Credentials, Method};
#[cfg(not(feature = "js-sockets"))]
use iris_client::{IrisError, Status};
#[cfg(feature = "js-sockets")]
use js_sys::Function;
use std::time::Duration;
use wasm_bindgen::prelude::*;

/// Calls one server.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Connection(Client);

/// What every kind of call is given beside its messages: headers, and what is left of its time.
macro_rules! with_options {
    ($call:expr, $headers:expr, $milliseconds:expr) => {{
        let mut call = $call;
        for pair in $headers.chunks_exact(2) {
            call = call.metadata(&pair[0], &pair[1]);
        }
        match allowed($milliseconds) {
            Some(deadline) => call.deadline(deadline),
            None => call,
        }
    }};
}

#[wasm_bindgen]
impl Connection {
    /// A client of the server at this URL; nothing is connected yet. `credentials` and `streams` are the words of
    /// `IrisClientOptions`, `limit` the most bytes that a received message may have.
    ///
    /// # Errors
    ///
    /// What an `IrisError` is made of, where the URL cannot be used.
    #[wasm_bindgen(constructor)]
    pub fn new(
        url: &str,
        credentials: Option<String>,
        streams: &str,
        limit: f64,
    ) -> Result<Connection, JsValue> {
        let credentials = match credentials.as_deref() {
            Some("include") => Credentials::Include,
            Some("omit") => Credentials::Omit,
            _ => Credentials::SameOrigin,
        };
        // What is beyond the range is at its end.
        let builder = Client::builder(url)
            .credentials(credentials)
            .max_message_size(limit as usize);
        #[cfg(feature = "js-sockets")]
        let builder = builder.streams(match streams {
            "fetch" => Streams::Fetch,
            "websocket" => Streams::WebSocket,
            _ => Streams::Auto,
        });
        #[cfg(not(feature = "js-sockets"))]
        if streams == "websocket" {
            let text = "this package has no WebSockets, since no procedure needs them";
            let error = IrisError::communication(Status::Unimplemented, text);
            return Err(error::parts(&error));
        }
        let client = builder.build();
        client.map(Connection).map_err(|error| error::parts(&error))
    }

    /// Begins a call of one message for one. `headers` are names and values in turn, `milliseconds` what is left of its
    /// time.
    pub fn unary(
        &self,
        message: Vec<u8>,
        repeatable: bool,
        path: String,
        headers: Vec<String>,
        milliseconds: f64,
    ) -> Going {
        let mut method = Method::dynamic(path);
        if repeatable {
            method = method.idempotent();
        }
        let call = self.0.unary(method, Encoded(message.into()));
        Going::asking(with_options!(call, headers, milliseconds))
    }

    /// The same, of one message for many.
    pub fn stream(
        &self,
        message: Vec<u8>,
        repeatable: bool,
        path: String,
        headers: Vec<String>,
        milliseconds: f64,
    ) -> Going {
        let mut method = Method::dynamic(path);
        if repeatable {
            method = method.idempotent();
        }
        let call = self.0.server_streaming(method, Encoded(message.into()));
        Going::opening(with_options!(call, headers, milliseconds))
    }

    /// The same, of many messages: `next` gives a promise of the next one, or of `undefined` after the last.
    #[cfg(feature = "js-sockets")]
    pub fn upload(
        &self,
        next: Function,
        path: String,
        headers: Vec<String>,
        milliseconds: f64,
    ) -> Going {
        let requests = requests::given_by(next);
        let call = self.0.bidirectional(Method::dynamic(path), requests);
        Going::opening(with_options!(call, headers, milliseconds))
    }
}

/// A time in milliseconds; `None` where it is without end.
fn allowed(milliseconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(milliseconds.max(0.0) / 1000.0).ok()
}
