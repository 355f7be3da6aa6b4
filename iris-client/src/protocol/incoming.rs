//! The messages of an answer as they arrive, in either protocol.

use super::answer::{self, Answer, Expected};
use super::{Protocol, connect, grpc};
use crate::fault::{self, Fault};
use crate::{Body, IrisError, Metadata, Status, code};
use bytes::Bytes;
use http::Response;
use iris_core::wire::envelope::{COMPRESSED, END_STREAM, EnvelopeError, Envelopes};
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

/// An answer in envelopes, with its head read and checked.
///
/// Nothing is read before it is asked for, beyond what HTTP/2's window lets the server send.
#[derive(Debug)]
pub(crate) struct Incoming {
    protocol: Protocol,
    envelopes: Envelopes,
    /// The most bytes a message may have. The envelope that ends a stream of Connect may have more.
    limit: usize,
    pub(crate) metadata: Metadata,
    /// Empty until the end.
    pub(crate) trailers: Metadata,
    ended: bool,
}

impl Incoming {
    pub(crate) async fn open(
        protocol: Protocol,
        response: Response<Body>,
        expected: Expected<'_>,
    ) -> Result<Incoming, Fault> {
        let (parts, body) = response.into_parts();
        let body = match protocol {
            Protocol::Connect => connect::open(&parts, body, expected).await?,
            Protocol::Grpc => grpc::open(&parts, body, expected).await?,
        };
        Ok(Incoming {
            protocol,
            envelopes: Envelopes::new(body, expected.error_limit()),
            limit: expected.limit,
            metadata: parts.headers.into(),
            trailers: Metadata::new(),
            ended: false,
        })
    }

    /// The next message, undecoded; `None` where the call ended well. After an error there is nothing more.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
        base: &str,
    ) -> Poll<Option<Result<Bytes, IrisError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let envelope = match ready!(self.envelopes.poll_next(context)) {
            Some(Ok(envelope)) => envelope,
            Some(Err(error)) => {
                let error = self.raised(base).unwrap_or_else(|| unreadable(error, base));
                return self.end(Err(error));
            }
            None => {
                let ending = match self.protocol {
                    Protocol::Connect => Err(connect::cut_short(base)),
                    Protocol::Grpc => {
                        let trailers = self.envelopes.take_trailers();
                        grpc::end_of_stream(trailers, &self.metadata, base)
                    }
                };
                return self.end(ending);
            }
        };
        if envelope.flags & COMPRESSED != 0 {
            return self.end(Err(answer::compressed(base, "an envelope")));
        }
        match (self.protocol, envelope.flags) {
            (_, 0) if envelope.payload.len() > self.limit => {
                let error = EnvelopeError::TooLarge {
                    length: envelope.payload.len(),
                    limit: self.limit,
                };
                self.end(Err(unreadable(error, base)))
            }
            (_, 0) => Poll::Ready(Some(Ok(envelope.payload))),
            (Protocol::Connect, END_STREAM) => {
                // Most often the body's end is already here; seen, it leaves the connection fit for the next call.
                let after = self.envelopes.poll_next(context);
                let ending = match after {
                    Poll::Ready(Some(Ok(_))) => {
                        Err(unexpected(base, "sent a message after the end"))
                    }
                    _ => connect::end_of_stream(&envelope.payload, base),
                };
                self.end(ending)
            }
            (_, flags) => self.end(Err(unexpected(
                base,
                &format!("sent an envelope with the unknown flags {flags:#010b}"),
            ))),
        }
    }

    /// The only message, for calls that answer one.
    pub(crate) async fn into_one(mut self, expected: Expected<'_>) -> Result<Answer, Fault> {
        let base = expected.base;
        let wrong = |what: &str| {
            let message = format!("{base} answered {what} where one message was to come");
            IrisError::communication(Status::Unimplemented, message)
        };
        let next = async |incoming: &mut Incoming| {
            poll_fn(|context| incoming.poll_next(context, base))
                .await
                .transpose()
        };
        let Some(payload) = next(&mut self).await? else {
            return Err(wrong("without a message").into());
        };
        if next(&mut self).await?.is_some() {
            return Err(wrong("several messages").into());
        }
        Ok(Answer {
            payload,
            metadata: self.metadata,
            trailers: self.trailers,
        })
    }

    /// What gRPC's trailers say went wrong: where a server failed in the middle of a message, that is the cause.
    fn raised(&mut self, base: &str) -> Option<IrisError> {
        let trailers = self.envelopes.take_trailers()?;
        grpc::failure(&trailers, base).filter(|_| self.protocol == Protocol::Grpc)
    }

    fn end(
        &mut self,
        ending: Result<Metadata, IrisError>,
    ) -> Poll<Option<Result<Bytes, IrisError>>> {
        self.ended = true;
        // Releases the connection, and cancels the call where it had not ended.
        self.envelopes = Envelopes::new(Body::empty(), 0);
        match ending {
            Ok(trailers) => {
                self.trailers = trailers;
                Poll::Ready(None)
            }
            Err(error) => Poll::Ready(Some(Err(error))),
        }
    }
}

fn unreadable(error: EnvelopeError, base: &str) -> IrisError {
    match error {
        EnvelopeError::Body(cause) => fault::broken_off(cause, base),
        other => other.into_error(code::IRIS_INVALID_RESPONSE_MESSAGE),
    }
}

fn unexpected(base: &str, what: &str) -> IrisError {
    IrisError::communication(Status::Internal, format!("{base} {what}"))
}
