//! What was removed: its numbers and names are taken for good.

mod grave;
mod reuse;

pub(super) use grave::{Grave, Handle, Named};

use super::live::{Code, Field, Live, Message, Procedure, Values};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that was removed and accepted.
#[derive(Debug, Default, Clone)]
pub(super) struct Removed {
    /// By full name, then by the procedure's name.
    pub(super) remotes: BTreeMap<String, BTreeMap<String, Procedure>>,
    /// By full name. A message that went away altogether may have no fields here.
    pub(super) messages: BTreeMap<String, BTreeSet<Grave<Field>>>,
    /// By full name.
    pub(super) enums: BTreeMap<String, BTreeSet<Grave<String>>>,
    pub(super) codes: BTreeSet<Grave<Code>>,
}

impl Removed {
    /// The tombstones once `new` has taken the place of `old`.
    pub(super) fn after(&self, old: &Live, new: &Live) -> Removed {
        let mut after = Removed {
            codes: grave::after(&self.codes, codes(old).into_iter(), &codes(new)),
            ..Removed::default()
        };
        for (remote, name, gone) in procedures(&self.remotes).chain(procedures(&old.remotes)) {
            if procedure(new, remote, name).is_none() {
                let buried = after.remotes.entry(remote.to_owned()).or_default();
                buried.insert(name.to_owned(), gone.clone());
            }
        }
        for name in self.messages.keys().chain(old.messages.keys()) {
            let before = old.messages.get(name);
            let now = new.messages.get(name);
            let graves = grave::after(
                self.messages.get(name).unwrap_or(&BTreeSet::new()),
                before.into_iter().flat_map(fields),
                &now.into_iter().flat_map(fields).collect::<Vec<_>>(),
            );
            let is_gone = now.is_none() && !before.is_some_and(|before| before.printed);
            if is_gone || !graves.is_empty() {
                after.messages.insert(name.clone(), graves);
            }
        }
        for name in self.enums.keys().chain(old.enums.keys()) {
            let graves = grave::after(
                self.enums.get(name).unwrap_or(&BTreeSet::new()),
                old.enums.get(name).into_iter().flat_map(values),
                &values_of(new, name),
            );
            if !graves.is_empty() {
                after.enums.insert(name.clone(), graves);
            }
        }
        after
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

fn fields(message: &Message) -> impl Iterator<Item = (i32, &Field)> {
    message
        .fields
        .iter()
        .map(|(number, field)| (*number, field))
}

fn values(values: &Values) -> impl Iterator<Item = (i32, &String)> {
    values.iter().map(|(name, number)| (*number, name))
}

fn values_of<'l>(live: &'l Live, enumeration: &str) -> Vec<(i32, &'l String)> {
    live.enums
        .get(enumeration)
        .into_iter()
        .flat_map(values)
        .collect()
}

fn codes(live: &Live) -> Vec<(i32, &Code)> {
    live.codes
        .iter()
        .map(|(number, code)| (*number, code))
        .collect()
}
