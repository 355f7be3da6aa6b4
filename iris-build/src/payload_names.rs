//! Names the messages of procedures that have none in Rust.
//!
//! On the wire every procedure has both: an empty `PingRequest` can grow fields without breaking a caller.

use crate::catalogue::Catalogue;
use crate::error::{Problem, Problems};
use crate::schema::{Payload, PayloadSource, Procedure, Remote};
use std::collections::{BTreeMap, BTreeSet};

/// Gives every payload that waits for a name its message.
pub(crate) fn choose(remotes: &mut [Remote], catalogue: &Catalogue, problems: &mut Problems) {
    let given: BTreeSet<String> = payloads(remotes)
        .filter(|(_, _, _, payload)| payload.source == PayloadSource::Given)
        .map(|(_, _, _, payload)| payload.message.clone())
        .collect();
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for (remote, procedure, side, payload) in payloads(remotes) {
        if payload.source == PayloadSource::Printed {
            let name = format!("{}.{}{}", remote.package, procedure.name, side.as_str());
            *wanted.entry(name).or_default() += 1;
        }
    }
    let remote_names: BTreeSet<String> = remotes.iter().map(Remote::full_name).collect();
    let names = Names {
        given,
        wanted,
        remote_names,
        catalogue,
    };
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for remote in remotes {
        let package = remote.package.clone();
        let full_name = remote.full_name();
        for procedure in &mut remote.procedures {
            for side in [Side::Request, Side::Response] {
                let method = &procedure.name;
                let short = format!("{package}.{method}{}", side.as_str());
                let long = format!("{package}.{}{method}{}", remote.name, side.as_str());
                let payload = match side {
                    Side::Request => &mut procedure.request,
                    Side::Response => &mut procedure.response,
                };
                if payload.source == PayloadSource::Given {
                    continue;
                }
                match names.choose(&short, &long) {
                    Ok(chosen) => *payload = chosen,
                    Err(text) => problems.add(Problem::at(&procedure.place, text)),
                }
                let user = format!("{full_name}/{method} ({})", procedure.place);
                if let Some(other) = taken.insert(payload.message.clone(), user)
                    && !payload.message.is_empty()
                {
                    problems.add(Problem::at(
                        &procedure.place,
                        format!(
                            "the empty message `{}` of this procedure is also that of {other}; rename one of the procedures",
                            payload.message
                        ),
                    ));
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Side {
    Request,
    Response,
}

impl Side {
    fn as_str(self) -> &'static str {
        match self {
            Side::Request => "Request",
            Side::Response => "Response",
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
    /// How many procedures would like the short name.
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
