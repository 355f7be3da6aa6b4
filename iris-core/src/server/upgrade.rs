//! Connections that become something else: WebSockets for calls, and whatever a service beside the remotes speaks.
//!
//! A socket for calls runs in the place of the connection that it was, on its task: so it counts as one, is drained as one, and
//! has the calls in flight that the connection would have. Handshakes are answered before all layers, as preflights are:
//! a browser lets a page put nothing into them that a layer could ask for. The calls themselves pass the layers.

use super::connection::Connections;
use crate::Body;
use crate::answering::Answering;
use crate::peer::Caller;
use crate::websocket::{Application, Opening, Settings, Socket, Trust, open};
use crate::wire::websocket::PATH;
use http::{Request, Version};
use http_body::Body as _;
use hyper::upgrade::OnUpgrade;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a connection becomes, once that was asked for.
pub(super) struct Upgrade {
    socket: Mutex<Option<Box<Socket>>>,
    /// Whether the peer was told to speak something else.
    switched: Arc<AtomicBool>,
}

impl Upgrade {
    /// `switched` is the connection's own.
    pub(super) fn new(switched: Arc<AtomicBool>) -> Self {
        Upgrade {
            socket: Mutex::default(),
            switched,
        }
    }

    /// Answers a request: a handshake here, all others by the application.
    pub(super) fn or_answer<C: Send + Sync + 'static>(
        &self,
        connections: &Arc<Connections<C>>,
        mut request: Request<Body>,
        caller: &Arc<Caller>,
    ) -> Answering {
        if let Some(sockets) = &connections.sockets
            && connections.below_prefix(request.uri().path()) == Some(PATH)
            && sockets.takes(&request)
        {
            #[cfg(feature = "tls")]
            let secure = connections.tls.is_some();
            #[cfg(not(feature = "tls"))]
            let secure = false;
            return match open(request, sockets, secure) {
                Ok((response, opening)) => {
                    let socket = socket(connections, sockets, opening, caller);
                    *self.lock() = Some(Box::new(socket));
                    Answering::ready(response)
                }
                Err(refusal) => Answering::ready(refusal.response()),
            };
        }
        // Over HTTP/2 it is a stream, and CONNECT, which nobody here asks for. Behind a body nobody could tell where the body
        // ends and something else begins.
        if request.version() != Version::HTTP_11 || !request.body().is_end_stream() {
            request.extensions_mut().remove::<OnUpgrade>();
        }
        connections.answering(request, caller)
    }

    /// The socket that was asked for, if one was.
    pub(super) fn socket(&self) -> Option<Box<Socket>> {
        self.lock().take()
    }

    /// What an answer is to be told to, on its way out.
    pub(super) fn watch(&self) -> Arc<AtomicBool> {
        self.switched.clone()
    }

    /// Whether a service may have the connection.
    pub(super) fn has_switched(&self) -> bool {
        self.switched.load(Ordering::Relaxed)
    }

    /// The value is never half changed.
    fn lock(&self) -> MutexGuard<'_, Option<Box<Socket>>> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn socket<C: Send + Sync + 'static>(
    connections: &Arc<Connections<C>>,
    sockets: &Settings,
    opening: Opening,
    caller: &Arc<Caller>,
) -> Socket {
    let caller = match opening.trust {
        Trust::Full => caller.clone(),
        Trust::Anonymous => Arc::new(caller.anonymous()),
    };
    let base = connections.prefix();
    let connections = connections.clone();
    let application: Application = Arc::new(move |request| connections.answering(request, &caller));
    Socket::new(opening, base, application, sockets.limits.clone())
}
