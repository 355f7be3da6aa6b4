//! Calls over a WebSocket, subprotocol [`SUBPROTOCOL`]: many streams on one socket, each of which is what an HTTP
//! request and its answer are elsewhere (`docs/websocket.md`).
//!
//! What both ends write and read is here, and what they count; the sockets themselves are not.

mod frame;
mod head;
mod reset;
mod window;

pub use frame::{Frame, FrameError, MAX_DATA, MAX_FRAME, MAX_PING};
pub use head::{
    HeadError, MAX_HEAD, RequestHead, ResponseHead, parse_request, parse_response, write_request,
    write_response,
};
pub use reset::Reset;
pub use window::{FlowControlBroken, MAX_WINDOW, ReceiveWindow, SendWindow, WINDOW};

/// The subprotocol that clients offer and the server selects (`sec-websocket-protocol`, RFC 6455 section 1.9).
pub const SUBPROTOCOL: &str = "iris.v1";

/// The path of the socket, below the base URL.
pub const PATH: &str = "/-/websocket";

/// Close codes (RFC 6455, section 7.4.1).
pub mod close {
    /// All that was to be said was said.
    pub const NORMAL: u16 = 1000;
    /// The server stops, or the socket has lived for its time.
    pub const GOING_AWAY: u16 = 1001;
    /// The other side broke the protocol.
    pub const PROTOCOL_ERROR: u16 = 1002;
    /// The other side does what it may not.
    pub const POLICY: u16 = 1008;
    /// A message is longer than any frame.
    pub const TOO_LONG: u16 = 1009;
}
