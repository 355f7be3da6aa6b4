//! Calls over WebSockets: the server's side of [`wire::websocket`](crate::wire::websocket).
//!
//! A socket is opened by a handshake that says who calls (`handshake`, `origin`, `introduction`). From then on its task
//! (`socket`, `driver`) reads frames, makes a request of each stream (`request`, `stream`), lets the same application
//! answer it that answers HTTP (`call`), and sends the answers' pieces in turn (`outbox`). `clock` says when a socket must
//! go, and `ending` how it went. A server of Iris's own runs a socket in the place of the connection that it was; elsewhere `mounted` does.

mod call;
mod clock;
mod driver;
mod ending;
mod handshake;
mod introduction;
mod mounted;
mod origin;
mod outbox;
mod refusal;
mod request;
mod settings;
mod socket;
mod stream;

pub(crate) use handshake::{Opening, open};
pub(crate) use mounted::Mounted;
pub use mounted::WebSockets;
pub(crate) use origin::{Origins, Trust};
pub(crate) use settings::{Settings, Wanted};
pub(crate) use socket::Socket;
pub(crate) use stream::Inbox;

use crate::Body;
use crate::answering::Answering;
use std::sync::Arc;

/// Answers the request that a stream is: the application, with all that stands before it.
pub(crate) type Application = Arc<dyn Fn(http::Request<Body>) -> Answering + Send + Sync>;
