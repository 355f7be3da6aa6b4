//! Naming the current trace to whom a client calls.

use http::{HeaderMap, HeaderName, HeaderValue, Request};
use opentelemetry::global;
use opentelemetry::propagation::Injector;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// A client's layer that sends the current span with each request, as `traceparent` or in whatever way
/// `opentelemetry::global::set_text_map_propagator` was given.
///
/// It is a `tower` layer like any other: `ClientBuilder::layer(Propagate)` for Iris clients, the same for tonic's and
/// reqwest's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Propagate;

/// A service that [`Propagate`] was put around.
#[derive(Debug, Clone)]
pub struct Propagating<S>(S);

impl<S> Layer<S> for Propagate {
    type Service = Propagating<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Propagating(inner)
    }
}

impl<S, B> Service<Request<B>> for Propagating<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let current = Span::current().context();
        let mut headers = Headers(request.headers_mut());
        global::get_text_map_propagator(|propagator| {
            propagator.inject_context(&current, &mut headers);
        });
        self.0.call(request)
    }
}

/// A request's headers, as propagators write them.
struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, name: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
