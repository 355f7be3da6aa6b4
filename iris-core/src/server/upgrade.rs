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
use hyper::upgrade::OnUpgrade;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a connection becomes, once that was asked for.
#[derive(Default)]
pub(super) struct Upgrade {
    socket: Mutex<Option<Box<Socket>>>,
    /// Whether a service could have got the connection.
    offered: AtomicBool,
}

impl Upgrade {
    /// Answers a request: a handshake here, all others by the application.
    pub(super) fn or_answer<C: Send + Sync + 'static>(
        &self,
        connections: &Arc<Connections<C>>,
        mut request: Request<Body>,
        caller: &Arc<Caller>,
    ) -> Answering {
        if let Some(sockets) = &connections.sockets
            && connections.below_prefix(request.uri().path()) == Some(PATH)
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
        match request.version() {
            Version::HTTP_11 => {
                let offered = request.extensions().get::<OnUpgrade>().is_some();
                self.offered.fetch_or(offered, Ordering::Relaxed);
            }
            // Over HTTP/2 it is a stream, and CONNECT, which nobody here asks for.
            _ => {
                request.extensions_mut().remove::<OnUpgrade>();
            }
        }
        connections.answering(request, caller)
    }

    /// The socket that was asked for, if one was.
    pub(super) fn socket(&self) -> Option<Box<Socket>> {
        self.lock().take()
    }

    /// Whether a service may have the connection.
    pub(super) fn was_offered(&self) -> bool {
        self.offered.load(Ordering::Relaxed)
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
