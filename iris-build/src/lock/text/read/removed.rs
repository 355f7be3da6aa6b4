//! What was removed, and what it still holds.

use super::RESTORE;
use super::entries::{CodeEntry, FieldEntry, ProcedureEntry, ValueEntry, remotes};
use crate::lock::tombstones::{Grave, Handle, Named, Removed};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RemovedEntries {
    #[serde(default)]
    remotes: BTreeMap<String, BTreeMap<String, ProcedureEntry>>,
    #[serde(default)]
    messages: BTreeMap<String, RemovedFields>,
    #[serde(default)]
    enums: BTreeMap<String, RemovedValues>,
    #[serde(default)]
    error_codes: RemovedCodes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemovedFields {
    fields: Vec<Numbered<FieldEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemovedValues {
    values: Vec<Numbered<ValueEntry>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RemovedCodes {
    codes: Vec<Numbered<CodeEntry>>,
}

#[derive(Deserialize)]
struct Numbered<T> {
    number: i32,
    holds: Option<Vec<String>>,
    #[serde(flatten)]
    entry: T,
}

impl RemovedEntries {
    pub(super) fn into_removed(self) -> Result<Removed, String> {
        let mut removed = Removed {
            remotes: remotes(self.remotes)?,
            ..Removed::default()
        };
        for (name, entries) in self.messages {
            let fields = removed.messages.entry(name.clone()).or_default();
            for numbered in entries.fields {
                fields.insert(numbered.into_grave(|entry| entry.into_field(&name))?);
            }
        }
        for (name, entries) in self.enums {
            let values = removed.enums.entry(name).or_default();
            for numbered in entries.values {
                values.insert(numbered.into_grave(|entry| Ok(entry.name))?);
            }
        }
        for numbered in self.error_codes.codes {
            let code = numbered.into_grave(|entry| Ok(entry.into_code()))?;
            removed.codes.insert(code);
        }
        Ok(removed)
    }
}

impl<E> Numbered<E> {
    fn into_grave<T: Named>(
        self,
        thing: impl FnOnce(E) -> Result<T, String>,
    ) -> Result<Grave<T>, String> {
        let holds = match self.holds {
            None => Handle::all_of::<T>(),
            Some(words) => words
                .iter()
                .map(|word| {
                    Handle::ALL
                        .into_iter()
                        .find(|handle| handle.as_str() == word)
                        .ok_or_else(|| format!("nothing is held by `{word}`; {RESTORE}"))
                })
                .collect::<Result<_, String>>()?,
        };
        Ok(Grave {
            number: self.number,
            thing: thing(self.entry)?,
            holds,
        })
    }
}
