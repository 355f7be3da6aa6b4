//! A server in HTTP/2, frame by frame.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The types of frames (RFC 9113, 6).
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;

/// The flags of frames: an answer to SETTINGS or PING, a head, or a head without body.
pub(crate) const ACK: u8 = 1;
pub(crate) const HEAD: u8 = 4;
pub(crate) const HEAD_ALONE: u8 = 5;

/// The other end of a connection, frame by frame.
pub(crate) struct Peer(TcpStream);

impl Peer {
    pub(crate) async fn accept(mut socket: TcpStream) -> Peer {
        socket.read_exact(&mut [0; 24]).await.unwrap();
        let mut peer = Peer(socket);
        peer.send(SETTINGS, 0, 0, b"").await;
        peer
    }

    pub(crate) async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.0.write_all(&frame).await.unwrap();
    }

    /// The next frame's type and stream, with SETTINGS answered; PINGs are where it says so. `None` at the end.
    pub(crate) async fn next(&mut self, answer_pings: bool) -> Option<(u8, u32)> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        self.0.read_exact(&mut payload).await.ok()?;
        let (kind, flags) = (head[3], head[4]);
        match kind {
            SETTINGS if flags & ACK == 0 => self.send(SETTINGS, ACK, 0, b"").await,
            PING if flags & ACK == 0 && answer_pings => self.send(PING, ACK, 0, &payload).await,
            _ => {}
        }
        Some((
            kind,
            u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
        ))
    }

    /// Answers a unary call with an empty message.
    pub(crate) async fn answer(&mut self, stream: u32) {
        self.head(HEAD_ALONE, stream, b"application/proto").await;
    }

    pub(crate) async fn head(&mut self, flags: u8, stream: u32, content_type: &[u8]) {
        // HPACK: `:status: 200`, then `content-type` by its index, with a value in plain.
        let mut head = b"\x88\x0f\x10".to_vec();
        head.push(content_type.len() as u8);
        head.extend(content_type);
        self.send(HEADERS, flags, stream, &head).await;
    }

    /// The stream of the next call; `None` at the end.
    pub(crate) async fn call(&mut self) -> Option<u32> {
        loop {
            if let (HEADERS, stream) = self.next(true).await? {
                return Some(stream);
            }
        }
    }

    pub(crate) async fn reset(&mut self, stream: u32, reason: u32) {
        self.send(RST_STREAM, 0, stream, &reason.to_be_bytes())
            .await;
    }

    /// Takes no more calls, and none after `last`.
    pub(crate) async fn go_away(&mut self, last: u32, reason: u32) {
        let payload = [last.to_be_bytes(), reason.to_be_bytes()].concat();
        self.send(GOAWAY, 0, 0, &payload).await;
    }
}
