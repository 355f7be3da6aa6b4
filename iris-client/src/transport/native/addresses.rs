//! The addresses of a client's endpoints, as they are now.

use super::address::{Address, Most};
use super::connector::{Connector, Peer};
use super::elsewhere::is_used;
use super::failure::ConnectFailure;
use super::load::Load;
use super::resolve::Resolver;
use crate::endpoint::Endpoint;
use crate::random;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long after a resolution a failed connection brings about no other.
const PAUSE: Duration = Duration::from_secs(1);

/// Addresses at one moment.
pub(super) type List = Arc<[Arc<Address>]>;

/// What addresses are made of.
pub(super) struct Making {
    pub(super) connector: Arc<Connector>,
    /// The most connections to each.
    pub(super) most: Most,
    pub(super) resolver: Resolver,
    /// How long names are taken to have the addresses they had.
    pub(super) refresh: Duration,
}

/// The addresses of all endpoints. Those of names are found when calls are made, and found again later.
pub(super) struct Addresses {
    endpoints: Vec<Arc<Endpoint>>,
    making: Making,
    has_names: bool,
    list: RwLock<List>,
    began: Instant,
    /// When names are to be resolved again, and when they last were, in milliseconds after the beginning.
    due: AtomicU64,
    resolved: AtomicU64,
    is_resolving: AtomicBool,
    /// Why the last resolution found nothing for some name.
    failure: watch::Sender<Option<ConnectFailure>>,
}

impl Addresses {
    pub(super) fn new(endpoints: Vec<Endpoint>, making: Making) -> Self {
        let endpoints: Vec<_> = endpoints.into_iter().map(Arc::new).collect();
        let several = endpoints.len() > 1;
        let known = endpoints.iter().filter_map(|endpoint| {
            let peer = Peer::Tcp((endpoint.ip()?, endpoint.port()).into());
            let name = several.then(|| Arc::from(endpoint.as_str()));
            Some(made(endpoint, peer, true, name, &making))
        });
        let known: List = known.collect();
        Addresses {
            has_names: known.len() < endpoints.len(),
            list: RwLock::new(known),
            endpoints,
            making,
            began: Instant::now(),
            due: AtomicU64::new(0),
            resolved: AtomicU64::new(0),
            is_resolving: AtomicBool::new(false),
            failure: watch::Sender::new(None),
        }
    }

    /// One endpoint at a Unix socket, whatever host it names.
    #[cfg(unix)]
    pub(super) fn unix(endpoint: Endpoint, path: &Path, making: Making) -> Self {
        let peer = Peer::Unix(path.into());
        let addresses = Addresses::new(Vec::new(), making);
        let only = made(&Arc::new(endpoint), peer, true, None, &addresses.making);
        Addresses {
            list: RwLock::new(Arc::new([only])),
            ..addresses
        }
    }

    /// Whether there may be more than one. A name may have several, as long as nothing is known of it.
    pub(super) fn may_be_several(&self) -> bool {
        self.endpoints.len() > 1 || self.list().len() != 1
    }

    /// The addresses that are known. Never none.
    pub(super) async fn known(self: &Arc<Self>) -> Result<List, ConnectFailure> {
        let known = self.list();
        if !self.has_names {
            return Ok(known);
        }
        if known.is_empty() {
            return self.resolved().await;
        }
        if self.now() >= self.due.load(Ordering::Relaxed) {
            self.resolve();
        }
        Ok(known)
    }

    /// What the names have now, where connections to all that was known had failed. `None` where nothing new can be
    /// known.
    pub(super) async fn renewed(self: &Arc<Self>, known: &List) -> Option<List> {
        let mut told = self.failure.subscribe();
        let soonest = self.resolved.load(Ordering::Relaxed) + PAUSE.as_millis() as u64;
        if !self.has_names {
            return None;
        } else if self.is_resolving.load(Ordering::Acquire) {
            // The sender is this one's own, so that it cannot be gone.
            let _ = told.changed().await;
        } else if soonest <= self.now() {
            return self.resolved().await.ok();
        } else {
            self.due.fetch_min(soonest, Ordering::Relaxed);
        }
        Some(self.list()).filter(|list| !Arc::ptr_eq(list, known))
    }

    async fn resolved(self: &Arc<Self>) -> Result<List, ConnectFailure> {
        let mut told = self.failure.subscribe();
        self.resolve();
        // The sender is this one's own, so that it cannot be gone.
        let _ = told.changed().await;
        let failure = told.borrow().clone();
        match (self.list(), failure) {
            (list, Some(failure)) if list.is_empty() => Err(failure),
            (list, _) => Ok(list),
        }
    }

