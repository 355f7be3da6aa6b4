//! Remotes and procedures.

use super::{Places, broken};
use crate::lock::callers::{Callers, Fate, list};
use crate::lock::error::Problem;
use crate::lock::live::{Live, Payload, Procedure};
use iris_model::Idempotency;
use std::collections::BTreeMap;

pub(super) fn compare(old: &Live, new: &Live, places: &Places<'_>, problems: &mut Vec<Problem>) {
    for (remote, procedures) in &old.remotes {
        match new.remotes.get(remote) {
            None => problems.push(removed(remote, procedures, old, new, places)),
            Some(kept) => {
                problems.extend(renamed_in_client(remote, old, new, places));
                for (name, procedure) in procedures {
                    let path = format!("/{remote}/{name}");
                    let place = places.procedure(remote, name);
                    match kept.get(name) {
                        None => {
                            let hint = renamed_procedure(procedure, procedures, kept, name);
                            let who = Callers::ALL_BREAK.tell("code that calls it");
                            let what = format!("{path} was removed: {who}{hint}");
                            problems.push(broken(place, what));
                        }
                        Some(now) => {
                            let mut changes = changes(procedure, now);
                            changes.extend(renamed_message(
                                "request",
                                &procedure.request,
                                &now.request,
                            ));
                            changes.extend(renamed_message(
                                "response",
                                &procedure.response,
                                &now.response,
                            ));
                            let changes = changes
                                .into_iter()
                                .map(|change| broken(place.clone(), format!("{path}: {change}")));
                            problems.extend(changes);
                        }
                    }
                }
            }
        }
    }
}

/// A name that the lock has is kept, unless it cannot be.
fn renamed_in_client(remote: &str, old: &Live, new: &Live, places: &Places<'_>) -> Option<Problem> {
    let was = old.client_names.get(remote)?;
    let now = new.client_names.get(remote)?;
    let who = Callers::CODE_BREAKS.tell("code that calls it");
    let what = format!("{remote}: was `{was}` in the client, now `{now}`: {who}");
    (was != now).then(|| broken(places.remote(remote), what))
}

fn removed(
    remote: &str,
    procedures: &BTreeMap<String, Procedure>,
    old: &Live,
    new: &Live,
    places: &Places<'_>,
) -> Problem {
    let names: Vec<String> = procedures.keys().map(|name| format!("`{name}`")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let who = Callers::ALL_BREAK.tell("code that calls it");
    // A new remote with the same procedures is most likely the old one under another name.
    let candidate = new
        .remotes
        .iter()
        .find(|(name, other)| {
            !old.remotes.contains_key(*name) && other.keys().eq(procedures.keys())
        })
        .map(|(name, _)| name);
    let hint = match (candidate, remote.rsplit_once('.')) {
        (Some(candidate), Some((package, name))) => format!(
            "; if `{candidate}` is the same remote, keep what callers know it by: #[remote(package = \"{package}\", name = \"{name}\")]"
        ),
        _ => String::new(),
    };
    let place = candidate.and_then(|candidate| places.remote(candidate));
    broken(
        place,
        format!("{remote} was removed, with {}: {who}{hint}", list(&names)),
    )
}

/// A new procedure of the same shape is most likely the old one under another name.
fn renamed_procedure(
    procedure: &Procedure,
    old: &BTreeMap<String, Procedure>,
    new: &BTreeMap<String, Procedure>,
    name: &str,
) -> String {
    let candidate = new.iter().find(|(candidate, now)| {
        !old.contains_key(*candidate) && changes(procedure, now).is_empty()
    });
    match candidate {
        None => String::new(),
        Some((candidate, _)) => format!(
            "; if `{candidate}` is the same procedure, keep what callers know it by: #[procedure(name = \"{name}\")]"
        ),
    }
}

/// What callers lose between two procedures at one path. Another name for a message that Iris prints is not among it.
pub(in crate::lock) fn changes(old: &Procedure, new: &Procedure) -> Vec<String> {
    let mut changes = Vec::new();
    if old.kind != new.kind {
        let who = Callers::ALL_BREAK.tell("code that calls it");
        changes.push(format!("was {}, now {}: {who}", old.kind, new.kind));
    }
    changes.extend(payload("request", &old.request, &new.request));
    changes.extend(payload("response", &old.response, &new.response));
    changes.extend(idempotency(old.idempotency, new.idempotency));
    changes
}

fn payload(side: &str, old: &Payload, new: &Payload) -> Option<String> {
    if old.is_printed() && new.is_printed() {
        return None;
    }
    if old.message == new.message {
        return given(side, old, new);
    }
    let who = match new.is_printed() {
        true => format!("breaks code that names the message, and {RELY_ON_FIELDS}"),
        false => renamed(old),
    };
    Some(changed(side, old, new, &who))
}

/// The message is the same, so callers understand each other; whoever calls a function has it as a parameter or not.
fn given(side: &str, old: &Payload, new: &Payload) -> Option<String> {
    let verb = match side {
        "request" => ["takes", "take"],
        _ => ["gives", "give"],
    };
    let message = &new.message;
    match (old.is_given(), new.is_given()) {
        (false, true) => {
            let who = Callers::CODE_BREAKS.tell("code that calls it");
            Some(format!("now {} its {side} `{message}`: {who}", verb[0]))
        }
        (true, false) => Some(format!(
            "does not {} its {side} `{message}` any more: breaks code that calls it, and {RELY_ON_FIELDS}",
            verb[1]
        )),
        _ => None,
    }
}

/// Rust callers have `()` there, but those in other languages have the message's name.
fn renamed_message(side: &str, old: &Payload, new: &Payload) -> Option<String> {
    let is_renamed = old.is_printed() && new.is_printed() && old.message != new.message;
    is_renamed.then(|| changed(side, old, new, &renamed(old)))
}

const RELY_ON_FIELDS: &str = "binary and JSON callers that rely on its fields";

fn renamed(old: &Payload) -> String {
    let others = match old.is_printed() {
        // A caller of an empty message neither sends nor reads a field.
        true => Fate::Works,
        false => Fate::works_while("the fields of both messages agree"),
    };
    let who = Callers {
        binary: others.clone(),
        json: others,
        code: Fate::Breaks,
    };
    who.tell("code that names the message")
}

fn changed(side: &str, old: &Payload, new: &Payload, who: &str) -> String {
    let empty = |payload: &Payload| match payload.is_printed() {
        true => "the empty ",
        false => "",
    };
    format!(
        "its {side} was {}`{}`, now {}`{}`: {who}",
        empty(old),
        old.message,
        empty(new),
        new.message,
    )
}

fn idempotency(old: Idempotency, new: Idempotency) -> Option<String> {
    let change = match (old, new) {
        (Idempotency::NoSideEffects, Idempotency::WithSideEffects) => {
            "was free of side effects, now only idempotent: breaks callers that use GET and caches that answer for it; other callers still work"
        }
        (Idempotency::NoSideEffects, Idempotency::Unknown) => {
            "was free of side effects, now not even idempotent: breaks callers that use GET, caches that answer for it and callers that retry; other callers still work"
        }
        (Idempotency::WithSideEffects, Idempotency::Unknown) => {
            "was idempotent, now not: breaks callers that retry; other callers still work"
        }
        _ => return None,
    };
    Some(change.to_owned())
}
