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
                            let changes = changes(procedure, now);
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

/// What callers lose between two procedures at one path.
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
    if old.message == new.message || (old.printed && new.printed) {
        return None;
    }
    let others = match old.printed {
        // A caller of an empty message neither sends nor reads a field.
        true => Fate::Works,
        false => Fate::works_while("the fields of both messages agree"),
    };
    let who = match new.printed {
        true => "breaks code that names the message, and binary and JSON callers that rely on its fields".to_owned(),
        false => Callers {
            binary: others.clone(),
            json: others,
            code: Fate::Breaks,
        }
        .tell("code that names the message"),
    };
    let empty = |payload: &Payload| if payload.printed { "the empty " } else { "" };
    Some(format!(
        "its {side} was {}`{}`, now {}`{}`: {who}",
        empty(old),
        old.message,
        empty(new),
        new.message,
    ))
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
