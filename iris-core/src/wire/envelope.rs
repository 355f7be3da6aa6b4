//! Envelopes: the five-byte prefix that gRPC and Connect put before each message of a stream.
//!
//! One byte of flags, four bytes of length (big endian), then the message
//! (gRPC: "Length-Prefixed-Message"; Connect: "Streaming RPCs", "Enveloped-Message").

use crate::pieces::Mark;
use crate::wire::room::room;
use crate::{Body, Format, IrisError, Message, Pieces, Status, code};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::HeaderMap;
use http_body::Body as _;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The length of the prefix, in bytes.
pub const PREFIX: usize = 5;

/// The message is compressed.
pub const COMPRESSED: u8 = 0b0000_0001;

/// Connect: this envelope ends the stream and holds its metadata and error.
pub const END_STREAM: u8 = 0b0000_0010;

/// One framed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// [`COMPRESSED`], [`END_STREAM`], or 0.
    pub flags: u8,
    /// The message as it was framed.
    pub payload: Bytes,
}

/// Why a stream of envelopes cannot be read further.
#[derive(Debug)]
pub enum EnvelopeError {
    /// The prefix announces more bytes than the receiver allows; none of them were read.
    TooLarge {
        /// What the prefix announces, in bytes.
        length: usize,
        /// What the receiver allows, in bytes.
        limit: usize,
    },
    /// The body ended inside an envelope.
    Truncated {
        /// Bytes received of the last envelope, its prefix included.
        received: usize,
    },
    /// The body itself failed: the peer went away or reset the stream.
    Body(Box<dyn std::error::Error + Send + Sync>),
}

/// Appends a message with its prefix.
///
/// # Errors
///
/// Where the message cannot be written in this format, or is longer than the prefix can say (4 GiB).
/// The pieces are then as they were.
pub fn append<M: Message>(
    pieces: &mut Pieces,
    format: Format,
    message: &M,
) -> Result<(), IrisError> {
    let (start, before) = (pieces.end(), pieces.len());
    if let Err(error) = message.encode_after(PREFIX, format, pieces) {
        pieces.truncate(start);
        return Err(IrisError::internal(error));
    }
    let length = pieces.len() - before - PREFIX;
    complete(pieces, start, length)
}

