//! Callers that speak HTTP where TLS is spoken.

use crate::server::socket::Socket;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ANSWER: &str = "HTTP/1.1 400 Bad Request\r\n\
    content-type: text/plain; charset=utf-8\r\n\
    content-length: 53\r\n\
    connection: close\r\n\
    \r\n\
    This port speaks TLS: the URL begins with `https://`\n";

/// How much of a request is read before the connection is closed. With bytes left unread the
/// system resets it, and the answer may be lost on the way.
const REQUEST: u64 = 64 * 1024;

/// Answers in plain HTTP/1.1, which people can read. What is told here is for the log.
pub(super) async fn refuse(mut socket: Socket) -> io::Error {
    let answered = async {
        socket.write_all(ANSWER.as_bytes()).await?;
        socket.shutdown().await?;
        tokio::io::copy(&mut (&mut socket).take(REQUEST), &mut tokio::io::sink()).await
    };
    match answered.await {
        Err(error) => error,
        Ok(_) => io::Error::new(
            io::ErrorKind::InvalidData,
            "it does not begin with a TLS handshake",
        ),
    }
}
