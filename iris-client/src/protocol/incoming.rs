//! The messages of an answer as they arrive, in every protocol.

use super::answer::{self, Answer, Expected};
use super::ending::Ending;
use super::{Protocol, compress, connect};
#[cfg(feature = "native")]
use super::{grpc, grpc::Flavor};
use crate::fault::{self, Fault};
use crate::{Body, Compression, IrisError, Metadata, Status, code};
use bytes::Bytes;
#[cfg(feature = "native")]
use http::HeaderMap;
use http::Response;
use iris_core::wire::envelope::{COMPRESSED, END_STREAM, EnvelopeError, Envelopes};
#[cfg(feature = "native")]
use iris_core::wire::grpc_web::{NotBase64, TRAILERS, parse_trailers};
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

/// An answer in envelopes, with its head read and checked.
///
/// Nothing is read before it is asked for, beyond what HTTP/2's window lets the server send.
#[derive(Debug)]
pub(crate) struct Incoming {
    protocol: Protocol,
    envelopes: Envelopes,
    /// How the messages that are marked so are compressed.
    compression: Option<Compression>,
    /// The most bytes a message may have, unpacked.
    limit: usize,
    /// The same for the envelope that ends the answer.
    end_limit: usize,
    pub(crate) metadata: Metadata,
    /// Empty until the end.
    pub(crate) trailers: Metadata,
    /// Whether there was an envelope.
    #[cfg(feature = "native")]
    begun: bool,
    ended: bool,
}

impl Incoming {
    pub(crate) async fn open(
        protocol: Protocol,
        response: Response<Body>,
        expected: Expected<'_>,
    ) -> Result<Incoming, Fault> {
        let (parts, body) = response.into_parts();
        let opened = match protocol {
            Protocol::Connect => connect::open(&parts, body, expected).await,
            #[cfg(feature = "native")]
            Protocol::Grpc => grpc::open(Flavor::Http2, &parts, body, expected).await,
            #[cfg(feature = "native")]
            Protocol::GrpcWeb => grpc::open(Flavor::Web, &parts, body, expected).await,
            #[cfg(feature = "native")]
            Protocol::GrpcWebText => grpc::open(Flavor::WebText, &parts, body, expected).await,
        };
        let metadata = parts.headers.into();
        let (body, compression) = match opened {
            Ok(opened) => opened,
            Err(fault) => {
                let trailers = fault.error.trailers().clone();
                return Err(fault.with_answer(metadata, trailers));
            }
        };
        Ok(Incoming {
            protocol,
            envelopes: Envelopes::with_end(body, expected.limit, expected.error_limit()),
            compression,
            limit: expected.limit,
            end_limit: expected.error_limit(),
            metadata,
            trailers: Metadata::new(),
            #[cfg(feature = "native")]
            begun: false,
            ended: false,
        })
    }