/// Writes its length into the zeros before the last message, which begin at `start`.
pub(crate) fn complete(pieces: &mut Pieces, start: Mark, length: usize) -> Result<(), IrisError> {
    let Ok(length) = u32::try_from(length) else {
        pieces.truncate(start);
        return Err(too_long());
    };
    pieces.written_from(start)[1..PREFIX].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// What comes before a payload of this length.
fn prefix(flags: u8, length: usize) -> Result<[u8; PREFIX], IrisError> {
    let length = u32::try_from(length).map_err(|_| too_long())?;
    let [a, b, c, d] = length.to_be_bytes();
    Ok([flags, a, b, c, d])
}

#[cold]
fn too_long() -> IrisError {
    IrisError::internal("a message of over 4 GiB has no envelope")
}

/// Appends an envelope whose payload is at hand.
///
/// # Errors
///
/// Where the payload is longer than the prefix can say (4 GiB). The buffer is then as it was.
pub fn append_payload(buffer: &mut BytesMut, flags: u8, payload: &[u8]) -> Result<(), IrisError> {
    let prefix = prefix(flags, payload.len())?;
    buffer.reserve(PREFIX + payload.len());
    buffer.put_slice(&prefix);
    buffer.put_slice(payload);
    Ok(())
}

/// Puts this payload in place of that of the last envelope, which begins at `start`. `false` where it is longer than the
/// prefix can say; the buffer is then as it was.
pub fn replace_payload(buffer: &mut BytesMut, start: usize, flags: u8, payload: &[u8]) -> bool {
    let Ok(prefix) = prefix(flags, payload.len()) else {
        return false;
    };
    buffer.truncate(start);
    buffer.put_slice(&prefix);
    buffer.put_slice(payload);
    true
}

/// Takes envelopes out of bytes as they arrive, without copying those that arrive whole.
///
/// ```
/// use iris_core::wire::envelope::Decoder;
///
/// let mut decoder = Decoder::new(1024);
/// decoder.push(b"\0\0\0\0\x02hi\0\0".as_slice().into());
/// assert_eq!(decoder.next().unwrap().unwrap().payload, "hi");
/// assert!(decoder.next().unwrap().is_none(), "the second envelope is not there yet");
/// assert!(decoder.finish().is_err(), "and it never will be");
/// ```
#[derive(Debug)]
pub struct Decoder {
    limit: usize,
    /// The same for envelopes that are no messages: they end a stream.
    end_limit: usize,
    /// The beginning of an envelope that did not arrive whole.
    partial: BytesMut,
    /// Bytes not looked at yet. While `partial` holds something, they continue it.
    chunk: Bytes,
}

impl Decoder {
    /// A decoder that refuses messages of more than `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Decoder::with_end(limit, limit)
    }

    /// The same for answers, whose last envelope may have up to `end_limit` bytes.
    fn with_end(limit: usize, end_limit: usize) -> Self {
        // On 32 bits an envelope may announce more than can be counted.
        let countable = usize::MAX - PREFIX;
        Decoder {
            limit: limit.min(countable),
            end_limit: end_limit.min(countable),
            partial: BytesMut::new(),
            chunk: Bytes::new(),
        }
    }

    /// Takes the next bytes of the body. Call [`Decoder::next`] until it has no more before pushing again.
    pub fn push(&mut self, chunk: Bytes) {
        if self.chunk.is_empty() {
            self.chunk = chunk;
        } else {
            self.partial.extend_from_slice(&self.chunk);
            self.chunk = chunk;
        }
    }

    /// The next envelope, or `None` where more bytes are needed.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError::TooLarge`], as soon as the prefix is there.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator would end; this waits for more"
    )]
    pub fn next(&mut self) -> Result<Option<Envelope>, EnvelopeError> {
        if self.chunk.is_empty() {
            return Ok(None);
        }
        if self.partial.is_empty() {
            let total = self.total(&self.chunk)?;
            if let Some(total) = total
                && self.chunk.len() >= total
            {
                let mut whole = self.chunk.split_to(total);
                let flags = whole[0];
                whole.advance(PREFIX);
                return Ok(Some(Envelope {
                    flags,
                    payload: whole,
                }));
            }
            self.fill(total.unwrap_or(PREFIX));
            return Ok(None);
        }
        if !self.fill(PREFIX) {
            return Ok(None);
        }
        let total = self.total(&self.partial)?.unwrap_or(PREFIX);
        if !self.fill(total) {
            return Ok(None);
        }
        let mut whole = self.partial.split_to(total).freeze();
        let flags = whole[0];
        whole.advance(PREFIX);
        Ok(Some(Envelope {
            flags,
            payload: whole,
        }))
    }

    /// The next message, where all of its envelope is there and says nothing but its length: what most are, with no
    /// need to ask anybody for more.
    fn next_plain(&mut self) -> Option<Bytes> {
        if !self.partial.is_empty() {
            return None;
        }
        let &[0, ref length @ ..] = self.chunk.first_chunk::<PREFIX>()? else {
            return None;
        };
        let length = u32::from_be_bytes(*length) as usize;
        if length > self.limit || length > self.chunk.len() - PREFIX {
            return None;
        }
        self.chunk.advance(PREFIX);
        Some(self.chunk.split_to(length))
    }

    /// Whether the body may end here.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError::Truncated`] where it ends inside an envelope.
    pub fn finish(&self) -> Result<(), EnvelopeError> {
        match self.partial.len() + self.chunk.len() {
            0 => Ok(()),
            received => Err(EnvelopeError::Truncated { received }),
        }
    }

    /// The length of the envelope that begins here, prefix included, where the prefix is complete.
    fn total(&self, bytes: &[u8]) -> Result<Option<usize>, EnvelopeError> {
        let Some(prefix) = bytes.first_chunk::<PREFIX>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]) as usize;
        let limit = match prefix[0] & !COMPRESSED {
            0 => self.limit,
            _ => self.end_limit,
        };
        match length > limit {
            true => Err(EnvelopeError::TooLarge { length, limit }),
            false => Ok(Some(PREFIX + length)),
        }
    }

    /// Moves bytes from the chunk until `partial` has `wanted`; says whether it has.
    fn fill(&mut self, wanted: usize) -> bool {
        let missing = wanted
            .saturating_sub(self.partial.len())
            .min(self.chunk.len());
        let arrived = self.partial.len() + missing;
        if arrived > self.partial.capacity() {
            let room = room(arrived, wanted);
            self.partial.reserve(room - self.partial.len());
        }
        self.partial
            .extend_from_slice(&self.chunk.split_to(missing));
        self.partial.len() >= wanted
    }
}

