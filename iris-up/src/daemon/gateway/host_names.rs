//! Apps reached by their own host names: what is for one of them is not the daemon's, whatever its path is.

use super::Gateway;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use iris_core::Body;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Stands before all that a daemon answers.
#[derive(Debug, Clone)]
pub(crate) struct HostNames(pub(crate) Gateway);

/// What it stands before, and it.
#[derive(Debug, Clone)]
pub(crate) struct ByHost<S> {
    gateway: Gateway,
    daemon: S,
}

impl<S> Layer<S> for HostNames {
    type Service = ByHost<S>;

    fn layer(&self, daemon: S) -> ByHost<S> {
        ByHost {
            gateway: self.0.clone(),
            daemon,
        }
    }
}

impl<S> Service<Request<Body>> for ByHost<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.daemon.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if !self.gateway.names_an_app(&request) {
            return self.daemon.call(request).boxed();
        }
        let gateway = self.gateway.clone();
        async move { Ok(gateway.answer(request).await) }.boxed()
    }
}
