//! Locks that were written before some things were pinned.
//!
//! What such a lock does not say is taken from the schema once, so that nobody is told of a change that may be none.

use super::live::{Given, Live, Payload};

impl Live {
    /// Whether the lock is from before the names of remotes in the client were pinned.
    fn is_older(&self) -> bool {
        !self.remotes.is_empty() && self.client_names.is_empty()
    }

    /// Fills in what an older lock could not say.
    pub(super) fn complete(&mut self, now: &Live) {
        if !self.is_older() {
            return;
        }
        for (remote, procedures) in &mut self.remotes {
            for (name, procedure) in procedures {
                let now = now.remotes.get(remote).and_then(|now| now.get(name));
                if let Some(now) = now {
                    complete_payload(&mut procedure.request, &now.request);
                    complete_payload(&mut procedure.response, &now.response);
                }
            }
        }
        for (name, message) in &mut self.messages {
            for (number, field) in &mut message.fields {
                let now = now
                    .messages
                    .get(name)
                    .and_then(|now| now.fields.get(number));
                if let Some(now) = now {
                    field.default.clone_from(&now.default);
                }
            }
        }
    }
}

/// It did not tell messages that a procedure takes from those that a `.proto` only declares.
fn complete_payload(old: &mut Payload, now: &Payload) {
    if old.given == Given::Yes && now.given == Given::Declared && old.message == now.message {
        old.given = Given::Declared;
    }
}
