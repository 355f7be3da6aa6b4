//! tonic at the edges: its services beside remotes, its status and metadata to and from ours.

use crate::disclosure::disclosed;
use crate::request::new_id;
use crate::{Body, Iris, IrisError, Metadata, Status};
use bytes::Bytes;
use std::error::Error;
use tower_service::Service;

impl<C: Send + Sync + 'static> Iris<C> {
    /// Serves a tonic service under its own name, beside the remotes.
    pub fn add_tonic<S, B>(self, service: S) -> Self
    where
        S: tonic::server::NamedService
            + Service<http::Request<tonic::body::Body>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        self.add_service(S::NAME, OfTonic(service))
    }
}

/// Gives a tonic service the body it wants.
#[derive(Clone)]
struct OfTonic<S>(S);

impl<S> Service<http::Request<Body>> for OfTonic<S>
where
    S: Service<http::Request<tonic::body::Body>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(
        &mut self,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> S::Future {
        self.0.call(request.map(tonic::body::Body::new))
    }
}

impl From<Status> for tonic::Code {
    fn from(status: Status) -> Self {
        tonic::Code::from_i32(status.number())
    }
}

impl From<IrisError> for tonic::Status {
    /// The status with the error's detail, as Iris sends it itself. What callers are not told goes to the
    /// log, under a request id that they get.
    fn from(error: IrisError) -> Self {
        let error = disclosed(error, "", new_id);
        let mut trailers = http::HeaderMap::new();
        crate::wire::grpc::write_trailers(&mut trailers, Some(&error));
        tonic::Status::from_header_map(&trailers)
            .unwrap_or_else(|| tonic::Status::new(error.status.into(), error.internal_message))
    }
}

impl From<tonic::Status> for IrisError {
    /// The error in the status's details, or 900 with its code.
    fn from(status: tonic::Status) -> Self {
        let mut trailers = http::HeaderMap::new();
        let written = status.add_header(&mut trailers);
        match crate::wire::grpc::read_trailers(&trailers) {
            crate::wire::grpc::Ending::Failed(error) if written.is_ok() => error,
            _ => IrisError::communication(Status::Unknown, status.message()),
        }
    }
}

impl From<Metadata> for tonic::metadata::MetadataMap {
    fn from(metadata: Metadata) -> Self {
        tonic::metadata::MetadataMap::from_headers(metadata.into_headers())
    }
}

impl From<tonic::metadata::MetadataMap> for Metadata {
    fn from(metadata: tonic::metadata::MetadataMap) -> Self {
        Metadata::from(metadata.into_headers())
    }
}
