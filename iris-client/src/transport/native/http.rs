//! Requests over HTTP: to which address, and over which connection.

use super::address::{Address, Coming, Most};
use super::addresses::{Addresses, Making, choose};
use super::connection::Connection;
use super::connector::{Connecting, Connector};
use super::elsewhere::{Elsewhere, Pinned};
use super::failure::{ConnectFailure, Via};
use super::load::Load;
use super::resolve::Resolver;
use crate::deadline::Deadline;
use crate::endpoint::Endpoint;
use crate::{Body, BoxError, IrisError};
use http::{Request, Response, Version};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// How much of a stream the server may send before it is read, in bytes.
pub(super) const STREAM_WINDOW: u32 = 1024 * 1024;

/// The same for all streams of a connection together. Unread streams would stop every other call of the connection
/// where they filled this window; it holds more of them than servers let a connection have (mostly 100 to 250).
pub(super) const CONNECTION_WINDOW: u32 = 256 * STREAM_WINDOW;

/// The most of an answer's head, or of its trailers, that is read by HTTP/2, in bytes as it counts them (RFC 9113, section
/// 6.5.2). Of trailers the beginning is read; what has over four times as much ends the connection.
pub(crate) const HEAD_LIMIT: u32 = 16 * 1024;

/// How long a ping may stay unanswered before its connection is given up.
pub(crate) const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// How long one address is waited for before the next is tried beside it (RFC 8305, 5: "Connection Attempt Delay", which
/// recommends 250 ms).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// How calls are spread over connections.
#[derive(Debug, Clone)]
pub(crate) struct Spreading {
    /// The most HTTP/2 connections to each address.
    pub(crate) connections: usize,
    /// The most HTTP/1.1 connections to each address.
    pub(crate) http1_connections: usize,
    pub(crate) resolver: Resolver,
    /// How long names are taken to have the addresses they had.
    pub(crate) refresh: Duration,
}

/// The connections of a client, made when calls need them.
#[derive(Clone)]
pub(crate) struct Http {
    addresses: Arc<Addresses>,
}

impl Http {
    pub(crate) fn new(
        endpoints: Vec<Endpoint>,
        connecting: &Connecting,
        spreading: Spreading,
    ) -> Result<Self, IrisError> {
        let making = Making {
            connector: Arc::new(Connector::new(connecting)?),
            most: Most {
                http1: spreading.http1_connections,
                http2: spreading.connections.max(1),
            },
            resolver: spreading.resolver,
            refresh: spreading.refresh,
        };
        let addresses = match (&connecting.unix_socket, endpoints.as_slice()) {
            #[cfg(unix)]
            (Some(path), [only]) => Addresses::unix(only.clone(), path, making),
            _ => Addresses::new(endpoints, making),
        };
        Ok(Http {
            addresses: Arc::new(addresses),
        })
    }

    /// Whether there may be more than one address.
    pub(crate) fn may_lead_elsewhere(&self) -> bool {
        self.addresses.may_be_several()
    }

    pub(crate) async fn send(
        &self,
        request: &mut Request<Body>,
        deadline: Deadline,
    ) -> Result<Response<Body>, BoxError> {
        let http2 = request.version() == Version::HTTP_2;
        loop {
            let (address, connection) = match request.extensions().get::<Pinned>() {
                Some(Pinned(address)) => Search::at(address, http2, deadline).await?,
                None => {
                    let elsewhere = request.extensions().get::<Elsewhere>();
                    self.connection(http2, elsewhere, deadline).await?
                }
            };
            match address.send(connection, request).await {
                Ok(response) => return Ok(response),
                Err(failed) => match failed.unsent {
                    // Each time a connection is used up that had worked, so that this ends.
                    Some(unsent) => *request = unsent,
                    None => return Err(failed.cause),
                },
            }
        }
    }

    /// Each address by itself, for requests that are for one alone.
    pub(crate) async fn each(&self) -> Vec<Pinned> {
        let known = self.addresses.known().await;
        let known = known.iter().flat_map(|known| known.iter());
        known.map(|address| Pinned(address.clone())).collect()
    }

    /// A connection, made where there is none.
    async fn connection(
        &self,
        http2: bool,
        elsewhere: Option<&Elsewhere>,
        deadline: Deadline,
    ) -> Result<Found, BoxError> {
        let mut known = self.addresses.known().await?;
        if known.len() > 1 {
            for address in known.iter() {
                if address.standing.take_turn() {
                    address.probe(http2);
                }
            }
        }
        let mut search = Search {
            used: elsewhere.map(Elsewhere::used).unwrap_or_default(),
            ..Search::until(deadline)
        };
        loop {
            match search.connection(&known, http2, elsewhere).await {
                Ok((address, connection)) => {
                    if let (Some(elsewhere), Connection::Http2(stream)) = (elsewhere, &connection) {
                        elsewhere.note(stream.in_flight.load());
                    }
                    return Ok((address, connection));
                }
                Err(failure) if search.renewed || search.is_too_late => return Err(failure),
                Err(failure) => match self.addresses.renewed(&known).await {
                    Some(renewed) => known = renewed,
                    None => return Err(failure),
                },
            }
            search.renewed = true;
        }
    }
}

