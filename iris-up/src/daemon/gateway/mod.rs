//! Requests for apps: `/{app}/..`, from the box's address to their processes.

pub(super) mod proxy;

use crate::daemon::apps::Apps;
use crate::error::UpError;
use crate::name::AppName;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use iris_core::{Body, IntoIrisError};
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_service::Service;

/// What comes before the rest of the path.
const PREFIX: &str = "x-forwarded-prefix";

/// Answers for all apps.
#[derive(Debug, Clone)]
pub(super) struct Gateway {
    apps: Arc<Apps>,
}

impl Gateway {
    pub(super) fn new(apps: Arc<Apps>) -> Gateway {
        Gateway { apps }
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let Some((name, request)) = split(request) else {
            return refusal(
                StatusCode::NOT_FOUND,
                "there is no app without a name: /NAME/..",
            );
        };
        let entered = AppName::new(name).map_err(UpError::from);
        match entered.and_then(|name| self.apps.enter(&name)) {
            Ok((instance, entered)) => instance.answer(entered, request).await,
            Err(error) => told(error),
        }
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

/// The app's name, and the request as the app is to see it: its path without the name, which is told in a header.
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
    let prefix = HeaderValue::try_from(format!("/{name}")).ok()?;
    // What was a path stays one without its first part.
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    *request.uri_mut() = Uri::from_parts(parts).ok()?;
    request.headers_mut().insert(PREFIX, prefix);
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
        UpError::Killed(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let error = error.into_iris_error();
    refusal(status, &error.internal_message)
}
