//! Names the messages of procedures that have none in Rust.
//!
//! On the wire every procedure has both: an empty `PingRequest` can grow fields without breaking a caller.

use crate::catalogue::Catalogue;
use crate::error::{Problem, Problems};
use crate::lock::{KnownNames, Side};
use crate::schema::{Payload, PayloadSource, Place, Procedure, Remote};
use std::collections::{BTreeMap, BTreeSet};

/// Gives every payload that waits for a name its message.
///
/// A name that the lock has is kept, whatever was added since: other languages' callers have it in their code.
pub(crate) fn choose(
    remotes: &mut [Remote],
    catalogue: &Catalogue,
    known: &KnownNames,
    problems: &mut Problems,
) {
    let mut names = Names {
        given: payloads(remotes)
            .filter(|(_, _, _, payload)| payload.source == PayloadSource::Given)
            .map(|(_, _, _, payload)| payload.message.clone())
            .collect(),
        held: BTreeSet::new(),
        wanted: BTreeMap::new(),
        remote_names: remotes.iter().map(Remote::full_name).collect(),
        catalogue,
    };
    // What is kept goes first, so that nobody else gets it.
    for_each_unnamed(remotes, |call, payload| {
        let kept = known
            .message(call.remote, call.method, call.side)
            .filter(|name| [call.short.as_str(), &call.long].contains(name))
            .and_then(|name| names.free(name));
        match kept {
            Some(kept) => {
                names.held.insert(kept.message.clone());
                *payload = kept;
            }
            None => *names.wanted.entry(call.short.clone()).or_default() += 1,
        }
    });
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for_each_unnamed(remotes, |call, payload| {
        match names.choose(&call.short, &call.long) {
            Ok(chosen) => *payload = chosen,
            Err(text) => return problems.add(Problem::at(call.place, text)),
        }
        let user = format!("{}/{} ({})", call.remote, call.method, call.place);
        if let Some(other) = taken.insert(payload.message.clone(), user) {
            problems.add(Problem::at(
                call.place,
                format!(
                    "the empty message `{}` of this procedure is also that of {other}; rename one of the procedures",
                    payload.message
                ),
            ));
        }
    });
}

/// One direction of a procedure that has no message there.
struct Unnamed<'a> {
    /// `users.v1.Users`
    remote: &'a str,
    /// `Ping`
    method: &'a str,
    side: Side,
    place: &'a Place,
    /// `users.v1.PingRequest`
    short: String,
    /// `users.v1.UsersPingRequest`
    long: String,
}

fn for_each_unnamed(remotes: &mut [Remote], mut act: impl FnMut(&Unnamed<'_>, &mut Payload)) {
    for remote in remotes {
        let full_name = remote.full_name();
        for procedure in &mut remote.procedures {
            let sides = [
                (Side::Request, &mut procedure.request),
                (Side::Response, &mut procedure.response),
            ];
            for (side, payload) in sides {
                if payload.source == PayloadSource::Given || !payload.message.is_empty() {
                    continue;
                }
                let end = format!("{}{}", procedure.name, side.as_str());
                let call = Unnamed {
                    remote: &full_name,
                    method: &procedure.name,
                    side,
                    place: &procedure.place,
                    short: format!("{}.{end}", remote.package),
                    long: format!("{full_name}{end}"),
                };
                act(&call, payload);
            }
        }
    }
}

fn payloads(remotes: &[Remote]) -> impl Iterator<Item = (&Remote, &Procedure, Side, &Payload)> {
    remotes.iter().flat_map(|remote| {
        remote.procedures.iter().flat_map(move |procedure| {
            [
                (remote, procedure, Side::Request, &procedure.request),
                (remote, procedure, Side::Response, &procedure.response),
            ]
        })
    })
}

/// Every name that a new message might collide with.
struct Names<'a> {
    /// Messages that some procedure takes or gives.
    given: BTreeSet<String>,
    /// What procedures of the lock have been called before.
    held: BTreeSet<String>,
    /// How many other procedures would like the short name.
    wanted: BTreeMap<String, usize>,
    remote_names: BTreeSet<String>,
    catalogue: &'a Catalogue,
}

impl Names<'_> {
    fn choose(&self, short: &str, long: &str) -> Result<Payload, String> {
        let contested = self.wanted.get(short).is_some_and(|count| *count > 1);
        if !contested && let Some(payload) = self.free(short) {
            return Ok(payload);
        }
        self.free(long).ok_or_else(|| {
            format!(
                "this procedure needs an empty message, and both `{short}` and `{long}` mean something else already; rename \
                 the procedure, or give it #[procedure(name = \"..\")]"
            )
        })
    }

    /// The payload of this name, unless the name means something else.
    fn free(&self, name: &str) -> Option<Payload> {
        if self.held.contains(name) {
            return None;
        }
        let payload = |source| Payload {
            message: name.to_owned(),
            source,
        };
        if self.catalogue.message(name).is_some() {
            return (!self.given.contains(name)).then(|| payload(PayloadSource::Declared));
        }
        let collides =
            self.catalogue.symbols.contains_key(name) || self.remote_names.contains(name);
        (!collides).then(|| payload(PayloadSource::Printed))
    }
}
