//! One connection: HTTP/1.1 or HTTP/2, whichever its first bytes are.

use super::activity::aged;
use super::corked::cork;
use super::exchange::Exchanges;
use super::first_bytes::FirstBytes;
use super::inline::{Inline, Learned};
use super::layers::{HttpService, Layers};
use super::limits::{Limits, countable};
use super::listener::Accepted;
use super::running::stopped;
use super::socket::Socket;
#[cfg(feature = "tls")]
use super::tls::{Live, Secured};
#[cfg(feature = "websocket")]
use super::upgrade::Upgrade;
use crate::Body;
use crate::answering::Answering;
use crate::peer::Caller;
use crate::service::IrisService;
#[cfg(feature = "websocket")]
use crate::websocket::Settings;
use http::Request;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::fmt::Display;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tower_http::cors::CorsLayer;

/// How long a peer may take to read what was said last, such as a refusal.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How long a peer may go on sending what was answered already.
const LINGER_TIME: Duration = Duration::from_secs(1);

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
    learned: Arc<Learned>,
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
        Connections {
            layered: layers.around(&service),
            plain: service,
            learned: Arc::default(),
            limits,
            #[cfg(feature = "websocket")]
            sockets: None,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// What speaks HTTP over one connection.
    fn builder(&self, inline: Inline) -> Builder<Inline> {
        let limits = &self.limits;
        let mut builder = Builder::new(inline);
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
        builder
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
        let Accepted { mut socket, peer } = accepted;
        socket.set_write_timeout(self.limits.write_timeout);
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
        // Whatever a layer makes of the body, streams may pause.
        if let Some(pace) = request.body_mut().share_pace() {
            request.extensions_mut().insert(pace);
        }
        layered.answer(request)
    }

    /// Speaks HTTP, and then whatever it was upgraded to.
    async fn speak(
        self: &Arc<Self>,
        socket: Socket,
        caller: Caller,
        mut stopping: watch::Receiver<bool>,
    ) {
        let limits = &self.limits;
        #[cfg(feature = "websocket")]
        let until = stopping.clone();
        let caller = Arc::new(caller);
        let inline = Inline::new(&self.learned, limits.write_timeout, socket.backpressure());
        let builder = self.builder(inline);
        let (io, cork) = cork(FirstBytes::new(socket, limits.header_timeout));
        let exchanges = Exchanges::new(
            self.clone(),
            caller.clone(),
            #[cfg(feature = "websocket")]
            Upgrade::new(cork.switched()),
        );
        let service = hyper::service::service_fn(|request| exchanges.answer(request));
        let io = TokioIo::new(io);
        #[cfg(feature = "websocket")]
        let connection = builder.serve_connection_with_upgrades(io, service);
        #[cfg(not(feature = "websocket"))]
        let connection = builder.serve_connection(io, service);
        let activity = exchanges.activity.as_deref();
        let idle = maybe(activity.zip(limits.idle_timeout), |(activity, timeout)| {
            activity.idle(timeout)
        });
        let ended = {
            // It keeps the socket for as long as it is there, unless the socket was handed on.
            let mut connection = pin!(connection);
            tokio::select! {
                ended = cork.run(connection.as_mut()) => Some(ended),
                () = stopped(&mut stopping) => {
                    connection.as_mut().graceful_shutdown();
                    Some(cork.run(connection).await)
                }
                () = either(idle, maybe(limits.max_age, aged)) => {
                    connection.as_mut().graceful_shutdown();
                    tokio::time::timeout(limits.grace, cork.run(connection)).await.ok()
                }
            }
        };
        // A connection that was given up, or failed, hands nothing on.
        #[cfg(feature = "websocket")]
        if matches!(ended, Some(Ok(())))
            && let Some(socket) = exchanges.upgrade.socket()
        {
            // Boxed, so that connections that become none need no room for one. It says its last words itself.
            cork.run(Box::pin(socket.run(until)).as_mut()).await;
            return;
        }
        // Where a service beside the remotes has it, it is a connection for as long as that has it.
        #[cfg(feature = "websocket")]
        if matches!(ended, Some(Ok(()))) && exchanges.upgrade.has_switched() {
            let _ = cork.hand_over().await;
        }
        if ended.is_some() {
            let _ = tokio::time::timeout(LAST_WORDS, cork.finish()).await;
        }
        if exchanges.were_hasty() {
            let _ = tokio::time::timeout(LINGER_TIME, cork.linger()).await;
        }
        log_end(ended, &caller);
    }
}

/// What became of a connection, or `None` where it was cut off.
fn log_end<E: Display>(ended: Option<Result<(), E>>, caller: &Caller) {
    let peer = &caller.peer;
    match ended {
        Some(Ok(())) => {}
        // Clients come and go as they like.
        Some(Err(error)) => tracing::debug!(%error, ?peer, "a connection ended early"),
        None => tracing::debug!(
            ?peer,
            "a connection that was to close did not, and was cut off"
        ),
    }
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
