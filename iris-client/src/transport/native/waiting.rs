//! Calls that wait for a connection.

use super::address::Outcome;
use std::collections::VecDeque;
use tokio::sync::oneshot::{self, Receiver, Sender};

/// Calls that wait, first come first served, and how many connections are being made for them.
#[derive(Default)]
pub(super) struct Waiting {
    calls: VecDeque<Sender<Outcome>>,
    pub(super) connecting: usize,
    /// At how many calls those who went away are looked for again.
    crowd: usize,
}

/// So many may wait before anybody looks who of them went away.
const SMALL_CROWD: usize = 64;

impl Waiting {
    /// One more call at the end of the line.
    pub(super) fn wait(&mut self) -> Receiver<Outcome> {
        self.forget_those_who_left();
        let (sender, receiver) = oneshot::channel();
        self.calls.push_back(sender);
        receiver
    }

    /// Whether more calls wait than connections are being made, where each call needs its own.
    pub(super) fn needs_more(&mut self) -> bool {
        self.forget_those_who_left();
        self.connecting < self.calls.len()
    }

    /// Those who went away are not kept until a connection comes: at once where they are first in the line, and
    /// anywhere in it each time that it has doubled.
    fn forget_those_who_left(&mut self) {
        while self.calls.front().is_some_and(Sender::is_closed) {
            self.calls.pop_front();
        }
        if self.calls.len() >= self.crowd.max(SMALL_CROWD) {
            self.calls.retain(|call| !call.is_closed());
            self.crowd = 2 * self.calls.len();
        }
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
