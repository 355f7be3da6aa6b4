//! One address of a server, and the connections to it.

use super::carried::{Carried, Carrier};
use super::connection::{Connection, Http1, Http2, Stream2};
use super::connections::{Connections, less_busy};
use super::connector::{Connector, Opened, Peer};
use super::elsewhere::is_used;
use super::failure::{ConnectFailure, Via};
use super::load::{InFlight, Load};
use super::standing::Standing;
use crate::endpoint::Endpoint;
use crate::{Body, BoxError};
use http::header::HOST;
use http::{Request, Response};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long no further connection is tried after one could not be made, while there are others.
const GROWTH_PAUSE: Duration = Duration::from_secs(1);

/// What a waiting call is given.
pub(super) type Outcome = Result<Connection, ConnectFailure>;

/// An address of a server.
pub(super) struct Address {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) peer: Peer,
    /// Of its name's addresses those that the resolver prefers are used while one of them can be.
    pub(super) preferred: bool,
    /// How errors call it, where the client's URL does not tell.
    pub(super) name: Option<Arc<str>>,
    pub(super) standing: Standing,
    pub(super) load: Arc<Load>,
    connector: Arc<Connector>,
    most: Most,
    connections: Mutex<Connections>,
}

/// How many connections there may be to an address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    pub(super) http1: usize,
    pub(super) http2: usize,
}

/// A call's place among those that wait for a connection.
pub(super) struct Coming {
    pub(super) outcome: oneshot::Receiver<Outcome>,
    /// Whether it waits until another call has done with its own, since there may be no more in HTTP/1.1.
    pub(super) is_in_line: bool,
}

/// A request that got no answer.
pub(super) struct Failed {
    pub(super) cause: BoxError,
    /// The request, where nothing of it was sent, because a connection that had worked was closed.
    pub(super) unsent: Option<Request<Body>>,
}

impl Address {
    pub(super) fn new(
        endpoint: Arc<Endpoint>,
        peer: Peer,
        preferred: bool,
        name: Option<Arc<str>>,
        connector: Arc<Connector>,
        most: Most,
    ) -> Self {
        Address {
            endpoint,
            peer,
            preferred,
            name,
            standing: Standing::new(),
            load: Arc::new(Load::new()),
            connector,
            most,
            connections: Mutex::default(),
        }
    }

    /// A connection, or where one will arrive. Connections are made in tasks of their own, so that a caller who goes
    /// away takes nothing from those who wait with it. Where there is another than those `used`, it is preferred.
    pub(super) fn connection(
        self: &Arc<Self>,
        http2: bool,
        used: &[Arc<Load>],
    ) -> Result<Connection, Coming> {
        let mut guard = self.lock();
        let connections = &mut *guard;
        let negotiates = self.endpoint.is_https();
        if (http2 || negotiates)
            && let Some((stream, grows)) = self.stream(connections, used)
        {
            drop(guard);
            if grows {
                self.open(true);
            }
            return Ok(Connection::Http2(stream));
        }
        if !http2 && let Some(idle) = connections.idle() {
            return Ok(Connection::Http1(idle));
        }
        // All of them can share one connection in HTTP/2.
        let for_all = http2 || (negotiates && !connections.chose_http1);
        let waits = connections.waits(http2);
        let outcome = waits.wait();
        let missing = match for_all {
            true => {
                let first = waits.connecting == 0;
                waits.connecting += usize::from(first);
                first
            }
            false => connections.lacks_http1(self.most.http1),
        };
        let is_in_line = !for_all && !missing && !connections.has_room(self.most.http1);
        drop(guard);
        if missing {
            self.open(http2);
        }
        Err(Coming {
            outcome,
            is_in_line,
        })
    }

    /// The most connections in HTTP/1.1.
    pub(super) fn most_http1(&self) -> usize {
        self.most.http1
    }

    /// Tries whether a connection can be made, in the background.
    pub(super) fn probe(self: &Arc<Self>, http2: bool) {
        let mut connections = self.lock();
        let has_room = http2 || connections.has_room(self.most.http1);
        let waits = connections.waits(http2);
        let begins = waits.connecting == 0 && has_room;
        waits.connecting += usize::from(begins);
        drop(connections);
        if begins {
            self.open(http2);
        }
    }

