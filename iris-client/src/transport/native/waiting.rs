//! Calls that wait for a connection.

use super::address::Outcome;
use std::collections::VecDeque;
use tokio::sync::oneshot::{self, Receiver, Sender};

/// Calls that wait, first come first served, and how many connections are being made for them.
#[derive(Default)]
pub(super) struct Waiting {
    calls: VecDeque<Sender<Outcome>>,
    pub(super) connecting: usize,
}

impl Waiting {
    /// One more call; and whether a connection has to be made for it, which then counts already. All can share one
    /// where it is `for_all`.
    pub(super) fn wait(&mut self, for_all: bool) -> (Receiver<Outcome>, bool) {
        // Those who went away need not be kept until a connection comes.
        while self.calls.front().is_some_and(Sender::is_closed) {
            self.calls.pop_front();
        }
        let (sender, receiver) = oneshot::channel();
        self.calls.push_back(sender);
        let missing = match for_all {
            true => self.connecting == 0,
            false => self.needs_more(),
        };
        self.connecting += usize::from(missing);
        (receiver, missing)
    }

    /// Whether more calls wait than connections are being made, where each call needs its own.
    pub(super) fn needs_more(&self) -> bool {
        self.connecting < self.calls.len()
    }

    /// Gives the first who still waits what it waits for; gives it back where nobody does.
    pub(super) fn give(&mut self, mut outcome: Outcome) -> Option<Outcome> {
        while let Some(call) = self.calls.pop_front() {
            match call.send(outcome) {
                Ok(()) => return None,
                Err(back) => outcome = back,
            }
        }
        Some(outcome)
    }

    /// Gives each what it waits for.
    pub(super) fn give_all(&mut self, mut outcome: impl FnMut() -> Outcome) {
        for call in self.calls.drain(..) {
            if !call.is_closed() {
                // It fails only where the caller goes away just now.
                drop(call.send(outcome()));
            }
        }
    }
}
