//! Connections that become WebSockets.
//!
//! The socket runs in the place of the connection that it was, on its task: so it counts as one, is drained as one, and
//! has the calls in flight that the connection would have. Handshakes are answered before all layers, as preflights are:
//! a browser lets a page put nothing into them that a layer could ask for. The calls themselves pass the layers.

use super::connection::Connections;
use crate::Body;
use crate::answering::Answering;
use crate::peer::Caller;
use crate::websocket::{Application, Opening, Settings, Socket, Trust, open};
use crate::wire::websocket::PATH;
use http::Request;
use hyper::upgrade::OnUpgrade;
use std::sync::{Arc, Mutex, PoisonError};

/// The socket that a connection becomes, once one was asked for.
#[derive(Default)]
pub(super) struct Upgrade(Mutex<Option<Box<Socket>>>);

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
                    *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(socket));
                    Answering::ready(response)
                }
                Err(refusal) => Answering::ready(refusal.response()),
            };
        }
        // Nobody else gets the connection: its writes would wait for a task that has ended.
        request.extensions_mut().remove::<OnUpgrade>();
        connections.answering(request, caller)
    }

    /// The socket that was asked for, if one was.
    pub(super) fn socket(&self) -> Option<Box<Socket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
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
