//! What was removed: its numbers and names are taken for good.
//!
//! A number or a name is used again only where the lock had it for nothing: a field that was renamed
//! keeps its number, and the tombstone of its old name does not stand in its way.

use super::compare::{Places, procedure_changes};
use super::error::Problem;
use super::live::{Code, Field, Live, Procedure, Values};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that was removed and accepted.
#[derive(Debug, Default, Clone)]
pub(super) struct Removed {
    /// By full name, then by the procedure's name.
    pub(super) remotes: BTreeMap<String, BTreeMap<String, Procedure>>,
    /// By full name. A message that went away altogether may have no fields here.
    pub(super) messages: BTreeMap<String, BTreeSet<(i32, Field)>>,
    /// By full name.
    pub(super) enums: BTreeMap<String, BTreeSet<(i32, String)>>,
    pub(super) codes: BTreeSet<(i32, Code)>,
}

impl Removed {
    /// Every use of what was removed, unless it is exactly that which comes back.
    pub(super) fn reuses(&self, old: &Live, new: &Live, places: &Places<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.reused_paths(old, new, places, &mut problems);
        self.reused_fields(old, new, places, &mut problems);
        self.reused_values(old, new, places, &mut problems);
        self.reused_codes(old, new, places, &mut problems);
        problems
    }

    /// The tombstones once `new` has taken the place of `old`.
    pub(super) fn after(mut self, old: &Live, new: &Live) -> Removed {
        self.bury(old, new);
        self.lift(new);
        self
    }

    fn reused_paths(
        &self,
        old: &Live,
        new: &Live,
        places: &Places<'_>,
        problems: &mut Vec<Problem>,
    ) {
        for (remote, name, removed) in procedures(&self.remotes) {
            let Some(now) = procedure(new, remote, name) else {
                continue;
            };
            if procedure(old, remote, name).is_none() && !procedure_changes(removed, now).is_empty()
            {
                let what = format!(
                    "/{remote}/{name} was removed before, as {}: callers that still have it would not understand this one; choose another name, or restore it as it was",
                    signature(removed)
                );
                problems.push(refused(places.procedure(remote, name), what));
            }
        }
    }

    fn reused_fields(
        &self,
        old: &Live,
        new: &Live,
        places: &Places<'_>,
        problems: &mut Vec<Problem>,
    ) {
        for (message, removed) in &self.messages {
            let Some(now) = new.messages.get(message) else {
                continue;
            };
            let before = old.messages.get(message);
            let had = |is: &dyn Fn(i32, &Field) -> bool| {
                before.is_some_and(|before| {
                    before
                        .fields
                        .iter()
                        .any(|(&number, field)| is(number, field))
                })
            };
            for (number, field) in &now.fields {
                if removed.contains(&(*number, field.clone())) {
                    continue;
                }
                for (taken, buried) in removed {
                    let number_again = taken == number && !had(&|number, _| number == *taken);
                    let name_again =
                        buried.name == field.name && !had(&|_, field| field.name == buried.name);
                    let json_again = buried.json() == field.json()
                        && !had(&|_, field| field.json() == buried.json());
                    let what = if number_again {
                        format!("field number {number}")
                    } else if name_again {
                        format!("field name `{}`", field.name)
                    } else if json_again {
                        format!("JSON name `{}`", field.json())
                    } else {
                        continue;
                    };
                    let what = format!(
                        "{message}: {what} of `{}` was removed before, from field {taken} `{}` ({}): callers that still have it would misread this one; choose another, or restore that field as it was",
                        field.name,
                        buried.name,
                        buried.shape()
                    );
                    problems.push(refused(places.field(message, *number), what));
                }
            }
        }
    }

    fn reused_values(
        &self,
        old: &Live,
        new: &Live,
        places: &Places<'_>,
        problems: &mut Vec<Problem>,
    ) {
        let nothing = Values::new();
        for (enumeration, removed) in &self.enums {
            let Some(now) = new.enums.get(enumeration) else {
                continue;
            };
            let before = old.enums.get(enumeration).unwrap_or(&nothing);
            for (name, number) in now {
                if removed.contains(&(*number, name.clone())) {
                    continue;
                }
                for (taken, buried) in removed {
                    let what = if taken == number && !before.values().any(|had| had == taken) {
                        format!("number {number}")
                    } else if buried == name && !before.contains_key(buried) {
                        format!("name `{name}`")
                    } else {
                        continue;
                    };
                    let what = format!(
                        "{enumeration}: {what} of `{name}` was removed before, from value {taken} `{buried}`: callers that still have it would misread this one; choose another, or restore that value as it was"
                    );
                    problems.push(refused(places.value(enumeration, name), what));
                }
            }
        }
    }