    /// Resolves the names, in a task of its own; only one does so at a time.
    fn resolve(self: &Arc<Self>) {
        if self.is_resolving.swap(true, Ordering::AcqRel) {
            return;
        }
        let now = self.now();
        let refresh = self.making.refresh.max(PAUSE).as_millis() as u64;
        self.resolved.store(now, Ordering::Relaxed);
        self.due
            .store(now.saturating_add(refresh), Ordering::Relaxed);
        let resolution = Resolution {
            addresses: self.clone(),
            failure: Some(ConnectFailure::interrupted()),
        };
        tokio::spawn(resolution.run());
    }

    fn list(&self) -> List {
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        list.clone()
    }

    fn replace(&self, list: List) {
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = list;
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }
}

/// One resolution of all names. Dropped before its end, it says so to whoever waits.
struct Resolution {
    addresses: Arc<Addresses>,
    failure: Option<ConnectFailure>,
}

impl Resolution {
    async fn run(mut self) {
        let addresses = self.addresses.clone();
        let mut lookups = JoinSet::new();
        for (index, endpoint) in addresses.endpoints.iter().enumerate() {
            if endpoint.ip().is_some() {
                continue;
            }
            let endpoint = endpoint.clone();
            let resolver = addresses.making.resolver.clone();
            let timeout = addresses.making.connector.timeout;
            lookups.spawn(async move {
                let found = resolver.addresses(endpoint.host(), endpoint.port(), timeout);
                (index, found.await)
            });
        }
        let mut found = vec![None; addresses.endpoints.len()];
        let mut failure = None;
        while let Some(lookup) = lookups.join_next().await {
            match lookup {
                Ok((index, Ok(some))) => found[index] = Some(some),
                Ok((_, Err(error))) => failure = Some(error),
                Err(_) => failure = Some(ConnectFailure::interrupted()),
            }
        }
        addresses.join(&found);
        self.failure = failure;
    }
}

impl Drop for Resolution {
    fn drop(&mut self) {
        self.addresses.is_resolving.store(false, Ordering::Release);
        self.addresses.failure.send_replace(self.failure.take());
    }
}

impl Addresses {
    /// Takes up what was found for each endpoint. Addresses that are still there keep their connections; those of an
    /// endpoint of which nothing was found stay; others are left to the calls that they still carry.
    fn join(&self, found: &[Option<Vec<SocketAddr>>]) {
        let old = self.list();
        let mut new: Vec<Arc<Address>> = Vec::new();
        for (endpoint, found) in self.endpoints.iter().zip(found) {
            let before = old.iter();
            let before = before.filter(|old| Arc::ptr_eq(&old.endpoint, endpoint));
            let Some(found) = found else {
                new.extend(before.cloned());
                continue;
            };
            let prefers_ipv6 = found.first().is_some_and(SocketAddr::is_ipv6);
            for (index, address) in found.iter().enumerate() {
                if found[..index].contains(address) {
                    continue;
                }
                let peer = Peer::Tcp(*address);
                let preferred = address.is_ipv6() == prefers_ipv6;
                let same = before
                    .clone()
                    .find(|old| old.peer == peer && old.preferred == preferred);
                new.push(same.cloned().unwrap_or_else(|| {
                    let name = format!("{} at {address}", endpoint.as_str());
                    made(endpoint, peer, preferred, Some(name.into()), &self.making)
                }));
            }
        }
        self.replace(new.into());
    }
}

fn made(
    endpoint: &Arc<Endpoint>,
    peer: Peer,
    preferred: bool,
    name: Option<Arc<str>>,
    making: &Making,
) -> Arc<Address> {
    Arc::new(Address::new(
        endpoint.clone(),
        peer,
        preferred,
        name,
        making.connector.clone(),
        making.most,
    ))
}

/// The less busy of two random addresses of those that are good, as long as there are some that were not tried; then
/// the one that was set aside first. `None` where all were tried. Others than those `used` are preferred.
pub(super) fn choose(
    list: &[Arc<Address>],
    tried: &[Arc<Address>],
    used: &[Arc<Load>],
) -> Option<Arc<Address>> {
    let is_new = |address: &Arc<Address>| !tried.iter().any(|tried| Arc::ptr_eq(tried, address));
    if let [only] = list {
        return is_new(only).then(|| only.clone());
    }
    let is_good = |address: &Arc<Address>| address.standing.is_good() && is_new(address);
    let is_best = |address: &Arc<Address>| address.preferred && is_good(address);
    let is_unused = |address: &Arc<Address>| !is_used(used, &address.load);
    let calls = |address: &Arc<Address>| address.load.calls();
    random::less_busy(
        list,
        |address| is_best(address) && is_unused(address),
        calls,
    )
    .or_else(|| {
        random::less_busy(
            list,
            |address| is_good(address) && is_unused(address),
            calls,
        )
    })
    .or_else(|| random::less_busy(list, is_best, calls))
    .or_else(|| random::less_busy(list, is_good, calls))
    .or_else(|| {
        let left = list.iter().filter(|address| is_new(address));
        left.min_by_key(|address| address.standing.due())
    })
    .cloned()
}
