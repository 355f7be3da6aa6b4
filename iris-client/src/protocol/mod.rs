//! The protocols: how a request is headed and framed, how a response is read.
//!
//! [`connect`] and [`grpc`] have the same few functions, and nothing outside of this folder knows more of a
//! protocol than its name.

mod answer;
mod connect;
mod grpc;
mod incoming;
mod stranger;

pub(crate) use answer::{Answer, Expected};
pub(crate) use connect::GetRequest;
pub(crate) use incoming::Incoming;

use crate::call::Kind;
use crate::fault::Fault;
use crate::{Body, Format, IrisError, Message};
use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};
use iris_core::wire::envelope::{self, PREFIX};
use std::time::Duration;

/// How calls are written on the wire. Iris servers understand all of them at one address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// Connect (<https://connectrpc.com/docs/protocol>): plain HTTP for unary calls, readable by any tool.
    #[default]
    Connect,
    /// gRPC (`PROTOCOL-HTTP2.md`): over HTTP/2 alone.
    Grpc,
}

impl Protocol {
    /// The headers that are the same for each call of a kind.
    pub(crate) fn headers(self, format: Format, kind: Kind) -> HeaderMap {
        match self {
            Protocol::Connect => connect::headers(format, kind),
            Protocol::Grpc => grpc::headers(format),
        }
    }

    /// The header that tells the server how much time is left.
    pub(crate) fn timeout(self, left: Duration) -> (HeaderName, HeaderValue) {
        match self {
            Protocol::Connect => connect::timeout(left),
            Protocol::Grpc => grpc::timeout(left),
        }
    }

    /// How long a connection with open calls may be silent before it is pinged, unless the caller says otherwise.
    ///
    /// Servers of the gRPC project close a connection that pings more often than every five minutes while they
    /// send nothing (gRFC A8, "Server Enforcement"). Nothing that speaks Connect is known to mind.
    pub(crate) fn keep_alive(self) -> Duration {
        match self {
            Protocol::Connect => Duration::from_secs(20),
            Protocol::Grpc => Duration::from_secs(5 * 60),
        }
    }

    /// Whether a unary call's messages are in envelopes, as those of streams always are.
    fn envelops(self, kind: Kind) -> bool {
        self == Protocol::Grpc || kind != Kind::Unary
    }

    /// The whole body of a request that has one message.
    pub(crate) fn encode<M: Message>(
        self,
        format: Format,
        kind: Kind,
        message: &M,
    ) -> Result<Bytes, IrisError> {
        let mut buffer = BytesMut::new();
        envelope::append(&mut buffer, format, message)?;
        if !self.envelops(kind) {
            buffer.advance(PREFIX);
        }
        Ok(buffer.freeze())
    }

    /// Reads an answer of one message.
    pub(crate) async fn read_one(
        self,
        response: http::Response<Body>,
        kind: Kind,
        expected: Expected<'_>,
    ) -> Result<Answer, Fault> {
        match self.envelops(kind) {
            false => connect::read_unary(response, expected).await,
            true => {
                let incoming = Incoming::open(self, response, expected).await?;
                incoming.into_one(expected).await
            }
        }
    }
}
