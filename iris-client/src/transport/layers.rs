//! What stands between a client's calls and its connections, or in their place.

use super::Transport;
use crate::deadline::Deadline;
use crate::{Body, BoxError};
use bytes::Bytes;
use http::{Request, Response, Version};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

/// What a layer of [`ClientBuilder::layer`](crate::ClientBuilder::layer) wraps: the connections, the next layer, or a service
/// in this process.
#[derive(Clone)]
pub struct HttpService {
    serve: Arc<dyn Fn(Request<Body>) -> Answer + Send + Sync>,
}

impl HttpService {
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
        HttpService {
            serve: Arc::new(serve),
        }
    }

    /// What this function answers.
    #[cfg(not(feature = "native"))]
    pub(super) fn by(serve: impl Fn(Request<Body>) -> Answer + Send + Sync + 'static) -> Self {
        HttpService {
            serve: Arc::new(serve),
        }
    }

    #[cfg(not(feature = "native"))]
    pub(super) fn serve(&self, request: Request<Body>) -> Answer {
        (self.serve)(request)
    }

    /// What sends requests, of which the innermost has no layer yet.
    fn of(transport: Transport) -> Self {
        if let Transport::Layered(service) = transport {
            return service;
        }
        // Whether a request that comes through layers streams is not known before.
        #[cfg(not(feature = "native"))]
        transport.expect_streams();
        let transport = Arc::new(transport);
        HttpService {
            serve: Arc::new(move |mut request| {
                let transport = transport.clone();
                Box::pin(async move {
                    // A layer may send requests of its own.
                    let deadline = request.extensions_mut().remove().unwrap_or(Deadline::NONE);
                    let sent = transport.send(&mut request, deadline).await;
                    sent.map_err(|cause| Unanswered(cause).into())
                })
            }),
        }
    }

    /// Sends a request to a service in this process: the same bytes and headers as over a socket, without one.
    pub(super) async fn send_in_process(
        &self,
        mut request: Request<Body>,
    ) -> Result<Response<Body>, BoxError> {
        *request.version_mut() = Version::HTTP_2;
        (self.serve)(request).await
    }

    /// Sends a request through layers, whose own failures are told from those of what they stand around.
    pub(super) async fn send(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        match (self.serve)(request).await {
            Err(error) if crate::fault::find::<Unanswered>(&*error).is_none() => {
                Err(LayerFailure(error).into())
            }
            result => result,
        }
    }
}

impl Service<Request<Body>> for HttpService {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        (self.serve)(request)
    }
}

impl fmt::Debug for HttpService {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HttpService")
    }
}

/// Wraps what sends requests in one more layer.
type Wrap = Box<dyn FnOnce(Transport) -> Transport + Send>;

/// A client's layers, from the outermost to the innermost.
#[derive(Default)]
pub(crate) struct Layers(Vec<Wrap>);

impl Layers {
    /// One more layer, inside of those that are there.
    pub(crate) fn add<L, B>(&mut self, layer: L)
    where
        L: Layer<HttpService> + Send + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.0.push(Box::new(move |inner| {
            Transport::Layered(HttpService::new(layer.layer(HttpService::of(inner))))
        }));
    }

    /// The transport in its layers; itself where there are none.
    pub(crate) fn around(self, transport: Transport) -> Transport {
        let wrapped = self.0.into_iter().rev();
        wrapped.fold(transport, |inner, wrap| wrap(inner))
    }
}

impl fmt::Debug for Layers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Layers({})", self.0.len())
    }
}

/// A failure of the connection's, by which it is told from one of a layer's.
#[derive(Debug)]
struct Unanswered(BoxError);

/// A failure of a layer's own.
#[derive(Debug)]
pub(crate) struct LayerFailure(BoxError);

impl fmt::Display for Unanswered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no answer came")
    }
}

impl Error for Unanswered {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

impl fmt::Display for LayerFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for LayerFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
