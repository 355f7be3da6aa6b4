//! Last words.
//!
//! A connection that is closed with bytes unread is reset, and what was said last on it is lost with it. So whoever
//! refuses a peer that still sends reads on for a while.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};
use tokio::io::ReadBuf;

/// How much a peer may send after the last word, in bytes, so that the word reaches it.
const LINGER_BYTES: usize = 256 * 1024;

/// Reads on until the peer has closed its side or sent too much, and forgets what comes. This takes as long as the peer
/// does.
pub(crate) async fn linger(
    mut read: impl FnMut(&mut Context<'_>, &mut ReadBuf<'_>) -> Poll<io::Result<()>>,
) -> io::Result<()> {
    // On the heap, so that it is no part of a connection that lives.
    let mut buffer = vec![0; 4096];
    let mut left = LINGER_BYTES;
    while left > 0 {
        let mut buffer = ReadBuf::new(&mut buffer);
        poll_fn(|context| read(context, &mut buffer)).await?;
        match buffer.filled().len() {
            0 => break,
            read => left = left.saturating_sub(read),
        }
    }
    Ok(())
}
