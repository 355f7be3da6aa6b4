//! Uses of what was removed, which are refused, accepted or not.

use super::grave::{Handle, Named, Reuse, reuses};
use super::{Removed, codes, fields, procedure, procedures, values_of};
use crate::lock::compare::{Places, procedure_changes};
use crate::lock::error::Problem;
use crate::lock::live::{Live, Procedure};

impl Removed {
    /// Every use of what was removed, unless it is exactly that which comes back.
    pub(in crate::lock) fn reuses(&self, new: &Live, places: &Places<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (remote, name, removed) in procedures(&self.remotes) {
            let Some(now) = procedure(new, remote, name) else {
                continue;
            };
            if !procedure_changes(removed, now).is_empty() {
                let what = format!(
                    "/{remote}/{name} was removed before, as {}: callers that still have it would not understand this one; choose another name, or restore it as it was",
                    signature(removed)
                );
                problems.push(refused(places.procedure(remote, name), what));
            }
        }
        for (name, graves) in &self.messages {
            let Some(message) = new.messages.get(name) else {
                continue;
            };
            let fields: Vec<_> = fields(message).collect();
            for reuse in reuses(graves, &fields) {
                let buried = &reuse.grave.thing;
                let of = format!(
                    "field {} `{}` ({})",
                    reuse.grave.number,
                    buried.name,
                    buried.shape()
                );
                let what = format!(
                    "{name}: field {} `{}`: {}",
                    reuse.number,
                    reuse.thing.name,
                    taken(&reuse, &of, "field")
                );
                problems.push(refused(places.field(name, reuse.number), what));
            }
        }
        for (name, graves) in &self.enums {
            for reuse in reuses(graves, &values_of(new, name)) {
                let of = format!("value {} `{}`", reuse.grave.number, reuse.grave.thing);
                let what = format!(
                    "{name}: value {} `{}`: {}",
                    reuse.number,
                    reuse.thing,
                    taken(&reuse, &of, "value")
                );
                problems.push(refused(places.value(name, reuse.thing), what));
            }
        }
        for reuse in reuses(&self.codes, &codes(new)) {
            let buried = &reuse.grave.thing;
            let of = format!(
                "error code {} `{}` ({})",
                reuse.grave.number, buried.name, buried.status
            );
            let what = format!(
                "error code {} `{}`: {}",
                reuse.number,
                reuse.thing.name,
                taken(&reuse, &of, "code")
            );
            problems.push(refused(places.code(reuse.number), what));
        }
        problems
    }
}

/// What is taken, from what, and what to do.
fn taken<T: Named>(reuse: &Reuse<'_, T>, of: &str, sort: &str) -> String {
    let handle = match reuse.handle {
        Handle::Number => format!("the number {}", reuse.number),
        Handle::Name => format!("the name `{}`", reuse.thing.name(Handle::Name)),
        Handle::JsonName => format!("the JSON name `{}`", reuse.thing.name(Handle::JsonName)),
    };
    format!(
        "{handle} belonged to {of}, which was removed: callers that still have that would misread this; choose another, or restore that {sort} as it was"
    )
}

fn signature(procedure: &Procedure) -> String {
    format!(
        "{} of `{}` to `{}`",
        procedure.kind, procedure.request.message, procedure.response.message
    )
}

fn refused(place: Option<String>, what: String) -> Problem {
    Problem {
        place,
        what,
        can_be_accepted: false,
    }
}
