//! The requests of one connection, and their answers.

use super::activity::{Activity, InFlight};
use super::connection::Connections;
use super::leaving::Leaving;
use super::received::{Received, Rest};
#[cfg(feature = "websocket")]
use super::upgrade::Upgrade;
use crate::Body;
use crate::answering::Answering;
use crate::peer::Caller;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderValue};
use http::{Method, Request, Response, StatusCode, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the requests of a connection have in common.
pub(super) struct Exchanges<C> {
    connections: Arc<Connections<C>>,
    caller: Arc<Caller>,
    /// Calls are counted only where somebody asks for the count.
    pub(super) activity: Option<Arc<Activity>>,
    /// Whether an answer left before its request was read.
    hasty: Arc<AtomicBool>,
    #[cfg(feature = "websocket")]
    pub(super) upgrade: Upgrade,
}

impl<C: Send + Sync + 'static> Exchanges<C> {
    pub(super) fn new(
        connections: Arc<Connections<C>>,
        caller: Arc<Caller>,
        #[cfg(feature = "websocket")] upgrade: Upgrade,
    ) -> Self {
        let idle_timeout = connections.limits.idle_timeout;
        Exchanges {
            activity: idle_timeout.map(|_| Arc::new(Activity::new())),
            connections,
            caller,
            hasty: Arc::default(),
            #[cfg(feature = "websocket")]
            upgrade,
        }
    }

    /// Begins to answer a request.
    pub(super) fn answer(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Leaving>, Infallible>> + use<C> {
        let in_flight = self.activity.as_ref().map(InFlight::new);
        // In HTTP/1.1 nothing can follow on a connection whose last request was not read to its end.
        let rest = (request.version() < Version::HTTP_2 && !request.body().is_end_stream())
            .then(|| Arc::new(Rest::default()));
        // In HTTP/1.1 the stack leaves the body of such an answer out by itself.
        let by_http2 = request.version() == Version::HTTP_2;
        let head_alone = by_http2 && request.method() == Method::HEAD;
        // Whoever expects to be asked for its body first is not asked for nothing.
        let comes = !request.headers().contains_key(EXPECT);
        let hasty = rest.as_ref().map(|_| self.hasty.clone());
        let timeout = self.connections.limits.body_timeout;
        let request =
            request.map(|body| Body::received(Received::new(body, timeout).leave(rest.clone())));
        let answering = match names_its_host(&request) {
            false => Answering::ready(no_host()),
            #[cfg(feature = "websocket")]
            true => self
                .upgrade
                .or_answer(&self.connections, request, &self.caller),
            #[cfg(not(feature = "websocket"))]
            true => self.connections.answering(request, &self.caller),
        };
        #[cfg(feature = "websocket")]
        let switched = self.upgrade.watch();
        async move {
            let mut response = answering.await;
            #[cfg(feature = "websocket")]
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                switched.store(true, Ordering::Relaxed);
            }
            if let (Some(rest), Some(hasty)) = (rest, hasty)
                && !rest.read(comes).await
            {
                hasty.store(true, Ordering::Relaxed);
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
            if head_alone && let Some(length) = response.body().size_hint().exact() {
                let headers = response.headers_mut();
                headers.entry(CONTENT_LENGTH).or_insert(length.into());
            }
            Ok(response.map(|body| Leaving::new(body, in_flight, head_alone, by_http2)))
        }
    }

    /// Whether an answer left before its request was read.
    pub(super) fn were_hasty(&self) -> bool {
        self.hasty.load(Ordering::Relaxed)
    }
}

/// Whether a request names one host, where it is to. Of two, a proxy before this server may have read the other.
fn names_its_host(request: &Request<Body>) -> bool {
    let version = request.version();
    if version > Version::HTTP_11 {
        return true;
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    match hosts.next() {
        Some(_) => hosts.next().is_none(),
        None => version < Version::HTTP_11,
    }
}

/// The answer to those that do not (RFC 9112, section 3.2).
fn no_host() -> Response<Body> {
    let mut response = Response::new(Body::full("a request names its host, once\n"));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, text);
    response
}
