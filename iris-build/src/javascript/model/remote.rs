//! Remotes.

use crate::javascript::names::{Names, methods};
use crate::schema::{self, Payload, PayloadSource};
use iris_model::{Deprecation, Idempotency, StreamKind};

/// A remote.
#[derive(Debug)]
pub(in crate::javascript) struct Remote {
    pub(in crate::javascript) class: String,
    /// What `Remotes` calls it.
    pub(in crate::javascript) property: String,
    pub(in crate::javascript) full_name: String,
    pub(in crate::javascript) docs: String,
    /// The note of its deprecation, empty where there is none to read.
    pub(in crate::javascript) deprecated: Option<String>,
    pub(in crate::javascript) methods: Vec<Method>,
}

/// A procedure.
#[derive(Debug)]
pub(in crate::javascript) struct Method {
    pub(in crate::javascript) name: String,
    pub(in crate::javascript) path: String,
    pub(in crate::javascript) docs: String,
    pub(in crate::javascript) deprecated: Option<String>,
    pub(in crate::javascript) kind: StreamKind,
    /// Whether a call may be sent again.
    pub(in crate::javascript) repeatable: bool,
    /// The type of its message, where it takes one.
    pub(in crate::javascript) request: Option<String>,
    /// The type of its message, where it gives one.
    pub(in crate::javascript) response: Option<String>,
}

impl Method {
    pub(in crate::javascript) fn takes_stream(&self) -> bool {
        matches!(self.kind, StreamKind::Client | StreamKind::Bidirectional)
    }
}

impl Remote {
    pub(super) fn of(remote: &schema::Remote, names: &Names) -> Self {
        let message = |payload: &Payload| {
            let given = payload.source == PayloadSource::Given;
            given.then(|| names.type_name(&payload.message).to_owned())
        };
        let procedures = remote.procedures.iter().zip(methods(&remote.procedures));
        Remote {
            class: names.class(remote).to_owned(),
            property: names.property(remote).to_owned(),
            full_name: remote.full_name(),
            docs: remote.docs.clone(),
            deprecated: note(remote.deprecation.as_ref()),
            methods: procedures
                .map(|(procedure, name)| Method {
                    name,
                    path: procedure.path(remote),
                    docs: procedure.docs.clone(),
                    deprecated: note(procedure.deprecation.as_ref()),
                    kind: procedure.kind,
                    repeatable: procedure.idempotency != Idempotency::Unknown,
                    request: message(&procedure.request),
                    response: message(&procedure.response),
                })
                .collect(),
        }
    }
}

fn note(deprecation: Option<&Deprecation>) -> Option<String> {
    deprecation.map(|deprecation| deprecation.note.clone().unwrap_or_default())
}
