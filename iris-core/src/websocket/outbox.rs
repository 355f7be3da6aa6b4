//! What waits to be sent on a socket.
//!
//! Frames about frames (RESET, WINDOW, PONG, GOAWAY) go first; there are few, since a socket that has many of them
//! waiting reads no more. (Answers to pings of RFC 6455 are not here but in the buffer below; the driver counts them, and
//! as many stop it from reading.) Pieces of answers wait in a queue of little room, in which each call gets its turn: a caller
//! who does not read holds its procedures back, and the memory of a socket does not grow.

use crate::wire::websocket::Frame;
use bytes::Bytes;
use tokio::sync::mpsc;

/// How many pieces of answers may wait.
const ROOM: usize = 8;

/// What of an answer leaves at once.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) stream: u32,
    /// The head, where the answer begins.
    pub(super) head: Option<Bytes>,
    /// At most what one frame holds, and what the stream's window allows.
    pub(super) data: Bytes,
    /// The answer ends.
    pub(super) last: bool,
}

impl Piece {
    /// Its frames, in their order.
    pub(super) fn frames(self) -> impl Iterator<Item = Frame> {
        let stream = self.stream;
        let head = self.head.map(|head| Frame::Head { stream, head });
        let data = self.data;
        let data = (!data.is_empty()).then_some(Frame::Data { stream, data });
        let end = self.last.then_some(Frame::End { stream });
        head.into_iter().chain(data).chain(end)
    }
}

/// Where calls leave the pieces of their answers, in turn.
pub(super) type Pieces = mpsc::Sender<Piece>;

/// Where frames about frames are left. Its receiver counts them.
pub(super) type Notices = mpsc::UnboundedSender<Frame>;

/// The other end: what the socket takes from.
pub(super) struct Outbox {
    pub(super) pieces: mpsc::Receiver<Piece>,
    pub(super) notices: mpsc::UnboundedReceiver<Frame>,
}

/// An empty outbox and its entrances.
pub(super) fn outbox() -> (Outbox, Pieces, Notices) {
    let (for_pieces, pieces) = mpsc::channel(ROOM);
    #[expect(
        clippy::disallowed_methods,
        reason = "a socket that has many notices waiting reads no more"
    )]
    let (for_notices, notices) = mpsc::unbounded_channel();
    (Outbox { pieces, notices }, for_pieces, for_notices)
}