    fn reused_codes(
        &self,
        old: &Live,
        new: &Live,
        places: &Places<'_>,
        problems: &mut Vec<Problem>,
    ) {
        for (number, code) in &new.codes {
            if self.codes.contains(&(*number, code.clone())) {
                continue;
            }
            for (taken, buried) in &self.codes {
                let had_name = || old.codes.values().any(|had| had.name == buried.name);
                let what = if taken == number && !old.codes.contains_key(taken) {
                    "number"
                } else if buried.name == code.name && !had_name() {
                    "name"
                } else {
                    continue;
                };
                let what = format!(
                    "error code {number} `{}`: its {what} was removed before, from {taken} `{}` ({}): callers that still have it would misread this one; choose another, or restore that code as it was",
                    code.name, buried.name, buried.status
                );
                problems.push(refused(places.code(*number), what));
            }
        }
    }

    /// Adds what `old` has and `new` has not: a thing is gone when its number or its name is.
    fn bury(&mut self, old: &Live, new: &Live) {
        for (remote, name, gone) in procedures(&old.remotes) {
            if procedure(new, remote, name).is_none() {
                let buried = self.remotes.entry(remote.to_owned()).or_default();
                buried.insert(name.to_owned(), gone.clone());
            }
        }
        for (name, message) in &old.messages {
            let now = new.messages.get(name);
            if now.is_none() && !message.printed {
                self.messages.entry(name.clone()).or_default();
            }
            for (number, field) in &message.fields {
                let kept = now.is_some_and(|now| {
                    now.fields.contains_key(number)
                        && now.field_called(&field.name).is_some()
                        && now.fields.values().any(|now| now.json() == field.json())
                });
                if !kept {
                    let buried = self.messages.entry(name.clone()).or_default();
                    buried.insert((*number, field.clone()));
                }
            }
        }
        for (name, values) in &old.enums {
            let now = new.enums.get(name);
            for (value, number) in values {
                let kept = now.is_some_and(|now| {
                    now.contains_key(value) && now.values().any(|other| other == number)
                });
                if !kept {
                    let buried = self.enums.entry(name.clone()).or_default();
                    buried.insert((*number, value.clone()));
                }
            }
        }
        for (number, code) in &old.codes {
            let named = new.codes.values().any(|now| now.name == code.name);
            if !new.codes.contains_key(number) || !named {
                self.codes.insert((*number, code.clone()));
            }
        }
    }

    /// Takes away what came back as it was.
    fn lift(&mut self, new: &Live) {
        for (remote, buried) in &mut self.remotes {
            buried.retain(|name, _| procedure(new, remote, name).is_none());
        }
        self.remotes.retain(|_, buried| !buried.is_empty());
        for (name, buried) in &mut self.messages {
            if let Some(now) = new.messages.get(name) {
                buried.retain(|(number, field)| now.fields.get(number) != Some(field));
            }
        }
        self.messages
            .retain(|name, buried| !buried.is_empty() || !new.messages.contains_key(name));
        for (name, buried) in &mut self.enums {
            if let Some(now) = new.enums.get(name) {
                buried.retain(|(number, value)| now.get(value) != Some(number));
            }
        }
        self.enums.retain(|_, buried| !buried.is_empty());
        self.codes
            .retain(|(number, code)| new.codes.get(number) != Some(code));
    }
}

fn procedures(
    remotes: &BTreeMap<String, BTreeMap<String, Procedure>>,
) -> impl Iterator<Item = (&str, &str, &Procedure)> {
    remotes.iter().flat_map(|(remote, procedures)| {
        procedures
            .iter()
            .map(move |(name, procedure)| (remote.as_str(), name.as_str(), procedure))
    })
}

fn procedure<'l>(live: &'l Live, remote: &str, name: &str) -> Option<&'l Procedure> {
    live.remotes.get(remote)?.get(name)
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
