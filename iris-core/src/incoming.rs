//! The caller's side of a call: one message, none, or a stream of them.

use crate::protocol::Query;
use crate::wire::compression::Compression;
use crate::wire::envelope::{COMPRESSED, EnvelopeError, Envelopes};
use crate::wire::whole::{Whole, WholeError};
use crate::{Body, Format, IrisError, Message, Status, code};
use bytes::Bytes;
use futures_core::Stream;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What the caller sends, undecoded. Nothing is read before it is asked for.
#[derive(Debug)]
pub struct Incoming {
    format: Format,
    /// How the messages that are marked so are compressed; a body that is one message always is.
    compression: Option<Compression>,
    /// The most bytes of a message, unpacked.
    limit: usize,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// The body is the message. `None` once it was read.
    Whole(Option<Whole>),
    /// The message is in the request line. `None` once it was read.
    Query(Option<Query>),
    /// There is none, or no more.
    Nothing,
    /// The body is a row of envelopes.
    Enveloped(Envelopes),
}

impl Incoming {
    /// A body that is one message.
    pub(crate) fn whole(format: Format, body: Body, limit: usize) -> Self {
        Incoming {
            format,
            compression: None,
            limit,
            source: Source::Whole(Some(Whole::new(body, limit))),
        }
    }

    /// The same, compressed as said where it is.
    pub(crate) fn compressed(mut self, compression: Option<Compression>) -> Self {
        self.compression = compression;
        self
    }

    /// A message in the query.
    pub(crate) fn in_query(format: Format, query: Query, limit: usize) -> Self {
        Incoming {
            format,
            compression: None,
            limit,
            source: Source::Query(Some(query)),
        }
    }

    /// A body of envelopes.
    pub(crate) fn enveloped(format: Format, body: Body, limit: usize) -> Self {
        Incoming {
            format,
            compression: None,
            limit,
            source: Source::Enveloped(Envelopes::new(body, limit)),
        }
    }

    /// The one message of the call, undecoded: what does not depend on its type is compiled once.
    pub async fn payload(&mut self, full_name: fn() -> String) -> Result<Bytes, IrisError> {
        self.only().await?.ok_or_else(|| {
            let error = IrisError::new(
                code::IRIS_MESSAGE_MISSING,
                format!(
                    "the procedure needs a message of type {}, and none was sent",
                    full_name()
                ),
            );
            match self.source {
                // No message is as wrong as two (gRPC, "Status codes and their use": UNIMPLEMENTED).
                Source::Enveloped(_) => error.with_status(Status::Unimplemented),
                Source::Whole(_) | Source::Query(_) | Source::Nothing => error,
            }
        })
    }

    /// The end of a call whose procedure takes no message. One that is sent must be well-formed: it
    /// may come from a newer client, whose fields this server does not know yet.
    pub async fn nothing(&mut self) -> Result<(), IrisError> {
        match self.only().await? {
            Some(payload) => self.decode(payload),
            None => Ok(()),
        }
    }

    /// The messages of the call, as they arrive.
    pub fn stream<M: Message>(self) -> Streaming<M> {
        Streaming {
            incoming: self,
            message: PhantomData,
        }
    }

    async fn only(&mut self) -> Result<Option<Bytes>, IrisError> {
        let Some(first) = poll_fn(|context| self.poll_payload(context)).await else {
            return Ok(None);
        };
        let first = first?;
        let second = poll_fn(|context| self.poll_payload(context)).await;
        if second.transpose()?.is_some() {
            return Err(IrisError::new(
                code::IRIS_INVALID_REQUEST_MESSAGE,
                "the procedure takes one message, and more were sent",
            )
            .with_status(Status::Unimplemented));
        }
        Ok(Some(first))
    }

    /// The message that [`Incoming::payload`] holds.
    pub fn decode<M: Message>(&self, payload: Bytes) -> Result<M, IrisError> {
        M::decode(self.format, payload)
            .map_err(|error| error.into_error(code::IRIS_INVALID_REQUEST_MESSAGE))
    }