/// A connection, and where it leads.
type Found = (Arc<Address>, Connection);

/// A call's search for a connection.
struct Search {
    deadline: Deadline,
    tried: Vec<Arc<Address>>,
    /// What others are better than.
    used: Vec<Arc<Load>>,
    coming: Vec<(Arc<Address>, Coming)>,
    /// The first, which is of the address that was best.
    failure: Option<BoxError>,
    renewed: bool,
    is_too_late: bool,
}

impl Search {
    fn until(deadline: Deadline) -> Self {
        Search {
            deadline,
            tried: Vec::new(),
            used: Vec::new(),
            coming: Vec::new(),
            failure: None,
            renewed: false,
            is_too_late: false,
        }
    }

    /// A connection to this address.
    async fn at(
        address: &Arc<Address>,
        http2: bool,
        deadline: Deadline,
    ) -> Result<Found, BoxError> {
        let found = address.connection(http2, &[]);
        let mut search = Search::until(deadline);
        match found {
            Ok(connection) => return Ok((address.clone(), connection)),
            Err(coming) => search.coming.push((address.clone(), coming)),
        }
        let found = search.next(None).await;
        found.unwrap_or_else(|| Err(no_address()))
    }

    /// A connection to the first address that has one, or gets one. Each that is tried is told at once, so that another
    /// attempt at the call goes elsewhere also while this one waits for a connection.
    async fn connection(
        &mut self,
        known: &[Arc<Address>],
        http2: bool,
        elsewhere: Option<&Elsewhere>,
    ) -> Result<Found, BoxError> {
        loop {
            let Some(address) = choose(known, &self.tried, &self.used) else {
                // Nothing is left to be tried beside what is on its way.
                match self.next(None).await {
                    Some(Ok(found)) => return Ok(found),
                    Some(Err(error)) => self.note(error),
                    None => return Err(self.failure.take().unwrap_or_else(no_address)),
                }
                continue;
            };
            if let Some(elsewhere) = elsewhere {
                elsewhere.note(&address.load);
            }
            match address.connection(http2, &self.used) {
                Ok(connection) => return Ok((address, connection)),
                Err(coming) => {
                    let is_in_line = coming.is_in_line;
                    self.tried.push(address.clone());
                    self.coming.push((address.clone(), coming));
                    // It is not late: it has as many calls as it may have. Others may have fewer.
                    if is_in_line {
                        continue;
                    }
                }
            }
            let patience = (known.len() > self.tried.len())
                .then(|| Box::pin(tokio::time::sleep(ATTEMPT_DELAY)));
            match self.next(patience).await {
                Some(Ok(found)) => return Ok(found),
                Some(Err(error)) => self.note(error),
                // The next calls need not wait for it as well.
                None => address.standing.late(),
            }
        }
    }

    fn note(&mut self, error: BoxError) {
        self.failure.get_or_insert(error);
    }

    /// What comes next of what is on its way; `None` where there is nothing, or patience ended before.
    async fn next(
        &mut self,
        mut patience: Option<Pin<Box<Sleep>>>,
    ) -> Option<Result<Found, BoxError>> {
        std::future::poll_fn(|context| {
            for index in 0..self.coming.len() {
                let (_, coming) = &mut self.coming[index];
                let Poll::Ready(outcome) = Pin::new(&mut coming.outcome).poll(context) else {
                    continue;
                };
                let (address, _) = self.coming.swap_remove(index);
                let outcome = outcome.unwrap_or_else(|_| Err(ConnectFailure::interrupted()));
                return Poll::Ready(Some(match outcome {
                    Ok(connection) => Ok((address, connection)),
                    Err(failure) => Err(Via::name(address.name.as_ref(), failure.into())),
                }));
            }
            // Whoever enforces the deadline wakes this, and would not know what the call waited for.
            if let Some(error) = self.in_line_for_too_long() {
                self.coming.clear();
                self.is_too_late = true;
                self.failure = None;
                return Poll::Ready(Some(Err(error.into())));
            }
            let is_over = match &mut patience {
                Some(patience) => patience.as_mut().poll(context).is_ready(),
                None => self.coming.is_empty(),
            };
            match is_over {
                true => Poll::Ready(None),
                false => Poll::Pending,
            }
        })
        .await
    }
}

impl Search {
    /// The error of a call whose time ends while all that it waits for is that other calls leave it a connection.
    fn in_line_for_too_long(&self) -> Option<IrisError> {
        let (address, _) = self.coming.first()?;
        let is_in_line = self.coming.iter().all(|(_, coming)| coming.is_in_line);
        if !is_in_line || self.deadline.at()? > Instant::now() {
            return None;
        }
        let base = match &address.name {
            Some(name) => name,
            None => address.endpoint.as_str(),
        };
        let most = address.most_http1();
        Some(self.deadline.exceeded(&format!(
            "other calls left none of the HTTP/1.1 connections to {base}, of which there may be {most} \
             (max_http1_connections; with http2() calls share one),"
        )))
    }
}

fn no_address() -> BoxError {
    ConnectFailure::interrupted().into()
}
