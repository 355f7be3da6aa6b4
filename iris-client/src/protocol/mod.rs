//! The protocols: how a request is headed and framed, how a response is read.
//!
//! [`connect`] and [`grpc`] have the same few functions, and nothing outside of this folder knows more of a
//! protocol than its name.

mod answer;
mod compress;
mod connect;
mod ending;
#[cfg(feature = "native")]
mod grpc;
mod incoming;
mod stranger;

pub(crate) use answer::{Answer, Expected};
pub(crate) use compress::{Compress, Encoded, pieces};
pub(crate) use incoming::Incoming;

use crate::call::Kind;
use crate::fault::Fault;
use crate::{Body, Format};
#[cfg(feature = "native")]
use grpc::Flavor;
use http::{HeaderMap, HeaderName, HeaderValue};
use iris_core::Pieces;
#[cfg(feature = "native")]
use iris_core::wire::grpc_web::ToText;
use std::time::Duration;

/// How calls are written on the wire. Iris servers understand all of them at one address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// Connect (<https://connectrpc.com/docs/protocol>): plain HTTP for unary calls, readable by any tool.
    #[default]
    Connect,
    /// gRPC (`PROTOCOL-HTTP2.md`): over HTTP/2 alone.
    #[cfg(feature = "native")]
    Grpc,
    /// gRPC-Web (`PROTOCOL-WEB.md`), in binary: gRPC for servers behind proxies that know no HTTP/2 or drop trailers.
    #[cfg(feature = "native")]
    GrpcWeb,
    /// The same in base64 (`application/grpc-web-text`): where something between lets through nothing but text. A third
    /// longer.
    #[cfg(feature = "native")]
    GrpcWebText,
}

impl Protocol {
    /// The headers that are the same for each call of a kind.
    pub(crate) fn headers(
        self,
        format: Format,
        kind: Kind,
        compress: Option<Compress>,
    ) -> HeaderMap {
        match self {
            Protocol::Connect => connect::headers(format, kind, compress),
            #[cfg(feature = "native")]
            Protocol::Grpc => grpc::headers(Flavor::Http2, format, compress),
            #[cfg(feature = "native")]
            Protocol::GrpcWeb => grpc::headers(Flavor::Web, format, compress),
            #[cfg(feature = "native")]
            Protocol::GrpcWebText => grpc::headers(Flavor::WebText, format, compress),
        }
    }

    /// The header that tells the server how much time is left.
    pub(crate) fn timeout(self, left: Duration) -> (HeaderName, HeaderValue) {
        match self {
            Protocol::Connect => connect::timeout(left),
            #[cfg(feature = "native")]
            Protocol::Grpc | Protocol::GrpcWeb | Protocol::GrpcWebText => grpc::timeout(left),
        }
    }

    /// How long a connection with open calls may be silent before it is pinged, unless the caller says otherwise.
    ///
    /// Servers of the gRPC project close a connection that pings more often than every five minutes while they
    /// send nothing (gRFC A8, "Server Enforcement"). Nothing that speaks Connect or gRPC-Web is known to mind.
    #[cfg(feature = "native")]
    pub(crate) fn keep_alive(self) -> Duration {
        match self {
            Protocol::Connect | Protocol::GrpcWeb | Protocol::GrpcWebText => {
                Duration::from_secs(20)
            }
            Protocol::Grpc => Duration::from_secs(5 * 60),
        }
    }

    /// Whether a unary call's messages are in envelopes, as those of streams always are.
    fn envelops(self, kind: Kind) -> bool {
        self != Protocol::Connect || kind != Kind::Unary
    }

    /// The whole body of a request that has one message, which is given in an envelope.
    pub(crate) fn encoded(
        self,
        kind: Kind,
        envelope: Pieces,
        compress: Option<Compress>,
    ) -> Encoded {
        match self.envelops(kind) {
            #[cfg(feature = "native")]
            true if self == Protocol::GrpcWebText => {
                Encoded::in_envelope(envelope, compress).into_text()
            }
            true => Encoded::in_envelope(envelope, compress),
            false => Encoded::bare(envelope, compress),
        }
    }

    /// The body of a request that is given in envelopes.
    pub(crate) fn upload(self, envelopes: Body) -> Body {
        match self {
            #[cfg(feature = "native")]
            Protocol::GrpcWebText => Body::new(ToText::new(envelopes)),
            _ => envelopes,
        }
    }

    /// The query of a GET that holds the message of a unary call. `None` where the protocol knows no GET, or the
    /// message is too long for a URL, and POST is left.
    pub(crate) fn query(self, format: Format, message: &Encoded) -> Option<String> {
        match self {
            Protocol::Connect => connect::query(format, message),
            #[cfg(feature = "native")]
            Protocol::Grpc | Protocol::GrpcWeb | Protocol::GrpcWebText => None,
        }
    }

    /// Takes away the headers that describe a body, which a GET has not.
    pub(crate) fn describe_no_body(self, headers: &mut HeaderMap) {
        match self {
            Protocol::Connect => connect::describe_no_body(headers),
            // They know no GET, as `query` says.
            #[cfg(feature = "native")]
            Protocol::Grpc | Protocol::GrpcWeb | Protocol::GrpcWebText => {}
        }
    }

    /// Reads the answer of a unary call.
    pub(crate) async fn read_unary(
        self,
        response: http::Response<Body>,
        expected: Expected<'_>,
    ) -> Result<Answer, Fault> {
        match self {
            Protocol::Connect => connect::read_unary(response, expected).await,
            #[cfg(feature = "native")]
            Protocol::Grpc | Protocol::GrpcWeb | Protocol::GrpcWebText => {
                self.read_one(response, expected).await
            }
        }
    }

    /// Reads an answer of one message to a stream.
    pub(crate) async fn read_one(
        self,
        response: http::Response<Body>,
        expected: Expected<'_>,
    ) -> Result<Answer, Fault> {
        let incoming = Incoming::open(self, response, expected).await?;
        incoming.into_one(expected).await
    }
}
