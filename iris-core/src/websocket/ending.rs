//! How sockets end, and what is said of it.

use crate::wire::websocket::close;
use std::fmt;
use tokio_tungstenite::tungstenite::{
    self,
    error::{CapacityError, ProtocolError},
};

/// How a socket ends.
#[derive(Debug)]
pub(super) enum Ending {
    /// By this side, which says why.
    Close { code: u16, reason: String },
    /// By the peer.
    Closed,
    /// The connection broke off, or the peer has vanished.
    Lost(String),
}

impl Ending {
    /// The peer does what this protocol or RFC 6455 forbids.
    pub(super) fn broken(why: impl Into<String>) -> Self {
        Ending::Close {
            code: close::PROTOCOL_ERROR,
            reason: why.into(),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Close { code, reason } => write!(formatter, "closed with {code}: {reason}"),
            Ending::Closed => formatter.write_str("closed by the peer"),
            Ending::Lost(why) => write!(formatter, "lost: {why}"),
        }
    }
}

/// How a socket ends whose connection fails.
impl From<tungstenite::Error> for Ending {
    fn from(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => {
                Ending::Closed
            }
            tungstenite::Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
                Ending::Close {
                    code: close::TOO_LONG,
                    reason: format!(
                        "a message of {size} bytes is no frame, which has {max_size} at most"
                    ),
                }
            }
            tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                Ending::Lost("the connection broke off".to_owned())
            }
            tungstenite::Error::Protocol(error) => Ending::broken(error.to_string()),
            tungstenite::Error::Utf8(_) => Ending::broken("text that is no UTF-8"),
            // The driver stops reading, and writing, before that; so whatever fills it, it is not kept.
            tungstenite::Error::WriteBufferFull(_) => {
                Ending::Lost("more waits to be sent than may".to_owned())
            }
            error => Ending::Lost(error.to_string()),
        }
    }
}