    fn poll_payload(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, IrisError>>> {
        match &mut self.source {
            Source::Nothing => Poll::Ready(None),
            Source::Query(query) => {
                let Some(query) = query.take() else {
                    return Poll::Ready(None);
                };
                let message = query.message(self.limit).transpose();
                let message = message.map(|message| plain(self.compression, message?, self.limit));
                Poll::Ready(self.present(message))
            }
            Source::Enveloped(envelopes) => {
                let envelope = match ready!(envelopes.poll_next(context)) {
                    Some(Ok(envelope)) => envelope,
                    Some(Err(EnvelopeError::Body(cause))) => {
                        return Poll::Ready(Some(Err(broken(cause, "the stream broke off"))));
                    }
                    Some(Err(error)) => {
                        let error = error.into_error(code::IRIS_INVALID_REQUEST_MESSAGE);
                        return Poll::Ready(Some(Err(error)));
                    }
                    None => return Poll::Ready(None),
                };
                Poll::Ready(Some(match envelope.flags {
                    0 => Ok(envelope.payload),
                    COMPRESSED => match self.compression {
                        Some(compression) => unpacked(compression, &envelope.payload, self.limit),
                        None => Err(IrisError::new(
                            code::IRIS_INVALID_REQUEST_MESSAGE,
                            "the message is marked as compressed, and the call names no compression",
                        )
                        .with_status(Status::Internal)),
                    },
                    flags => Err(IrisError::new(
                        code::IRIS_INVALID_REQUEST_MESSAGE,
                        format!("an envelope has the unknown flags {flags:#010b}"),
                    )),
                }))
            }
            Source::Whole(whole) => {
                let Some(reading) = whole else {
                    return Poll::Ready(None);
                };
                let payload = ready!(reading.poll(context)).map_err(unreadable);
                *whole = None;
                let payload =
                    payload.and_then(|payload| plain(self.compression, payload, self.limit));
                Poll::Ready(self.present(Some(payload)))
            }
        }
    }

    /// A message that is one. In protobuf no bytes are a message whose fields all have their defaults; in
    /// JSON they are no message.
    fn present(
        &self,
        message: Option<Result<Bytes, IrisError>>,
    ) -> Option<Result<Bytes, IrisError>> {
        message.filter(|message| {
            let empty = |message: &Bytes| message.trim_ascii().is_empty();
            self.format == Format::Proto || !message.as_ref().is_ok_and(empty)
        })
    }
}

/// A message that is compressed as a whole, if it is. No bytes are not compressed, whatever a header says
/// (Connect protocol, "Unary-Request").
fn plain(
    compression: Option<Compression>,
    message: Bytes,
    limit: usize,
) -> Result<Bytes, IrisError> {
    match compression {
        Some(compression) if !message.is_empty() => unpacked(compression, &message, limit),
        _ => Ok(message),
    }
}

fn unpacked(compression: Compression, packed: &[u8], limit: usize) -> Result<Bytes, IrisError> {
    compression
        .decompress(packed, limit)
        .map_err(|error| error.into_error(code::IRIS_INVALID_REQUEST_MESSAGE))
}

fn unreadable(error: WholeError) -> IrisError {
    match error {
        WholeError::TooLarge { .. } => {
            IrisError::new(code::IRIS_MESSAGE_TOO_LARGE, error.to_string())
        }
        WholeError::Body(cause) => broken(cause, "the request broke off before its end"),
    }
}

/// The error of a body that failed: what is wrong with it, or that the rest of it did not come.
fn broken(cause: Box<dyn Error + Send + Sync>, broke_off: &str) -> IrisError {
    let error = match malformed(&*cause) {
        Some(why) => IrisError::communication(
            Status::InvalidArgument,
            format!("the request's body is malformed: {why}"),
        ),
        None => IrisError::communication(Status::Canceled, broke_off),
    };
    error.with_source(cause)
}

/// What the caller wrote wrong: the chunks of HTTP/1.1, which hyper tells so, or the base64 of gRPC-Web. Whoever went
/// away left a reset connection behind, or one that ended too early.
fn malformed(cause: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(cause);
    while let Some(cause) = next {
        if let Some(error) = cause.downcast_ref::<io::Error>()
            && let io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput = error.kind()
        {
            return Some(error.to_string());
        }
        next = cause.source();
    }
    None
}

/// A stream of messages from the caller.
///
/// It yields an error where a message cannot be had, and nothing after that: 910 where one does not decode, or the stream
/// ends within it; 913 where it is over [`Iris::max_request_size`](crate::Iris::max_request_size); 900 with `canceled`
/// where the caller goes away or says nothing for too long within a message, and with `invalid_argument` where what
/// carries the stream is malformed.
///
/// ```
/// use iris_core::{IrisError, Message, Streaming};
///
/// async fn count<M: Message>(mut requests: Streaming<M>) -> Result<u64, IrisError> {
///     let mut count = 0;
///     while let Some(request) = requests.next().await {
///         request?;
///         count += 1;
///     }
///     Ok(count)
/// }
/// ```
pub struct Streaming<M> {
    incoming: Incoming,
    message: PhantomData<fn() -> M>,
}

impl<M: Message> Streaming<M> {
    /// The next message; `None` once the caller has sent its last.
    pub async fn next(&mut self) -> Option<Result<M, IrisError>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<M: Message> Stream for Streaming<M> {
    type Item = Result<M, IrisError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let plain = match &mut this.incoming.source {
            Source::Enveloped(envelopes) => envelopes.take_plain(),
            _ => None,
        };
        let payload = match plain {
            Some(payload) => Some(Ok(payload)),
            None => ready!(this.incoming.poll_payload(context)),
        };
        let message = payload.map(|payload| this.incoming.decode(payload?));
        if matches!(message, Some(Err(_))) {
            this.incoming.source = Source::Nothing;
        }
        Poll::Ready(message)
    }
}

impl<M> fmt::Debug for Streaming<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Streaming").finish_non_exhaustive()
    }
}
