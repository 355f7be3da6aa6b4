//! A call on its way: from the request's head to the answer's.

#[cfg(feature = "native")]
mod asked;
mod builders;
mod options;
mod streaming;
mod unary;
mod upload;

pub use builders::{Bidirectional, ClientStreaming, ServerStreaming, Unary, WithResponse};
pub use streaming::Streaming;
pub use unary::Answering;

#[cfg(feature = "native")]
pub(crate) use asked::asked;
pub(crate) use options::Options;
#[cfg(feature = "native")]
pub(crate) use unary::attempt;

use crate::client::Shared;
use crate::deadline::Deadline;
use crate::fault::Fault;
#[cfg(feature = "native")]
use crate::protocol::Protocol;
use crate::protocol::{self, Encoded, Expected};
use crate::{Body, IrisError, Metadata};
use http::{Extensions, HeaderMap, Request, Response, Version};
use iris_core::Pieces;
use iris_core::wire::envelope;
use std::borrow::Cow;
use std::sync::Arc;

/// Which side of a call is a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Unary,
    ServerStreaming,
    ClientStreaming,
    Bidirectional,
}

/// A call that has started: its deadline runs.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) deadline: Deadline,
    path: Cow<'static, str>,
    kind: Kind,
    metadata: Metadata,
    invalid: Option<IrisError>,
}

impl Call {
    /// Starts the clock. Wrong options come out of [`Call::check`].
    fn start(shared: Arc<Shared>, path: Cow<'static, str>, kind: Kind, options: Options) -> Call {
        Call {
            deadline: Deadline::start(options.deadline.or(shared.settings.deadline)),
            shared,
            path,
            kind,
            invalid: options.check().err(),
            metadata: options.metadata,
        }
    }

    /// Whether the call can be made at all, with this metadata.
    fn check(&self) -> Result<(), IrisError> {
        match &self.invalid {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// The one message of a request.
    fn encode<Req: crate::Message>(&self, request: &Req) -> Result<Encoded, IrisError> {
        let settings = &self.shared.settings;
        let mut pieces = protocol::pieces(settings.compress);
        envelope::append(&mut pieces, settings.format(), request)?;
        Ok(self.encoded(pieces))
    }

    /// The same, of an envelope that holds the message.
    fn encoded(&self, envelope: Pieces) -> Encoded {
        let settings = &self.shared.settings;
        settings
            .protocol
            .encoded(self.kind, envelope, settings.compress)
    }

    fn base(&self) -> &str {
        self.shared.endpoint.as_str()
    }

    fn expected(&self) -> Expected<'_> {
        Expected {
            base: self.base(),
            format: self.shared.settings.format(),
            limit: self.shared.settings.receive_limit,
        }
    }

    /// One message by POST. Extensions are for the transport alone.
    fn post(&self, message: Encoded, extensions: Extensions) -> Result<Request<Body>, IrisError> {
        let mut headers = self.headers();
        message.describe(&mut headers);
        let body = Body::of_chunks(message.chunks, None);
        self.post_with(headers, body, extensions)
    }

    /// The same with a body of envelopes.
    fn post_stream(&self, body: Body) -> Result<Request<Body>, IrisError> {
        #[cfg(not(feature = "native"))]
        self.shared.transport.expect_streams();
        let body = self.shared.settings.protocol.upload(body);
        self.post_with(self.headers(), body, Extensions::new())
    }

    fn post_with(
        &self,
        headers: HeaderMap,
        body: Body,
        extensions: Extensions,
    ) -> Result<Request<Body>, IrisError> {
        let mut request = Request::new(body);
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = self.shared.endpoint.uri(self.path.clone(), None)?;
        *request.headers_mut() = headers;
        *request.extensions_mut() = extensions;
        Ok(request)
    }

    /// One message by GET, or by POST where it is too long for a URL or the protocol knows no GET.
    fn get(&self, message: Encoded, extensions: Extensions) -> Result<Request<Body>, IrisError> {
        let settings = &self.shared.settings;
        let Some(query) = settings.protocol.query(settings.format(), &message) else {
            return self.post(message, extensions);
        };
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.shared.endpoint.uri(self.path.clone(), Some(&query))?;
        *request.headers_mut() = self.headers();
        settings.protocol.describe_no_body(request.headers_mut());
        *request.extensions_mut() = extensions;
        Ok(request)
    }

    fn headers(&self) -> HeaderMap {
        let settings = &self.shared.settings;
        let mut headers = self.shared.headers(self.kind).clone();
        // A call's own values stand in place of those that the client sends with every call.
        for name in self.metadata.headers().keys() {
            headers.remove(name);
        }
        self.metadata.copy_to(&mut headers);
        if let Some(left) = self.deadline.remaining() {
            let (name, value) = settings.protocol.timeout(left);
            headers.insert(name, value);
        }
        headers
    }

    /// Sends a request and waits for the head of its answer. What is sent is taken out of the request, which is not
    /// passed by value: each function on the way would hold it once more for as long as the call takes.
    async fn send(&self, request: &mut Request<Body>) -> Result<Response<Body>, Fault> {
        #[cfg(feature = "native")]
        if let Some(health) = &self.shared.health {
            health.begin(&self.shared);
        }
        let uri = self.shared.add_cookies(request);
        let version = self.version();
        *request.version_mut() = version;
        match self.shared.transport.send(request, self.deadline).await {
            Ok(response) => {
                self.shared.keep_cookies(uri.as_ref(), response.headers());
                Ok(response)
            }
            Err(cause) => Err(Fault::unanswered(
                cause,
                self.base(),
                version == Version::HTTP_2,
            )),
        }
    }

    /// Over `http` nothing is negotiated, so that a version must be chosen. Any server takes a unary call in
    /// HTTP/1.1. A stream would keep a whole connection of HTTP/1.1 to itself, and a bidirectional one does not
    /// work at all where a server or proxy reads the request to its end first; so streams go by HTTP/2.
    ///
    /// HTTP/1.1 stands for either where client and server agree on one.
    #[cfg(feature = "native")]
    fn version(&self) -> Version {
        let settings = &self.shared.settings;
        let needs_http2 = settings.protocol == Protocol::Grpc || self.kind == Kind::Bidirectional;
        let unnegotiated_stream = self.kind != Kind::Unary && !self.shared.endpoint.is_https();
        if settings.http1_only {
            // gRPC was refused when the client was built; a bidirectional call may still work, half by half.
            Version::HTTP_11
        } else if settings.http2_only || needs_http2 || unnegotiated_stream {
            Version::HTTP_2
        } else {
            Version::HTTP_11
        }
    }

    /// What carries a browser's requests chooses the version itself.
    #[cfg(not(feature = "native"))]
    fn version(&self) -> Version {
        Version::HTTP_11
    }

    /// Tells of a failure to whoever listens, and translates its code for the caller.
    fn fail<C: From<i32>>(&self, error: IrisError) -> IrisError<C> {
        self.shared.failures.tell(self.path.clone(), &error);
        error.of_own_call().map_code(C::from)
    }
}
