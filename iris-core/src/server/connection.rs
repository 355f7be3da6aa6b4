//! One connection: HTTP/1.1 or HTTP/2, whichever its first bytes are.

use super::activity::{Activity, Counted, InFlight, aged};
use super::corked::cork;
use super::first_bytes::FirstBytes;
use super::inline::Inline;
use super::layers::{HttpService, Layers};
use super::limits::{Limits, countable};
use super::listener::Accepted;
use super::received::{Received, Rest};
use super::running::stopped;
use super::socket::Socket;
#[cfg(feature = "tls")]
use super::tls::{Live, Secured};
#[cfg(feature = "websocket")]
use super::upgrade::Upgrade;
use crate::Body;
use crate::dispatch::Answering;
use crate::peer::Caller;
use crate::service::IrisService;
#[cfg(feature = "websocket")]
use crate::websocket::Settings;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderValue};
use http::{Method, Request, Response, StatusCode, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tower_http::cors::CorsLayer;

/// How long a peer may take to read what was said last, such as a refusal.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How long a peer may go on sending what was answered already.
const LINGER: Duration = Duration::from_secs(1);

/// How much of a call its caller may send before the procedure reads it, in bytes, over HTTP/2.
const STREAM_WINDOW: u32 = 1024 * 1024;

/// The same of all calls of a connection together. One that is not read must not stop the others, as it would if it
/// could fill this window by itself. It is also what many small messages are held against: with half as many bytes of
/// overhead, at some 250 a message, the HTTP stack ends the connection.
const CONNECTION_WINDOW: u32 = 32 * STREAM_WINDOW;

/// What every connection of a server shares.
pub(crate) struct Connections<C> {
    plain: IrisService<C>,
    /// The same in its layers, where there are any.
    layered: Option<HttpService>,
    builder: Builder<Inline>,
    pub(crate) limits: Limits,
    /// Where calls may come over WebSockets.
    #[cfg(feature = "websocket")]
    pub(super) sockets: Option<Settings>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Arc<Live>>,
}

impl<C: Send + Sync + 'static> Connections<C> {
    pub(crate) fn new(
        service: IrisService<C>,
        mut layers: Layers,
        cors: Option<CorsLayer>,
        limits: Limits,
    ) -> Self {
        if let Some(cors) = cors {
            layers.add_outermost(cors);
        }
        let mut builder = Builder::new(Inline::default());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(countable(limits.header_timeout));
        builder
            .http2()
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .keep_alive_interval(limits.keep_alive.map(countable))
            .keep_alive_timeout(countable(limits.keep_alive_timeout))
            .max_concurrent_streams(limits.max_streams)
            .max_pending_accept_reset_streams(limits.max_pending_resets);
        Connections {
            layered: layers.around(&service),
            plain: service,
            builder,
            limits,
            #[cfg(feature = "websocket")]
            sockets: None,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// The path of a request below the server's prefix.
    #[cfg(feature = "websocket")]
    pub(super) fn below_prefix<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(&**self.plain.prefix())
    }

    #[cfg(feature = "websocket")]
    pub(super) fn prefix(&self) -> Arc<str> {
        self.plain.prefix().clone()
    }

    /// The same connections, which may become WebSockets.
    #[cfg(feature = "websocket")]
    pub(crate) fn with_sockets(mut self, sockets: Option<Settings>) -> Self {
        self.sockets = sockets;
        self
    }

    /// The same connections, inside TLS.
    #[cfg(feature = "tls")]
    pub(crate) fn secured(mut self, tls: Arc<Live>) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Serves a connection until it ends; once `stopping` is true, no longer than its calls in flight.
    pub(crate) async fn serve(
        self: &Arc<Self>,
        accepted: Accepted,
        stopping: watch::Receiver<bool>,
    ) {
        let Accepted { socket, peer } = accepted;
        #[cfg(feature = "tls")]
        let (socket, identity) = match &self.tls {
            None => (socket, None),
            Some(tls) => {
                let mut stopping = stopping.clone();
                let secured = tokio::select! {
                    secured = tls.secure(socket) => secured,
                    // Nobody has asked for anything yet.
                    () = stopped(&mut stopping) => return,
                };
                match secured {
                    Ok(Secured { socket, identity }) => (socket, identity),
                    Err(error) => {
                        tracing::debug!(%error, ?peer, "a connection was not secured");
                        return;
                    }
                }
            }
        };
        let caller = Caller {
            peer: Some(peer),
            stopping: Some(stopping.clone()),
            #[cfg(feature = "tls")]
            identity,
        };
        self.speak(socket, caller, stopping).await;
    }

    pub(super) fn answering(&self, mut request: Request<Body>, caller: &Arc<Caller>) -> Answering {
        let Some(layered) = &self.layered else {
            return self.plain.answer_to(request, Some(caller.clone()));
        };
        let extensions = request.extensions_mut();
        caller.introduce(extensions);
        extensions.insert(caller.clone());
        layered.answer(request)
    }

    /// Speaks HTTP.
    async fn speak(
        self: &Arc<Self>,
        socket: Socket,
        caller: Caller,
        mut stopping: watch::Receiver<bool>,
    ) {
        let limits = &self.limits;
        #[cfg(feature = "websocket")]
        let until = stopping.clone();
        // Calls are counted only where somebody asks for the count.
        let activity = limits.idle_timeout.map(|_| Arc::new(Activity::new()));
        let caller = Arc::new(caller);
        // Whether an answer left before its request was read.
        let hasty = Arc::new(AtomicBool::new(false));
        #[cfg(feature = "websocket")]
        let upgrade = Upgrade::default();
        let service = hyper::service::service_fn(|request: Request<Incoming>| {
            let in_flight = activity.as_ref().map(InFlight::new);
            // In HTTP/1.1 nothing can follow on a connection whose last request was not read to its end.
            let rest = (request.version() < Version::HTTP_2 && !request.body().is_end_stream())
                .then(|| Arc::new(Rest::default()));
            // In HTTP/1.1 the stack leaves the body of such an answer out by itself.
            let head_alone =
                request.method() == Method::HEAD && request.version() == Version::HTTP_2;
            // Whoever expects to be asked for its body first is not asked for nothing.
            let comes = !request.headers().contains_key(EXPECT);
            let hasty = rest.as_ref().map(|_| hasty.clone());
            let request = request.map(|body| {
                Body::received(Received::new(body, limits.body_timeout).leave(rest.clone()))
            });
            let answering = match names_its_host(&request) {
                false => Answering::ready(no_host()),
                #[cfg(feature = "websocket")]
                true => upgrade.or_answer(self, request, &caller),
                #[cfg(not(feature = "websocket"))]
                true => self.answering(request, &caller),
            };
            async move {
                let mut response = answering.await;
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
                Ok::<_, Infallible>(response.map(|body| Counted {
                    body,
                    in_flight,
                    head_alone,
                }))
            }
        });
        let (io, cork) = cork(FirstBytes::new(socket, limits.header_timeout));
        let io = TokioIo::new(io);
        #[cfg(feature = "websocket")]
        let connection = self.builder.serve_connection_with_upgrades(io, service);
        #[cfg(not(feature = "websocket"))]
        let connection = self.builder.serve_connection(io, service);
        let mut connection = pin!(connection);
        let idle = maybe(
            activity.as_deref().zip(limits.idle_timeout),
            |(activity, timeout)| activity.idle(timeout),
        );
        let ended = tokio::select! {
            ended = cork.run(connection.as_mut()) => Some(ended),
            () = stopped(&mut stopping) => {
                connection.as_mut().graceful_shutdown();
                Some(cork.run(connection).await)
            }
            () = either(idle, maybe(limits.max_age, aged)) => {
                connection.as_mut().graceful_shutdown();
                tokio::time::timeout(limits.grace, cork.run(connection)).await.ok()
            }
        };
        // A connection that was given up, or failed, hands nothing on.
        #[cfg(feature = "websocket")]
        if matches!(ended, Some(Ok(())))
            && let Some(socket) = upgrade.socket()
        {
            // Boxed, so that connections that become none need no room for one. It says its last words itself.
            cork.run(Box::pin(socket.run(until)).as_mut()).await;
            return;
        }
        if ended.is_some() {
            let _ = tokio::time::timeout(LAST_WORDS, cork.finish()).await;
        }
        if hasty.load(Ordering::Relaxed) {
            let _ = tokio::time::timeout(LINGER, cork.linger()).await;
        }
        match ended {
            Some(Ok(())) => {}
            // Clients come and go as they like.
            Some(Err(error)) => {
                tracing::debug!(%error, peer = ?caller.peer, "a connection ended early");
            }
            None => {
                tracing::debug!(peer = ?caller.peer, "a connection that was to close did not, and was cut off");
            }
        }
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

/// What is made of a setting; never ready where it is not set.
async fn maybe<T, F: Future<Output = ()>>(setting: Option<T>, make: impl FnOnce(T) -> F) {
    match setting {
        Some(setting) => make(setting).await,
        None => std::future::pending().await,
    }
}

async fn either(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    tokio::select! {
        () = one => {}
        () = other => {}
    }
}
