//! A socket from its handshake to its end.

use super::Application;
use super::driver::{Driver, Ending};
use super::handshake::Opening;
use super::introduction::Introduction;
use crate::server::{Limits, stopped};
use crate::wire::websocket::MAX_FRAME;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};

/// How long a peer may take to read why its socket was closed, and to close its side.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How much a peer may send after its socket was closed, in bytes, so that the last word reaches it.
const LINGER: usize = 256 * 1024;

/// The longest reason in a close frame, in bytes (RFC 6455, section 5.5).
const MAX_REASON: usize = 123;

/// What is read from the network at once, in bytes. An idle socket holds as much.
const READ_BUFFER: usize = 16 * 1024;

/// What is written to the network at once, in bytes. So much waits, and one frame, where it does not take them.
const WRITE_BUFFER: usize = 16 * 1024;

/// The connection below a socket.
pub(super) type Connection = WebSocketStream<TokioIo<Upgraded>>;

/// A socket whose handshake was accepted.
pub(crate) struct Socket {
    upgrade: OnUpgrade,
    pub(super) introduction: Introduction,
    /// The path that is before each stream's own.
    pub(super) base: Arc<str>,
    pub(super) application: Application,
    pub(super) limits: Limits,
}

impl Socket {
    pub(crate) fn new(
        opening: Opening,
        base: Arc<str>,
        application: Application,
        limits: Limits,
    ) -> Self {
        Socket {
            upgrade: opening.upgrade,
            introduction: opening.introduction,
            base,
            application,
            limits,
        }
    }

    /// Answers the calls on the socket until it ends. Once `stopping` is true it takes no new ones, and ends with the
    /// last. Dropping this drops the calls.
    pub(crate) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let upgraded = match (&mut self.upgrade).await {
            Ok(upgraded) => upgraded,
            Err(error) => {
                tracing::debug!(%error, "a handshake led to no socket");
                return;
            }
        };
        let io = TokioIo::new(upgraded);
        let mut connection =
            WebSocketStream::from_raw_socket(io, Role::Server, Some(config())).await;
        let ending = {
            let stopping = pin!(stopped(&mut stopping));
            let mut driver = Driver::new(self, &mut connection, stopping);
            poll_fn(|context| driver.poll(context)).await
            // With the driver go the calls that are left.
        };
        tracing::debug!(%ending, "a socket ended");
        if let Ending::Close { code, reason } = ending {
            let closing = close(&mut connection, code, &reason);
            let _ = tokio::time::timeout(LAST_WORDS, closing).await;
        }
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(Some(MAX_FRAME))
        .max_frame_size(Some(MAX_FRAME))
}

/// Says why the socket is closed, and waits until the peer has closed its side too.
async fn close(connection: &mut Connection, code: u16, reason: &str) {
    let mut shorter = (0..=MAX_REASON.min(reason.len())).rev();
    let reason = shorter.find_map(|length| reason.get(..length));
    let frame = CloseFrame {
        code: CloseCode::from(code),
        reason: reason.unwrap_or_default().into(),
    };
    if connection.send(Message::Close(Some(frame))).await.is_err() {
        return;
    }
    // What comes now is answered to nobody, until the peer has closed its side. After an error nothing is read as
    // frames any more.
    let mut both = false;
    while !both && let Some(Ok(message)) = connection.next().await {
        both = message.is_close();
    }
    let io = connection.get_mut();
    let shut = poll_fn(|context| Pin::new(&mut *io).poll_shutdown(context)).await;
    if shut.is_ok() && !both {
        linger(io).await;
    }
}

/// Reads on for a while and forgets what comes: a connection that is closed with bytes unread is reset, and the last word
/// with it.
async fn linger(io: &mut TokioIo<Upgraded>) {
    // On the heap, so that it is no part of a socket that lives.
    let mut buffer = vec![0; 4096];
    let mut left = LINGER;
    while left > 0 {
        let mut buffer = ReadBuf::new(&mut buffer);
        let read = poll_fn(|context| Pin::new(&mut *io).poll_read(context, &mut buffer)).await;
        match buffer.filled().len() {
            0 => break,
            length if read.is_ok() => left = left.saturating_sub(length),
            _ => break,
        }
    }
}
