//! Messages and fields.

use super::{Places, broken};
use crate::lock::callers::{Callers, Fate};
use crate::lock::error::Problem;
use crate::lock::live::{Field, Label, Live, Message};
use crate::lock::retyped::retyped;
use std::collections::{BTreeMap, BTreeSet};

const CODE: &str = "code that names the field";

pub(super) fn compare(old: &Live, new: &Live, places: &Places<'_>, problems: &mut Vec<Problem>) {
    for (name, message) in &old.messages {
        match new.messages.get(name) {
            Some(now) => {
                let comparison = Comparison {
                    name,
                    old: message,
                    new: now,
                    places,
                };
                comparison.fields(problems);
            }
            // Out of reach, but still there: the procedure or field that led to it was reported.
            None if message.printed || places.declares_message(name) => {}
            None => problems.push(broken(
                None,
                format!("{name} was removed: breaks code that names the message"),
            )),
        }
    }
}

/// One message, then and now.
struct Comparison<'c> {
    name: &'c str,
    old: &'c Message,
    new: &'c Message,
    places: &'c Places<'c>,
}

impl Comparison<'_> {
    fn fields(&self, problems: &mut Vec<Problem>) {
        let oneofs = self.renamed_oneofs();
        for (number, field) in &self.old.fields {
            self.field(*number, field, &oneofs, problems);
        }
        for (old, new) in oneofs {
            let who = Callers::CODE_BREAKS.tell("code that names the oneof");
            let what = format!("{}: oneof `{old}` is now `{new}`: {who}", self.name);
            problems.push(broken(self.places.message(self.name), what));
        }
        for (number, field) in &self.new.fields {
            let is_new = !self.old.fields.contains_key(number)
                && self.old.field_called(&field.name).is_none();
            if is_new && field.label == Label::Required {
                let who = Callers::ALL_BREAK.tell("code that builds the message");
                let what = format!(
                    "field {number} `{}` is new and required: {who}; make it optional",
                    field.name
                );
                problems.push(self.problem(*number, what));
            }
        }
    }

    fn field(
        &self,
        number: i32,
        old: &Field,
        oneofs: &BTreeMap<&str, &str>,
        problems: &mut Vec<Problem>,
    ) {
        let by_number = self.new.fields.get(&number);
        let by_name = self.new.field_called(&old.name);
        let (now_number, now) = match (by_number, by_name) {
            (Some(now), _) if now.name == old.name => (number, now),
            (_, Some((now_number, now))) => {
                let who = Callers {
                    binary: Fate::Breaks,
                    json: Fate::Works,
                    code: Fate::Works,
                };
                let what = format!(
                    "field `{}` was number {number}, now {now_number}: {}",
                    old.name,
                    who.tell(CODE)
                );
                problems.push(self.problem(now_number, what));
                (now_number, now)
            }
            (Some(now), None) => {
                // With another type as well it is more likely a new field with an old number.
                let (shape, who) = match old.shape() == now.shape() {
                    true => (String::new(), renamed(old, now)),
                    false => (
                        format!(" ({})", now.shape()),
                        renamed(old, now).and(retyped(old, now)),
                    ),
                };
                let what = format!(
                    "field {number} was `{}` ({}), now `{}`{shape}: {}",
                    old.name,
                    old.shape(),
                    now.name,
                    who.tell(CODE)
                );
                problems.push(self.problem(number, what));
                (number, now)
            }
            (None, None) => {
                let what = format!(
                    "field {number} `{}` ({}) was removed: breaks {CODE}, and binary and JSON callers that rely on its value",
                    old.name,
                    old.shape()
                );
                problems.push(self.problem(number, what));
                return;
            }
        };
        let subject = format!("field {number} `{}`", old.name);
        let mut add = |what: String| {
            let what = format!("{subject} {what}");
            problems.push(self.problem(now_number, what));
        };
        let is_named_alike = old.name == now.name;
        if is_named_alike && old.shape() != now.shape() {
            let who = retyped(old, now).tell("code that uses the field");
            add(format!("was {}, now {}: {who}", old.shape(), now.shape()));
        }
        if is_named_alike && old.json() != now.json() {
            let who = Callers {
                binary: Fate::Works,
                json: Fate::Breaks,
                code: Fate::Works,
            };
            let who = who.tell(CODE);
            add(format!(
                "was `{}` in JSON, now `{}`: {who}",
                old.json(),
                now.json()
            ));
        }
        // Of a field with another type the old default says nothing any more.
        if is_named_alike && old.shape() == now.shape() && old.default != now.default {
            let default = |field: &Field| match &field.default {
                Some(default) => format!("the default `{default}`"),
                None => "no default".to_owned(),
            };
            add(format!(
                "had {}, now {}: breaks binary and JSON callers that leave the field out or read it unset; {CODE} still works",
                default(old),
                default(now)
            ));
        }
        let was = old.oneof.as_deref();
        let is_renamed = was.is_some_and(|was| oneofs.contains_key(was));
        if old.oneof != now.oneof && !is_renamed {
            add(moved(was, now.oneof.as_deref()));
        }
    }

    /// Oneofs whose fields all moved to another, and no other field of the lock with them.
    fn renamed_oneofs(&self) -> BTreeMap<&str, &str> {
        let old = members(self.old, |_| true);
        let known = |number: &i32| self.old.fields.contains_key(number);
        let new = members(self.new, known);
        old.iter()
            .filter(|(name, _)| !new.contains_key(*name))
            .filter_map(|(name, fields)| {
                let (now, _) = new
                    .iter()
                    .find(|(now, others)| !old.contains_key(*now) && *others == fields)?;
                Some((*name, *now))
            })
            .collect()
    }

    fn problem(&self, number: i32, what: String) -> Problem {
        broken(
            self.places.field(self.name, number),
            format!("{}: {what}", self.name),
        )
    }
}

/// Readers of ProtoJSON take the field's own name and its JSON name; writers use the latter.
fn renamed(old: &Field, new: &Field) -> Callers {
    let json = if old.json() != new.json() {
        Fate::Breaks
    } else if old.name == old.json() {
        Fate::Works
    } else {
        Fate::WorksWhile(format!("they send `{}`, not `{}`", old.json(), old.name))
    };
    Callers {
        binary: Fate::Works,
        json,
        code: Fate::Breaks,
    }
}

fn moved(old: Option<&str>, new: Option<&str>) -> String {
    let name = |oneof: Option<&str>| match oneof {
        Some(oneof) => format!("in oneof `{oneof}`"),
        None => "in no oneof".to_owned(),
    };
    let others = match new {
        Some(oneof) => Fate::WorksWhile(format!("they set at most one field of `{oneof}`")),
        None => Fate::Works,
    };
    let who = Callers {
        binary: others.clone(),
        json: others,
        code: Fate::Breaks,
    };
    format!(
        "was {}, now {}: {}",
        name(old),
        name(new),
        who.tell("code that uses the field")
    )
}

fn members(message: &Message, counts: impl Fn(&i32) -> bool) -> BTreeMap<&str, BTreeSet<i32>> {
    let mut members: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
    for (number, field) in &message.fields {
        if let Some(oneof) = &field.oneof
            && counts(number)
        {
            members.entry(oneof).or_default().insert(*number);
        }
    }
    members
}
