//! Connections that have gone over to another protocol: bytes both ways, until there are no more.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, copy, split};
use tokio::time::timeout;

/// How long a caller may say nothing once the app has closed its end. The app counts as busy until he has closed his, and who is
/// gone without a word never does.
const LINGER: Duration = Duration::from_secs(5);

/// Hands on what comes from either end. One that says no more may still be told something: a caller by the app for as long as
/// that likes, the app for as long as he goes on.
///
/// # Errors
///
/// Where either end breaks off.
pub(super) async fn join<A, B>(caller: A, app: B) -> io::Result<()>
where
    A: AsyncRead + AsyncWrite,
    B: AsyncRead + AsyncWrite,
{
    let taken = AtomicU64::new(0);
    let (from_caller, mut to_caller) = split(caller);
    let mut from_caller = Counted {
        reader: from_caller,
        taken: &taken,
    };
    let (mut from_app, mut to_app) = split(app);
    let up = async {
        copy(&mut from_caller, &mut to_app).await?;
        to_app.shutdown().await
    };
    let down = async {
        copy(&mut from_app, &mut to_caller).await?;
        to_caller.shutdown().await
    };
    let (mut up, mut down) = (std::pin::pin!(up), std::pin::pin!(down));
    tokio::select! {
        ended = &mut up => {
            ended?;
            down.await
        }
        ended = &mut down => {
            ended?;
            loop {
                let before = taken.load(Ordering::Relaxed);
                match timeout(LINGER, &mut up).await {
                    Ok(ended) => return ended,
                    Err(_) if taken.load(Ordering::Relaxed) == before => return Ok(()),
                    Err(_) => {}
                }
            }
        }
    }
}

/// A reader that counts what it has read.
struct Counted<'a, R> {
    reader: R,
    taken: &'a AtomicU64,
}

impl<R: AsyncRead + Unpin> AsyncRead for Counted<'_, R> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.reader).poll_read(context, buffer);
        let more = buffer.filled().len() - before;
        this.taken.fetch_add(more as u64, Ordering::Relaxed);
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, DuplexStream, duplex};
    use tokio::task::JoinHandle;

    fn joined() -> (DuplexStream, DuplexStream, JoinHandle<io::Result<()>>) {
        let (caller, callers) = duplex(64);
        let (app, apps) = duplex(64);
        (caller, app, tokio::spawn(join(callers, apps)))
    }

    async fn hears(end: &mut DuplexStream, text: &str) {
        let mut heard = vec![0; text.len()];
        end.read_exact(&mut heard).await.unwrap();
        assert_eq!(heard, text.as_bytes());
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_says_no_more_is_told_all_however_long_it_takes() {
        let (mut caller, mut app, joined) = joined();
        caller.write_all(b"all").await.unwrap();
        caller.shutdown().await.unwrap();
        hears(&mut app, "all").await;
        assert_eq!(app.read(&mut [0]).await.unwrap(), 0, "he says no more");
        tokio::time::sleep(100 * LINGER).await;
        app.write_all(b"an answer").await.unwrap();
        hears(&mut caller, "an answer").await;
        drop(app);
        assert!(joined.await.unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_where_the_app_has_closed_and_the_caller_does_not() {
        let (mut caller, mut app, joined) = joined();
        app.shutdown().await.unwrap();
        assert_eq!(caller.read(&mut [0]).await.unwrap(), 0, "it says no more");
        // It is told more for as long as there is more.
        for _ in 0..10 {
            tokio::time::sleep(LINGER / 2).await;
            caller.write_all(b"the rest").await.unwrap();
            hears(&mut app, "the rest").await;
        }
        assert!(joined.await.unwrap().is_ok());
        assert_eq!(app.read(&mut [0]).await.unwrap(), 0, "that was all");
    }
}
