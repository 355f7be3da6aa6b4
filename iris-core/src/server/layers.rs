//! What stands between a server's connections and its application.

use crate::Body;
use crate::answering::Answering;
use crate::service::{IrisService, OtherService};
use bytes::Bytes;
use http::{Request, Response};
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// What a layer of [`HttpServer::layer`](crate::HttpServer::layer) wraps: the application, or the next layer.
#[derive(Clone)]
pub struct HttpService {
    service: Arc<OtherService>,
    plain_errors: bool,
}

impl HttpService {
    fn new<S, B>(service: S, plain_errors: bool) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        HttpService {
            service: Arc::new(OtherService::new(service)),
            plain_errors,
        }
    }

    pub(crate) fn answer(&self, request: Request<Body>) -> Answering {
        Answering::running(self.service.call(request, self.plain_errors))
    }
}

impl Service<Request<Body>> for HttpService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.service.call(request, self.plain_errors);
        Box::pin(async move { Ok(answer.await) })
    }
}

impl fmt::Debug for HttpService {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("HttpService")
            .field(&self.service.name())
            .finish()
    }
}

/// Wraps a service in one more layer.
type Wrap = Box<dyn FnOnce(HttpService) -> HttpService + Send>;

/// A server's layers, from the outermost to the innermost.
#[derive(Default)]
pub(crate) struct Layers(Vec<Wrap>);

impl Layers {
    /// One more layer, inside of those that are there.
    pub(crate) fn add<L, B>(&mut self, layer: L)
    where
        L: Layer<HttpService> + Send + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.0.push(Box::new(move |inner| {
            let plain_errors = inner.plain_errors;
            HttpService::new(layer.layer(inner), plain_errors)
        }));
    }

    /// One more layer, around those that are there.
    pub(crate) fn add_outermost<L, B>(&mut self, layer: L)
    where
        L: Layer<HttpService> + Send + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.add(layer);
        self.0.rotate_right(1);
    }

    /// The application in its layers; `None` where there are none.
    pub(crate) fn around<C: Send + Sync + 'static>(
        self,
        application: &IrisService<C>,
    ) -> Option<HttpService> {
        if self.0.is_empty() {
            return None;
        }
        let innermost = HttpService::new(application.clone(), application.plain_errors());
        Some(
            self.0
                .into_iter()
                .rev()
                .fold(innermost, |inner, wrap| wrap(inner)),
        )
    }
}

impl fmt::Debug for Layers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Layers({})", self.0.len())
    }
}