    /// A share of the less busy of two connections; and whether one more is to be made, since it is busy and there may be
    /// more, which then counts already.
    fn stream(&self, connections: &mut Connections, used: &[Arc<Load>]) -> Option<(Stream2, bool)> {
        connections
            .http2
            .retain(|connection| !connection.is_closed());
        let all = &connections.http2;
        let others = |connection: &Http2| !is_used(used, &connection.load);
        let chosen = less_busy(all, others).or_else(|| less_busy(all, |_| true))?;
        let grows = chosen.load.calls() > 0
            && all.len() < self.most.http2
            && connections.http2_waits.connecting == 0
            && connections.may_grow.is_none_or(|at| at <= Instant::now());
        let stream = chosen.stream();
        connections.http2_waits.connecting += usize::from(grows);
        Some((stream, grows))
    }

    /// Makes a connection, and gives it to whoever waits for one. A runtime that ends drops the task right here, which
    /// locks the connections: nobody else may hold the lock.
    fn open(self: &Arc<Self>, http2: bool) {
        let opening = Opening {
            address: self.clone(),
            http2,
            opened: Err(ConnectFailure::interrupted()),
        };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(opening.run())),
            // Its runtime ended, and with it the call that wanted a connection or a connection that others waited for.
            Err(_) => drop(opening),
        }
    }

    fn opened(self: &Arc<Self>, http2: bool, opened: Result<Opened, ConnectFailure>) {
        let mut guard = self.lock();
        let connections = &mut *guard;
        connections.waits(http2).connecting -= 1;
        let (mut missing, mut unwatched) = (0, false);
        match opened {
            Ok(Opened::Http2(connection)) => {
                self.standing.connected();
                connections.chose_http1 = false;
                let waits = connections.waits(http2);
                waits.give_all(|| Ok(Connection::Http2(connection.stream())));
                connections.http2.push(connection);
                unwatched = connections.begin_to_watch();
            }
            Ok(Opened::Http1(connection)) => {
                self.standing.connected();
                connections.chose_http1 = true;
                unwatched = keep(connections, connection);
                // Whoever hoped to share an HTTP/2 connection needs one alone.
                while connections.lacks_http1(self.most.http1) {
                    missing += 1;
                }
            }
            Err(failure) => {
                connections.may_grow = Some(Instant::now() + GROWTH_PAUSE);
                let for_all = http2 || (self.endpoint.is_https() && !connections.chose_http1);
                // With no connection left that others could wait for, all are told.
                let none_is_left =
                    connections.http1_open == 0 && connections.either_waits.connecting == 0;
                let waits = connections.waits(http2);
                match for_all || none_is_left {
                    true => waits.give_all(|| Err(failure.clone())),
                    false => drop(waits.give(Err(failure))),
                }
                // One connection more that is not to be had takes nothing from those that are there.
                if connections.http2.is_empty() {
                    self.standing.unreachable();
                }
            }
        }
        drop(guard);
        if unwatched {
            self.watch();
        }
        for _ in 0..missing {
            self.open(false);
        }
    }

    /// A connection in HTTP/1.1 is gone, which leaves room for another. Where none is left but some are being made,
    /// those say first whether there is a server.
    fn http1_ended(self: &Arc<Self>) {
        let mut connections = self.lock();
        connections.http1_open -= 1;
        let may_be_reached = connections.http1_open > 0 || connections.either_waits.connecting == 0;
        let missing = may_be_reached && connections.lacks_http1(self.most.http1);
        drop(connections);
        if missing {
            self.open(false);
        }
    }

    /// Sends a request, which is taken out of `request`. The connection is back when the answer has ended.
    pub(super) async fn send(
        self: &Arc<Self>,
        connection: Connection,
        request: &mut Request<Body>,
    ) -> Result<Response<Body>, Failed> {
        let in_flight = InFlight::begin(&self.load);
        let (answer, carrier, was_proven) = match connection {
            Connection::Http1(mut connection) => {
                self.endpoint.address_http1(request);
                let was_proven = connection.proven;
                let answer = connection.sender.try_send_request(mem::take(request)).await;
                connection.proven = true;
                let carrier = Carrier::Http1 {
                    connection,
                    address: self.clone(),
                    _in_flight: in_flight,
                };
                (answer, carrier, was_proven)
            }
            Connection::Http2(mut stream) => {
                self.endpoint.address_http2(request);
                let was_proven = stream.is_proven();
                let answer = stream.sender.try_send_request(mem::take(request)).await;
                match &answer {
                    Ok(_) => stream.prove(),
                    Err(failed) if is_goodbye(failed.error()) => stream.leave(),
                    Err(_) => {}
                }
                let carrier = Carrier::Http2 {
                    _in_flight: [in_flight, stream.in_flight],
                };
                (answer, carrier, was_proven)
            }
        };
        match answer {
            Ok(response) => {
                self.standing.answered();
                let name = self.name.clone();
                Ok(response.map(|body| Body::new(Carried::new(body, carrier, name))))
            }
            Err(mut failed) => {
                let unsent = failed.take_message().filter(|_| was_proven);
                let error = failed.into_error();
                if unsent.is_none() && !is_reset(&error) {
                    self.standing.broke();
                }
                Err(Failed {
                    cause: Via::name(self.name.as_ref(), error.into()),
                    unsent: unsent.map(|mut request| {
                        request.headers_mut().remove(HOST);
                        request
                    }),
                })
            }
        }
    }

    /// Takes a connection back whose answer has ended.
    pub(super) fn take_back(self: Arc<Self>, mut connection: Http1) {
        if connection.sender.is_ready() {
            self.keep(connection);
        } else if !connection.sender.is_closed()
            && let Ok(runtime) = Handle::try_current()
        {
            // It has not yet seen itself that the answer has ended.
            runtime.spawn(async move {
                if connection.sender.ready().await.is_ok() {
                    self.keep(connection);
                }
            });
        }
    }

    fn keep(self: &Arc<Self>, connection: Http1) {
        let unwatched = keep(&mut self.lock(), connection);
        if unwatched {
            self.watch();
        }
    }

    /// Closes what is idle for too long, as long as there is something to close. As with [`Address::open`], nobody may
    /// hold the lock: a runtime that ends drops the task right here.
    fn watch(self: &Arc<Self>) {
        let watch = Watch(Arc::downgrade(self));
        // Without a runtime it is dropped, too.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                while let Some(at) = watch.close_idle() {
                    tokio::time::sleep_until(at).await;
                }
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives a connection to whoever waits for one, or keeps it. Whether what is kept is to be watched from now on.
#[must_use]
fn keep(connections: &mut Connections, mut connection: Http1) -> bool {
    connection.idle_since = Instant::now();
    let given = connections
        .either_waits
        .give(Ok(Connection::Http1(connection)));
    match given {
        Some(Ok(Connection::Http1(connection))) => {
            connections.http1.push(connection);
            connections.begin_to_watch()
        }
        _ => false,
    }
}