    /// The next message, where it is there already and not marked in any way: what most of a stream's are.
    pub(crate) fn take_plain(&mut self) -> Option<Bytes> {
        // Where an end may be longer than a message, each has its length looked at.
        if self.limit < self.end_limit {
            return None;
        }
        let payload = self.envelopes.take_plain()?;
        #[cfg(feature = "native")]
        {
            self.begun = true;
        }
        Some(payload)
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
                #[cfg(feature = "native")]
                if let Some(ending) = self.raised(base) {
                    return self.end(ending);
                }
                return self.end(unreadable(error, base).into());
            }
            None => {
                let ending = self.ending_of_body(base);
                return self.end(ending);
            }
        };
        #[cfg(feature = "native")]
        {
            self.begun = true;
        }
        let flags = envelope.flags & !COMPRESSED;
        let limit = match flags {
            0 => self.limit,
            _ => self.end_limit,
        };
        let compressed = envelope.flags & COMPRESSED != 0;
        let payload = match self.payload(envelope.payload, compressed, limit, base) {
            Ok(payload) => payload,
            Err(error) => return self.end(error.into()),
        };
        match (self.protocol, flags) {
            (_, 0) => Poll::Ready(Some(Ok(payload))),
            (Protocol::Connect, END_STREAM) => {
                let ending = connect::end_of_stream(&payload, base);
                self.end_within(ending, context, base)
            }
            #[cfg(feature = "native")]
            (Protocol::GrpcWeb | Protocol::GrpcWebText, TRAILERS) => {
                let ending = match parse_trailers(&payload) {
                    Some(trailers) => grpc::end_of_stream(trailers, base),
                    None => unexpected(base, "sent trailers that are none, or over 4,099 of them")
                        .into(),
                };
                self.end_within(ending, context, base)
            }
            (_, flags) => self.end(
                unexpected(
                    base,
                    &format!("sent an envelope with the unknown flags {flags:#010b}"),
                )
                .into(),
            ),
        }
    }

    /// The payload of an envelope, unpacked.
    fn payload(
        &self,
        payload: Bytes,
        compressed: bool,
        limit: usize,
        base: &str,
    ) -> Result<Bytes, IrisError> {
        if !compressed {
            return Ok(payload);
        }
        let compression = self.compression;
        let compression = compression.ok_or_else(|| answer::compressed(base, "an envelope"))?;
        compress::unpacked(compression, payload, limit)
    }

    /// The only message, for calls that answer one.
    pub(crate) async fn into_one(mut self, expected: Expected<'_>) -> Result<Answer, Fault> {
        let base = expected.base;
        let next = async |incoming: &mut Incoming| {
            poll_fn(|context| incoming.poll_next(context, base))
                .await
                .transpose()
        };
        // The server's own error in place of a message, which may be that it turned the call away.
        let refused = |error: IrisError| match error.is_from_remote() {
            true => Fault::answered(error),
            false => Fault::from(error),
        };
        let Some(payload) = next(&mut self).await.map_err(refused)? else {
            return Err(self.wrong("without a message", base));
        };
        if next(&mut self).await?.is_some() {
            return Err(self.wrong("several messages", base));
        }
        Ok(Answer {
            payload,
            metadata: self.metadata,
            trailers: self.trailers,
        })
    }

    fn wrong(self, what: &str, base: &str) -> Fault {
        let message = format!("{base} answered {what} where one message was to come");
        let error = IrisError::communication(Status::Unimplemented, message);
        Fault::from(error).with_answer(self.metadata, self.trailers)
    }

    /// How the call ended, where the body did without an envelope that says so.
    fn ending_of_body(&mut self, base: &str) -> Ending {
        match self.protocol {
            Protocol::Connect => connect::cut_short(base).into(),
            #[cfg(feature = "native")]
            Protocol::Grpc | Protocol::GrpcWeb | Protocol::GrpcWebText => self.ending_of_grpc(base),
        }
    }

    /// The end by an envelope, behind which nothing may come.
    fn end_within(
        &mut self,
        ending: Ending,
        context: &mut Context<'_>,
        base: &str,
    ) -> Poll<Option<Result<Bytes, IrisError>>> {
        // Most often the body's end is already here; seen, it leaves the connection fit for the next call.
        match self.envelopes.poll_next(context) {
            Poll::Ready(Some(Ok(_))) => {
                self.end(unexpected(base, "sent a message after the end").into())
            }
            _ => self.end(ending),
        }
    }

    fn end(&mut self, ending: Ending) -> Poll<Option<Result<Bytes, IrisError>>> {
        self.ended = true;
        // Releases the connection, and cancels the call where it had not ended.
        self.envelopes = Envelopes::new(Body::empty(), 0);
        self.trailers = ending.trailers;
        Poll::Ready(
            ending
                .error
                .map(|error| Err(error.with_answer(self.metadata.clone(), self.trailers.clone()))),
        )
    }
}

#[cfg(feature = "native")]
impl Incoming {
    fn ending_of_grpc(&mut self, base: &str) -> Ending {
        let trailers = match self.protocol {
            Protocol::Grpc => self.envelopes.take_trailers(),
            _ => None,
        };
        let trailers = match trailers {
            Some(trailers) => trailers,
            // There was nothing but headers, though their frame did not say so.
            None if !self.begun => grpc::without_body(self.metadata.headers()),
            None => HeaderMap::new(),
        };
        grpc::end_of_stream(trailers, base)
    }

    /// What gRPC's trailers say went wrong: where a server failed in the middle of a message, that is the cause.
    fn raised(&mut self, base: &str) -> Option<Ending> {
        if self.protocol != Protocol::Grpc {
            return None;
        }
        let trailers = self.envelopes.take_trailers()?;
        grpc::failure(trailers, base)
    }
}

fn unreadable(error: EnvelopeError, base: &str) -> IrisError {
    let cause = match error {
        EnvelopeError::Body(cause) => cause,
        other => return other.into_error(code::IRIS_INVALID_RESPONSE_MESSAGE),
    };
    #[cfg(feature = "native")]
    if let Some(why) = fault::find::<NotBase64>(&*cause) {
        let what = format!("answered what cannot be read: {why}");
        return unexpected(base, &what).with_source(cause);
    }
    fault::broken_off(cause, base)
}

fn unexpected(base: &str, what: &str) -> IrisError {
    IrisError::communication(Status::Internal, format!("{base} {what}"))
}
