//! Requests for apps: `/{app}/..`, from the box's address to their processes.

pub(super) mod hop;
pub(crate) mod invoke_api;
pub(super) mod proxy;

use crate::daemon::access::Access;
use crate::daemon::apps::Apps;
use crate::daemon::events::Events;
use crate::error::UpError;
use crate::name::AppName;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::{CONTENT_TYPE, HOST};
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use iris_core::{Body, IntoIrisError, Peer};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_service::Service;

/// What comes before the rest of the path.
const PREFIX: &str = "x-forwarded-prefix";

/// Answers for all apps.
#[derive(Debug, Clone)]
pub(super) struct Gateway {
    apps: Arc<Apps>,
    events: Arc<Events>,
    access: Arc<Access>,
}

/// Whom a request is from: an extension of it. A proxy in front that is believed is not whom it is from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source(pub(super) IpAddr);

impl Gateway {
    pub(super) fn new(apps: Arc<Apps>, events: Arc<Events>, access: Arc<Access>) -> Gateway {
        Gateway {
            apps,
            events,
            access,
        }
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        if Gateway::is_invocation(request.uri().path()) {
            return self.invoke(request).await;
        }
        let Some((name, mut request)) = split(request) else {
            return refusal(
                StatusCode::NOT_FOUND,
                "there is no app without a name: /NAME/..",
            );
        };
        self.introduce(&name, &mut request);
        let entered = AppName::new(name).map_err(UpError::from);
        match entered.and_then(|name| self.apps.enter(&name)) {
            Ok((instance, entered)) => instance.answer(entered, request).await,
            Err(error) => told(error),
        }
    }

    /// Leaves of a request's head what is for the app, and says in it where the request comes from. What a caller says
    /// of that is not believed, nor may `connection` take it away.
    fn introduce(&self, name: &str, request: &mut Request<Body>) {
        let upgrade = hop::clean(request.headers_mut());
        let peer = request.extensions().get::<Peer>().and_then(Peer::address);
        let peer = peer.map(|peer| peer.ip());
        // By HTTP/2 it is in the URI.
        let authority = request.uri().authority();
        let authority = authority.and_then(|at| HeaderValue::try_from(at.as_str()).ok());
        let proxies = self.access.proxies();
        let headers = request.headers_mut();
        if let Some(authority) = authority
            && !headers.contains_key(HOST)
        {
            headers.insert(HOST, authority);
        }
        let source = peer.map(|peer| Source(proxies.caller(peer, headers)));
        proxies.introduce(peer, headers);
        if let Ok(prefix) = HeaderValue::try_from(format!("/{name}")) {
            headers.insert(PREFIX, prefix);
        }
        let extensions = request.extensions_mut();
        upgrade.map(|upgrade| extensions.insert(upgrade));
        source.map(|source| extensions.insert(source));
    }
}

impl Service<Request<Body>> for Gateway {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let gateway = self.clone();
        async move { Ok(gateway.answer(request).await) }.boxed()
    }
}

/// The app's name, and the request without it in its path.
fn split(mut request: Request<Body>) -> Option<(String, Request<Body>)> {
    let uri = request.uri();
    let path = uri.path().strip_prefix('/')?;
    let (name, rest) = match path.split_once('/') {
        Some((name, rest)) => (name, rest),
        None => (path, ""),
    };
    if name.is_empty() {
        return None;
    }
    let rest = match uri.query() {
        Some(query) => format!("/{rest}?{query}"),
        None => format!("/{rest}"),
    };
    let name = name.to_owned();
    // What was a path stays one without its first part.
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    *request.uri_mut() = Uri::from_parts(parts).ok()?;
    Some((name, request))
}

/// An answer for people, where there is none of an app's.
pub(super) fn refusal(status: StatusCode, why: &str) -> Response<Body> {
    let mut response = Response::new(Body::full(format!("{why}\n")));
    *response.status_mut() = status;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}

fn told(error: UpError) -> Response<Body> {
    let status = match &error {
        UpError::UnknownApp(_) | UpError::InvalidName(_) => StatusCode::NOT_FOUND,
        UpError::Killed(_) | UpError::NotYet(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if let UpError::Failure(failure) = &error {
        tracing::error!(%failure, "a request came to nothing");
    }
    let error = error.into_iris_error();
    refusal(status, &error.internal_message)
}