/// A connection being made. Dropped before its end, as with its runtime, it says so to whoever waits.
struct Opening {
    address: Arc<Address>,
    http2: bool,
    opened: Result<Opened, ConnectFailure>,
}

impl Opening {
    async fn run(mut self) {
        let Address {
            connector,
            endpoint,
            peer,
            ..
        } = &*self.address;
        let port = match peer {
            Peer::Tcp(address) => Some(address.port()),
            #[cfg(unix)]
            Peer::Unix(_) => None,
        };
        let counted = || OpenHttp1::count(&self.address);
        self.opened = connector
            .open(endpoint.root(port), peer, self.http2, counted)
            .await;
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        let opened = std::mem::replace(&mut self.opened, Err(ConnectFailure::interrupted()));
        self.address.opened(self.http2, opened);
    }
}

/// A connection in HTTP/1.1, counted until what drives it is dropped: as long as its socket is open.
pub(super) struct OpenHttp1(Weak<Address>);

impl OpenHttp1 {
    fn count(address: &Arc<Address>) -> Self {
        address.lock().http1_open += 1;
        OpenHttp1(Arc::downgrade(address))
    }
}

impl Drop for OpenHttp1 {
    fn drop(&mut self) {
        if let Some(address) = self.0.upgrade() {
            address.http1_ended();
        }
    }
}

/// What closes the idle connections of an address.
struct Watch(Weak<Address>);

impl Watch {
    /// When to look again.
    fn close_idle(&self) -> Option<Instant> {
        self.0.upgrade()?.lock().close_idle()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(address) = self.0.upgrade() {
            address.lock().is_watched = false;
        }
    }
}

/// Whether the server said that the call came too late for this connection.
fn is_goodbye(error: &hyper::Error) -> bool {
    crate::fault::find::<h2::Error>(error).is_some_and(h2::Error::is_go_away)
}

/// Whether the server reset the call alone, and the connection goes on.
fn is_reset(error: &hyper::Error) -> bool {
    crate::fault::find::<h2::Error>(error).is_some_and(h2::Error::is_reset)
}
