//! What a connection holds whose peer floods it and reads nothing.

use crate::measured::{Measured, row};
use crate::spoken::{PREFACE, frame};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

const KIB: usize = 1024;

const MANY: usize = 4;

/// So much is said of what needs no answer, and so never stops the server from reading.
const ENOUGH: usize = 4 * 1024 * KIB;

/// More than sockets hold of answers.
const MOST: usize = 64 * 1024 * KIB;

/// A server that has read nothing for so long does not read before its answers are read.
const STUCK: Duration = Duration::from_secs(1);

pub(crate) async fn measure() {
    let server = Measured::start().await;
    println!(
        "\n| a connection of HTTP/2 that reads nothing, and says without end | holds | bound |\n|---|---|---|"
    );
    for (what, piece, stops) in [
        ("PING", frame(6, 0, 0, &[7; 8]), true),
        ("SETTINGS", frame(4, 0, 0, b""), true),
        ("WINDOW_UPDATE by 1", frame(8, 0, 0, &[0, 0, 0, 1]), false),
        ("PRIORITY", frame(2, 0, 1, &[0, 0, 0, 0, 16]), false),
    ] {
        let before = server.held().await;
        let mut open = Vec::new();
        for _ in 0..MANY {
            let most = if stops { MOST } else { ENOUGH };
            let (socket, said) = flooded(&server, &piece, most).await;
            assert_eq!(said < most, stops, "{what}: {said} bytes were taken");
            open.push(socket);
        }
        let each = server.held().await.saturating_sub(before) / MANY;
        assert!(each > KIB, "{what}: it was closed");
        row(what, each, 256 * KIB);
        drop(open);
        let left = server.held().await.saturating_sub(before);
        assert!(left < 64 * KIB + each, "{what}: {left} bytes stay");
    }
}

/// A connection on which this was said until the server takes no more of it, or has taken the most.
async fn flooded(server: &Measured, piece: &[u8], most: usize) -> (std::net::TcpStream, usize) {
    let socket = TcpSocket::new_v4().unwrap();
    // So that little is on its way.
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    let mut socket: TcpStream = socket.connect(server.address()).await.unwrap();
    socket.write_all(PREFACE).await.unwrap();
    // Only whole frames.
    let flood = piece.repeat(64 * KIB / piece.len());
    let mut said = 0;
    while said < most {
        match timeout(STUCK, socket.write_all(&flood)).await {
            Ok(written) => written.unwrap(),
            Err(_) => break,
        }
        said += flood.len();
    }
    (socket.into_std().unwrap(), said)
}
