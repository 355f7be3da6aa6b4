//! Any service, as one type.

use super::body::Body;
use crate::failure::BoxError;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

/// What it answers.
pub(super) type Answered = Response<UnsyncBoxBody<Bytes, BoxError>>;

type Answering = Pin<Box<dyn Future<Output = Result<Answered, BoxError>> + Send>>;

#[derive(Clone)]
pub(super) struct Service(Arc<dyn Fn(Request<Body>) -> Answering + Send + Sync>);

impl Service {
    pub(super) fn new<S, B>(service: S) -> Self
    where
        S: tower_service::Service<Request<Body>, Response = Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Service(Arc::new(move |request| {
            let mut service = service.clone();
            Box::pin(async move {
                let ready = poll_fn(|context| service.poll_ready(context)).await;
                ready.map_err(Into::into)?;
                let response = service.call(request).await.map_err(Into::into)?;
                Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()))
            })
        }))
    }

    pub(super) async fn answer(&self, request: Request<Body>) -> Result<Answered, BoxError> {
        (self.0)(request).await
    }
}