/// The envelopes of a body, read as they are asked for, and its trailers.
#[derive(Debug)]
pub struct Envelopes {
    body: Body,
    decoder: Decoder,
    trailers: Option<HeaderMap>,
    ended: bool,
}

impl Envelopes {
    /// Reads `body`, refusing messages of more than `limit` bytes.
    pub fn new(body: Body, limit: usize) -> Self {
        Envelopes::with_end(body, limit, limit)
    }

    /// The same for an answer, whose last envelope may have up to `end_limit` bytes.
    pub fn with_end(body: Body, limit: usize, end_limit: usize) -> Self {
        Envelopes {
            body,
            decoder: Decoder::with_end(limit, end_limit),
            trailers: None,
            ended: false,
        }
    }

    /// The trailers, once the last envelope was read.
    pub fn take_trailers(&mut self) -> Option<HeaderMap> {
        self.trailers.take()
    }

    /// The next message, where it is there already and not marked in any way; [`Envelopes::poll_next`] has all others.
    pub fn take_plain(&mut self) -> Option<Bytes> {
        self.decoder.next_plain()
    }

    /// The next envelope; `None` at the body's end. After an error there is nothing more to read.
    pub fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Envelope, EnvelopeError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        loop {
            match self.decoder.next() {
                Ok(Some(envelope)) => return Poll::Ready(Some(Ok(envelope))),
                Ok(None) => self.body.set_within_message(self.decoder.finish().is_err()),
                Err(error) => return self.end(Some(error)),
            }
            let error = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                None => self.decoder.finish().err(),
                Some(Err(error)) => Some(EnvelopeError::Body(error)),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => {
                        self.decoder.push(data);
                        continue;
                    }
                    Err(frame) => {
                        self.trailers = frame.into_trailers().ok();
                        self.decoder.finish().err()
                    }
                },
            };
            return self.end(error);
        }
    }

    fn end(
        &mut self,
        error: Option<EnvelopeError>,
    ) -> Poll<Option<Result<Envelope, EnvelopeError>>> {
        self.ended = true;
        self.body = Body::empty();
        self.decoder = Decoder::new(0);
        Poll::Ready(error.map(Err))
    }
}

impl EnvelopeError {
    /// The error to report; `undecodable` is 910 on the server, 911 on the client.
    pub fn into_error(self, undecodable: i32) -> IrisError {
        match self {
            EnvelopeError::TooLarge { .. } => {
                IrisError::new(code::IRIS_MESSAGE_TOO_LARGE, self.to_string())
            }
            EnvelopeError::Truncated { .. } => IrisError::new(undecodable, self.to_string()),
            EnvelopeError::Body(cause) => {
                IrisError::communication(Status::Canceled, "the stream broke off")
                    .with_source(cause)
            }
        }
    }
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EnvelopeError::TooLarge { length, limit } => write!(
                formatter,
                "the message has {length} bytes, more than the limit of {limit}"
            ),
            EnvelopeError::Truncated { received } => write!(
                formatter,
                "the body ended inside an envelope, {received} bytes after its beginning"
            ),
            EnvelopeError::Body(error) => write!(formatter, "the body broke off: {error}"),
        }
    }
}

impl std::error::Error for EnvelopeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_a_prefix_cannot_say_is_an_error() {
        assert_eq!(prefix(1, 0x0102_0304).unwrap(), [1, 1, 2, 3, 4]);
        assert_eq!(prefix(0, u32::MAX as usize).unwrap()[1..], [0xff; 4]);
        #[cfg(target_pointer_width = "64")]
        assert_eq!(prefix(0, u32::MAX as usize + 1).unwrap_err().code, 902);
    }
}
