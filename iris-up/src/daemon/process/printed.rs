//! What a process prints on its way to the log: which event it is about, and whether all of it has been read.

use super::log::Log;
use super::tail::Tail;
use rustix::io::ioctl_fionread;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::sync::watch;
use tokio::time::timeout;

/// The longest line, in bytes. What is behind that is a line of its own. What waits for one who follows and does not read is
/// 16 MB then, or three times as much where it is no UTF-8.
const LONGEST: usize = 16 * 1024;

/// How much is read at once.
const PIECE: usize = 8 * 1024;

/// How long one waits for the disk, where what was printed is to be in the log.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a process prints about, where that is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tag(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    about: Mutex<Option<About>>,
    outputs: Mutex<Vec<Arc<Output>>>,
}

/// An event: its id, and where its caller hears of what is printed.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) id: String,
    pub(crate) tail: Option<Tail>,
}

/// One output of a process.
#[derive(Debug)]
struct Output {
    /// How many bytes were read from it. Whoever has this looks how many wait, while none is read.
    taken: Mutex<u64>,
    /// The end that is read, once more.
    pipe: OwnedFd,
    /// How many of them are in the log, or are the beginning of a line.
    seen: watch::Sender<u64>,
}

impl Tag {
    pub(crate) fn set(&self, about: Option<About>) {
        if let Some(tail) = about.as_ref().and_then(|about| about.tail.as_ref()) {
            tail.begin(self.clone());
        }
        *lock(&self.0.about) = about;
    }

    fn about(&self) -> Option<About> {
        lock(&self.0.about).clone()
    }

    /// Waits until what was printed up to now is in the log: what comes later may be about another event.
    pub(crate) async fn caught_up(&self) {
        let outputs = lock(&self.0.outputs).clone();
        for output in outputs {
            let printed = output.printed();
            let there = |seen: &u64| *seen >= printed;
            if !there(&output.seen.borrow()) {
                let mut seen = output.seen.subscribe();
                let _ = timeout(PATIENCE, seen.wait_for(there)).await;
            }
        }
    }

    fn add(&self, from: &impl AsFd) -> io::Result<Arc<Output>> {
        let output = Arc::new(Output {
            taken: Mutex::new(0),
            pipe: from.as_fd().try_clone_to_owned()?,
            seen: watch::Sender::new(0),
        });
        lock(&self.0.outputs).push(output.clone());
        Ok(output)
    }

    /// There is one process at a time.
    pub(super) fn forget(&self) {
        lock(&self.0.outputs).clear();
    }

    /// What is printed from now on is about nothing.
    pub(crate) fn end(&self) {
        self.set(None);
        self.forget();
    }
}

impl Output {
    /// How many bytes the process has printed.
    fn printed(&self) -> u64 {
        let taken = lock(&self.taken);
        *taken + ioctl_fionread(&self.pipe).unwrap_or_default()
    }
}

/// What is read of an output, counted.
struct Counted<R> {
    from: R,
    output: Arc<Output>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Counted<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let output = self.output.clone();
        let mut taken = lock(&output.taken);
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.from).poll_read(context, buffer);
        *taken += (buffer.filled().len() - before) as u64;
        polled
    }
}

/// Writes down what a process prints, until it ends. Where the disk is full lines are lost, so that the app goes on.
pub(super) fn read(
    log: &Log,
    stream: &'static str,
    from: impl AsyncRead + AsFd + Unpin + Send + 'static,
    tag: &Tag,
) -> io::Result<()> {
    let (log, tag) = (log.clone(), tag.clone());
    let output = tag.add(&from)?;
    tokio::spawn(async move {
        let mut from = Counted {
            from,
            output: output.clone(),
        };
        let mut lines = Lines {
            log,
            stream,
            tag,
            line: Vec::new(),
        };
        let mut piece = vec![0; PIECE];
        while let Ok(read @ 1..) = from.read(&mut piece).await {
            lines.take(&piece[..read]).await;
            output.seen.send_modify(|seen| *seen += read as u64);
        }
        lines.end().await;
        output.seen.send_replace(u64::MAX);
    });
    Ok(())
}

/// Lines as they come.
struct Lines {
    log: Log,
    stream: &'static str,
    tag: Tag,
    line: Vec<u8>,
}

impl Lines {
    async fn take(&mut self, mut read: &[u8]) {
        while !read.is_empty() {
            let room = read.len().min(LONGEST - self.line.len());
            let end = memchr::memchr(b'\n', &read[..room]);
            let (part, rest) = read.split_at(end.map_or(room, |at| at + 1));
            self.line.extend_from_slice(part);
            read = rest;
            if end.is_some() || self.line.len() == LONGEST {
                self.end().await;
            }
        }
    }

    /// That was a line, where there is any.
    async fn end(&mut self) {
        if self.line.is_empty() {
            return;
        }
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let (id, tail) = match self.tag.about() {
            Some(about) => (about.id, about.tail),
            None => (String::new(), None),
        };
        if let Some(tail) = tail {
            tail.push(line);
        }
        self.log.write(self.stream, line, id).await;
        self.line.clear();
    }
}

/// Nothing here is ever half changed.
fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
