//! The connections to a process, and which of them a call goes over.
//!
//! Nobody holds the lock while a process is waited for: what has room in one connection does not wait for another that is being
//! made.

use super::{Busy, CALLS, CONNECTIONS, GREETING};
use hyper::client::conn::http2::SendRequest;
use iris_core::Body;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

/// All connections. A clone is of the same ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Connections(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Told whenever there may be room that was not there.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    all: Vec<Connection>,
    /// Where one is being made. One at a time: whoever comes meanwhile may have room in it.
    opening: Vec<SocketAddr>,
    /// The number of the next.
    next: u64,
}

#[derive(Debug)]
struct Connection {
    number: u64,
    /// A process that is started anew has another.
    address: SocketAddr,
    sender: SendRequest<Body>,
    /// How many calls it may have at a time; `None` until the process has said that.
    most: Option<usize>,
    calls: usize,
}

/// A call that is under way until this is dropped.
#[derive(Debug)]
pub(in crate::daemon::gateway) struct Call {
    connections: Connections,
    number: u64,
}

/// Whoever has this makes a connection; others wait until it is dropped.
#[derive(Debug)]
pub(super) struct Opening {
    connections: Connections,
    address: SocketAddr,
}

/// Where a call goes.
pub(super) enum Way {
    /// Over one that has room.
    Over(SendRequest<Body>, Call),
    /// Over one that is to be made.
    Open(Opening),
}

impl Connections {
    /// Waits until there is a way.
    ///
    /// # Errors
    ///
    /// Where there are as many calls as there may be.
    pub(super) async fn way(&self, address: SocketAddr) -> Result<Way, Busy> {
        loop {
            // From here on it is told of each change.
            let changed = self.0.changed.notified();
            if let Some(way) = self.look(address)? {
                return Ok(way);
            }
            changed.await;
        }
    }

    /// `None` where one is being made, in which there may be room.
    fn look(&self, address: SocketAddr) -> Result<Option<Way>, Busy> {
        let mut state = self.state();
        // Those to a process that has ended close by themselves.
        state.all.retain(|there| !there.sender.is_closed());
        let of_it = |there: &&mut Connection| there.address == address;
        let mut there = state.all.iter_mut().filter(of_it);
        if let Some(there) = there.find(|there| there.has_room()) {
            return Ok(Some(there.enter(self)));
        }
        let ungreeted = |there: &Connection| there.address == address && there.most.is_none();
        if state.opening.contains(&address) || state.all.iter().any(ungreeted) {
            return Ok(None);
        }
        if state.all.iter_mut().filter(of_it).count() < CONNECTIONS {
            state.opening.push(address);
            return Ok(Some(Way::Open(Opening {
                connections: self.clone(),
                address,
            })));
        }
        // There it waits until another call has ended.
        let there = state.all.iter_mut().filter(of_it);
        let fewest = there.min_by_key(|there| there.calls);
        match fewest.filter(|there| there.calls < CALLS) {
            Some(there) => Ok(Some(there.enter(self))),
            None => Err(Busy),
        }
    }

    /// The connection of a call takes no others.
    pub(super) fn remove(&self, call: &Call) {
        let mut state = self.state();
        state.all.retain(|there| there.number != call.number);
        drop(state);
        self.0.changed.notify_waiters();
    }

    /// The process has said how many calls a connection may have, or says nothing.
    fn greeted(&self, number: u64, most: usize) {
        self.change(number, |there| there.most = Some(most));
    }

    fn change(&self, number: u64, change: impl FnOnce(&mut Connection)) {
        let mut state = self.state();
        let mut all = state.all.iter_mut();
        all.find(|there| there.number == number).map(change);
        drop(state);
        self.0.changed.notify_waiters();
    }

    /// Nothing in it is ever half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.0.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opening {
    /// It is made. The call that it was made for goes over it at once, since one may be sent before the process has said how many
    /// may; others once it has.
    pub(super) fn made(
        self,
        sender: SendRequest<Body>,
        greeted: oneshot::Receiver<Option<u32>>,
    ) -> (SendRequest<Body>, Call) {
        let connections = self.connections.clone();
        let mut state = connections.state();
        let number = state.next;
        state.next += 1;
        state.all.push(Connection {
            number,
            address: self.address,
            sender: sender.clone(),
            most: None,
            calls: 1,
        });
        drop(state);
        let told = connections.clone();
        tokio::spawn(async move {
            let most = match timeout(GREETING, greeted).await {
                Ok(Ok(Some(most))) => CALLS.min(most as usize).max(1),
                // It sets no bounds, or has said nothing.
                _ => CALLS,
            };
            told.greeted(number, most);
        });
        let call = Call {
            connections,
            number,
        };
        (sender, call)
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        let mut state = self.connections.state();
        state.opening.retain(|there| *there != self.address);
        drop(state);
        self.connections.0.changed.notify_waiters();
    }
}

impl Connection {
    fn has_room(&self) -> bool {
        self.most.is_some_and(|most| self.calls < most)
    }

    fn enter(&mut self, connections: &Connections) -> Way {
        self.calls += 1;
        let call = Call {
            connections: connections.clone(),
            number: self.number,
        };
        Way::Over(self.sender.clone(), call)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.connections
            .change(self.number, |there| there.calls -= 1);
    }
}
