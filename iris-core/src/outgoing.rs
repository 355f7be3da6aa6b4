//! The remote's side of a call: how answers are written, and how streams of them leave.

use crate::message::EncodeError;
use crate::pieces::{Chunks, Mark};
use crate::wire::compression::Compression;
use crate::wire::envelope;
use crate::{Format, IntoIrisError, IrisError, Message, Pieces, code};
use bytes::BytesMut;
use futures_core::Stream;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

/// A stream pauses once this many bytes wait to be sent.
pub(crate) const BATCH: usize = 16 * 1024;

/// No more room than this is made for what may come, in bytes.
const MOST_FILLED: usize = 2 * BATCH;

/// How a call's answers are written.
#[derive(Debug, Clone, Copy)]
pub struct Encoding {
    pub(crate) format: Format,
    pub(crate) enveloped: bool,
    pub(crate) limit: usize,
    pub(crate) compress: Option<Compress>,
}

/// Which answers are compressed, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compress {
    pub(crate) compression: Compression,
    /// The fewest bytes that are worth it.
    pub(crate) at_least: usize,
}

/// The one message of an answer, as it goes out.
#[derive(Debug)]
pub struct Encoded {
    pub(crate) pieces: Pieces,
    /// Set where it is compressed.
    pub(crate) compression: Option<Compression>,
}

/// Writes one message after so many zeros: all of encoding that depends on its type.
type Write<'a> = &'a dyn Fn(usize, Format, &mut Pieces) -> Result<(), EncodeError>;

impl Encoding {
    /// The one message of an answer.
    pub fn answer<M: Message>(self, message: &M) -> Result<Encoded, IrisError> {
        let mut pieces = self.pieces();
        let compression = self.append(&mut pieces, &|zeros, format, pieces: &mut Pieces| {
            message.encode_after(zeros, format, pieces)
        })?;
        Ok(Encoded {
            pieces,
            compression,
        })
    }

    /// What answers are written into.
    fn pieces(self) -> Pieces {
        match self.compress {
            Some(_) => Pieces::contiguous(),
            None => Pieces::new(),
        }
    }

    /// How many bytes come before a message.
    fn prefix(self) -> usize {
        if self.enveloped { envelope::PREFIX } else { 0 }
    }

    /// Appends a message; says how it is compressed, if it is.
    fn append(
        self,
        pieces: &mut Pieces,
        write: Write<'_>,
    ) -> Result<Option<Compression>, IrisError> {
        let (start, before) = (pieces.end(), pieces.len());
        if let Err(error) = write(self.prefix(), self.format, pieces) {
            pieces.truncate(start);
            return Err(IrisError::internal(error));
        }
        let length = pieces.len() - before - self.prefix();
        if self.enveloped {
            envelope::complete(pieces, start, length)?;
        }
        if length > self.limit {
            pieces.truncate(start);
            return Err(IrisError::new(
                code::IRIS_MESSAGE_TOO_LARGE,
                format!(
                    "the answer has {length} bytes, more than the server's limit of {}",
                    self.limit
                ),
            ));
        }
        Ok(match self.compress {
            Some(compress) if length >= compress.at_least => {
                // Nothing of it was handed over.
                self.pack(compress.compression, pieces.buffer(), start.written)
            }
            _ => None,
        })
    }

    /// Compresses the message that begins at `start`, unless that makes it longer or does not work.
    fn pack(
        self,
        compression: Compression,
        buffer: &mut BytesMut,
        start: usize,
    ) -> Option<Compression> {
        let packed = compression.shorter(&buffer[start + self.prefix()..])?;
        if self.enveloped {
            let replaced = envelope::replace_payload(buffer, start, envelope::COMPRESSED, &packed);
            return replaced.then_some(compression);
        }
        buffer.truncate(start);
        buffer.extend_from_slice(&packed);
        Some(compression)
    }
}

/// Where a streaming procedure's answers go: a buffer that the response body empties.
///
/// The procedure's future fills it and the body polls that future, both in one task: so the future
/// may hold a stream that borrows from the remote and the context, and nothing is produced that the
/// connection does not ask for.
#[derive(Debug, Clone)]
pub struct Outgoing {
    encoding: Encoding,
    shared: Arc<Mutex<Pending>>,
}

#[derive(Debug)]
struct Pending {
    pieces: Pieces,
    /// Where the last whole message ends: one that panics while it is encoded is not sent.
    complete: Mark,
    opened: bool,
    /// How many bytes left together the last time, where more of them followed at once.
    filled: usize,
}

impl Outgoing {
    pub(crate) fn new(encoding: Encoding) -> Self {
        let pending = Pending {
            pieces: encoding.pieces(),
            complete: Mark::default(),
            opened: false,
            filled: 0,
        };
        Outgoing {
            encoding,
            shared: Arc::new(Mutex::new(pending)),
        }
    }

    /// Sends a stream to its end or its first error.
    pub async fn send_all<S, M, E>(self, stream: S) -> Result<(), IrisError>
    where
        S: Stream<Item = Result<M, E>>,
        M: Message,
        E: IntoIrisError,
    {
        self.pending().opened = true;
        let mut stream = pin!(stream);
        poll_fn(|context| {
            let mut batch = self.batch();
            loop {
                if batch.pieces.len() >= BATCH {
                    // The body takes these bytes and polls again: no waker is needed.
                    return Poll::Pending;
                }
                match stream.as_mut().poll_next(context) {
                    Poll::Ready(Some(Ok(message))) => {
                        let write = |zeros, format, pieces: &mut Pieces| {
                            message.encode_after(zeros, format, pieces)
                        };
                        self.encoding.append(&mut batch.pieces, &write)?;
                        batch.complete = batch.pieces.end();
                    }
                    Poll::Ready(Some(Err(error))) => {
                        return Poll::Ready(Err(error.into_iris_error()));
                    }
                    Poll::Ready(None) => return Poll::Ready(Ok(())),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await
    }

    /// What is filled in one poll of the stream, which locks nothing until it ends, panicking or not.
    fn batch(&self) -> Batch<'_> {
        let mut pending = self.pending();
        let mut pieces = std::mem::take(&mut pending.pieces);
        if pieces.is_empty() && pending.filled > 0 {
            pieces.buffer().reserve(pending.filled);
        }
        Batch {
            complete: pending.complete,
            pieces,
            outgoing: self,
        }
    }

    /// Whether the procedure has begun to answer, so that it can no longer fail without a stream.
    pub(crate) fn is_open(&self) -> bool {
        self.pending().opened
    }

    /// The bytes that wait to be sent.
    pub(crate) fn take(&self) -> Chunks {
        let mut pending = self.pending();
        let complete = std::mem::take(&mut pending.complete);
        // What filled one batch will fill the next.
        pending.filled = match complete.written {
            filled @ BATCH..=MOST_FILLED => filled,
            _ => 0,
        };
        match complete == Mark::default() {
            true => Chunks::default(),
            false => pending.pieces.split_to(complete),
        }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of a stream while it is polled.
struct Batch<'a> {
    outgoing: &'a Outgoing,
    pieces: Pieces,
    complete: Mark,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut pending = self.outgoing.pending();
        pending.pieces = std::mem::take(&mut self.pieces);
        pending.complete = self.complete;
    }
}
