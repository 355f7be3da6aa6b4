//! How many calls a process lets a connection have (SETTINGS_MAX_CONCURRENT_STREAMS). hyper heeds it and does not tell: so the
//! first frame that comes, which is that one (RFC 9113, section 3.4), is read on its way.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;

/// The bytes of a frame's head, and of one setting (RFC 9113, sections 4.1 and 6.5.1).
const HEAD: usize = 9;
const SETTING: usize = 6;

/// The type of the frame, and the setting.
const SETTINGS: u8 = 4;
const MAX_CONCURRENT_STREAMS: u16 = 3;

/// The most bytes of a frame that an end has not been told to expect more of (RFC 9113, section 4.2).
const LARGEST: usize = 16 * 1024;

/// A connection of which the first frame is read.
pub(super) struct Greeted<S> {
    socket: S,
    /// Of the first frame, until it is whole.
    first: Vec<u8>,
    tell: Option<oneshot::Sender<Option<u32>>>,
}

impl<S> Greeted<S> {
    /// And what comes once it has said how many calls there may be: `None` where it sets no bounds.
    pub(super) fn new(socket: S) -> (Greeted<S>, oneshot::Receiver<Option<u32>>) {
        let (tell, told) = oneshot::channel();
        let greeted = Greeted {
            socket,
            first: Vec::new(),
            tell: Some(tell),
        };
        (greeted, told)
    }

    fn look_at(&mut self, bytes: &[u8]) {
        if self.tell.is_none() {
            return;
        }
        self.first.extend_from_slice(bytes);
        if let Some(most) = read(&self.first) {
            self.first = Vec::new();
            if let Some(tell) = self.tell.take() {
                // Nobody may wait for it any more.
                let _ = tell.send(most);
            }
        }
    }
}

/// What a first frame says, once it is there. What is none says nothing, and hyper says what is wrong with it.
fn read(bytes: &[u8]) -> Option<Option<u32>> {
    let (head, settings) = bytes.split_at_checked(HEAD)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
    if head[3] != SETTINGS || length > LARGEST {
        return Some(None);
    }
    let settings = settings.get(..length)?.chunks_exact(SETTING);
    let mut values = settings.filter_map(|setting| {
        let (name, value) = setting.split_first_chunk::<2>()?;
        let is_it = u16::from_be_bytes(*name) == MAX_CONCURRENT_STREAMS;
        is_it.then(|| value.try_into().ok().map(u32::from_be_bytes))?
    });
    Some(values.next_back())
}

impl<S: AsyncRead + Unpin> AsyncRead for Greeted<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.socket).poll_read(context, buffer);
        this.look_at(&buffer.filled()[before..]);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Greeted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    /// A frame of settings.
    fn frame(settings: &[(u16, u32)]) -> Vec<u8> {
        let length = u8::try_from(settings.len() * SETTING).unwrap();
        let mut bytes = vec![0, 0, length, SETTINGS, 0, 0, 0, 0, 0];
        for (name, value) in settings {
            bytes.extend(name.to_be_bytes());
            bytes.extend(value.to_be_bytes());
        }
        bytes
    }

    #[test]
    fn it_is_read_once_it_is_whole() {
        let whole = frame(&[(4, 65_535), (3, 7), (5, 16_384), (3, 8)]);
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length]), None, "{length}");
        }
        assert_eq!(read(&whole), Some(Some(8)), "the last of them holds");
        assert_eq!(read(&frame(&[])), Some(None));
        assert_eq!(read(&frame(&[(4, 3)])), Some(None));
        assert_eq!(read(b"HTTP/1.1 400 Bad Request\r\n"), Some(None));
        assert_eq!(read(&[0xff; HEAD]), Some(None));
    }

    #[tokio::test]
    async fn bytes_pass_as_they_are_however_they_come() {
        let mut sent = frame(&[(3, 5)]);
        sent.extend(b"and the rest");
        let (mut greeted, told) = Greeted::new(sent.as_slice());
        let mut passed = Vec::new();
        while let Ok(byte) = greeted.read_u8().await {
            passed.push(byte);
        }
        assert_eq!(passed, sent);
        assert_eq!(told.await.unwrap(), Some(5));
    }
}
