//! Requests for apps: `/{app}/..`, from the box's address to their processes.

mod authority;
pub(super) mod dial;
pub(super) mod hop;
pub(super) mod host_names;
mod http2;
pub(crate) mod invoke_api;
pub(super) mod proxy;
mod settings;
mod tunnel;

use crate::daemon::access::Access;
use crate::daemon::apps::Apps;
use crate::daemon::events::Events;
use crate::daemon::lambda::intake::Intake;
use crate::error::UpError;
use crate::name::AppName;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::{CONTENT_TYPE, HOST};
use http::uri::{Authority, PathAndQuery};
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
    intake: Intake,
    /// Below which apps have host names of their own.
    domains: Arc<[String]>,
}

/// Whom a request is from: an extension of it. A proxy in front that is believed is not whom it is from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source(pub(super) IpAddr);

impl Gateway {
    pub(super) fn new(
        apps: Arc<Apps>,
        events: Arc<Events>,
        access: Arc<Access>,
        intake: Intake,
        domains: &[String],
    ) -> Gateway {
        Gateway {
            apps,
            events,
            access,
            intake,
            domains: domains
                .iter()
                .map(|name| name.to_ascii_lowercase())
                .collect(),
        }
    }

    async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        if let Err(why) = authority::decide(&mut request) {
            return refusal(StatusCode::BAD_REQUEST, why);
        }
        // By its own host name an app has all paths.
        let named = self.of_host(&request).is_some();
        if !named && Gateway::is_invocation(request.uri().path()) {
            return self.invoke(request).await;
        }
        let Some(Way {
            app,
            prefix,
            request,
        }) = self.way(request)
        else {
            return refusal(
                StatusCode::NOT_FOUND,
                "there is no app without a name: /NAME/..",
            );
        };
        let mut request = request;
        self.introduce(prefix.as_deref(), &mut request);
        match app.and_then(|name| self.apps.enter(&name, None)) {
            Ok((instance, entered)) => instance.answer(entered, request).await,
            Err(error) => told(error),
        }
    }

    /// Which app a request is for: the one that its host names, the one that serves what it calls, or the first part of its
    /// path.
    fn way(&self, request: Request<Body>) -> Option<Way> {
        if let Some(name) = self.of_host(&request) {
            return Some(Way::whole(Ok(name), request));
        }
        if let Some(name) = service(&request).and_then(|service| self.apps.serving(service)) {
            return Some(Way::whole(Ok(name), request));
        }
        let (name, request) = split(request)?;
        Some(Way {
            prefix: Some(format!("/{name}")),
            app: AppName::new(name).map_err(UpError::from),
            request,
        })
    }

    /// Whether a request is for an app by its host name, whoever else could answer it.
    pub(crate) fn names_an_app(&self, request: &Request<Body>) -> bool {
        self.of_host(request).is_some()
    }

    /// `hello` of `hello.box.example`, where that is the box's domain.
    fn of_host(&self, request: &Request<Body>) -> Option<AppName> {
        let host = request.headers().get(HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let host = request.uri().authority().map(Authority::as_str).or(host)?;
        let name = host.split(':').next()?.to_ascii_lowercase();
        let mut domains = self.domains.iter();
        domains.find_map(|domain| {
            let app = name.strip_suffix(domain.as_str())?.strip_suffix('.')?;
            AppName::new(app).ok()
        })
    }

    /// Leaves of a request's head what is for the app, and says in it where the request comes from. What a caller says
    /// of that is not believed, nor may `connection` take it away.
    fn introduce(&self, prefix: Option<&str>, request: &mut Request<Body>) {
        let upgrade = hop::clean(request.headers_mut());
        let peer = request.extensions().get::<Peer>().and_then(Peer::address);
        let peer = peer.map(|peer| peer.ip());
        let proxies = self.access.proxies();
        let headers = request.headers_mut();
        let source = peer.map(|peer| Source(proxies.caller(peer, headers)));
        proxies.introduce(peer, headers);
        headers.remove(PREFIX);
        hop::remove_alike(headers);
        if let Some(Ok(prefix)) = prefix.map(HeaderValue::try_from) {
            headers.insert(PREFIX, prefix);
        }
        let extensions = request.extensions_mut();
        extensions.insert(self.intake.clone());
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

/// Where a request goes.
struct Way {
    app: Result<AppName, UpError>,
    /// What was taken off its path.
    prefix: Option<String>,
    request: Request<Body>,
}

impl Way {
    /// With its path as it came.
    fn whole(app: Result<AppName, UpError>, request: Request<Body>) -> Way {
        Way {
            app,
            prefix: None,
            request,
        }
    }
}

/// `users.v1.Users` of `/users.v1.Users/Create`. No app is called so.
fn service(request: &Request<Body>) -> Option<&str> {
    let path = request.uri().path().strip_prefix('/')?;
    let (service, procedure) = path.split_once('/')?;
    let is_call = service.contains('.') && !procedure.is_empty() && !procedure.contains('/');
    is_call.then_some(service)
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
