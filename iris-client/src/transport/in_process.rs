//! A service in this process: the same bytes and headers as over a socket, without one.

use crate::{Body, BoxError};
use bytes::Bytes;
use http::{Request, Response, Version};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use tower_service::Service;

type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

/// A service of which each request gets a clone.
pub(crate) struct InProcess {
    serve: Box<dyn Fn(Request<Body>) -> Answer + Send + Sync>,
}

impl InProcess {
    pub(crate) fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        // Services need not be shareable between threads; the lock is held for cloning alone.
        let service = Mutex::new(service);
        let serve = move |request| -> Answer {
            let mut service = service
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            Box::pin(async move {
                std::future::poll_fn(|context| service.poll_ready(context))
                    .await
                    .map_err(Into::into)?;
                let response = service.call(request).await.map_err(Into::into)?;
                Ok(response.map(Body::new))
            })
        };
        InProcess {
            serve: Box::new(serve),
        }
    }

    pub(super) async fn send(
        &self,
        mut request: Request<Body>,
    ) -> Result<Response<Body>, BoxError> {
        *request.version_mut() = Version::HTTP_2;
        (self.serve)(request).await
    }
}
