//! Reads the lock.

use super::{CLIENT_NAME, IDEMPOTENCY, NOT_GIVEN, VERSION};
use crate::lock::live::{Code, Field, Given, Label, Live, Message, Payload, Procedure, Values};
use crate::lock::tombstones::{Grave, Handle, Named, Removed};
use crate::lock::{Lock, LockError};
use iris_model::Idempotency;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

pub(in crate::lock) fn read(text: &str) -> Result<Lock, LockError> {
    no_conflict(text)?;
    let Version { version } = parse(text)?;
    match version {
        Some(VERSION) => {}
        Some(other) => {
            return Err(unreadable(format!(
                "it has version {other}, this iris-build reads version {VERSION}: build with the iris-build that wrote it, or a newer one"
            )));
        }
        None => {
            return Err(unreadable(format!(
                "it does not say its version, so it may be no schema lock at all; if it is, restore it from version control, where it has `version = {VERSION}`"
            )));
        }
    }
    let file: File = parse(text)?;
    file.into_lock().map_err(unreadable)
}

/// Git leaves both sides of a merge in the file.
fn no_conflict(text: &str) -> Result<(), LockError> {
    let marked = text.lines().position(|line| {
        ["<<<<<<< ", ">>>>>>> ", "||||||| "]
            .iter()
            .any(|marker| line.starts_with(marker))
            || line == "======="
    });
    match marked {
        None => Ok(()),
        Some(index) => Err(LockError::Unreadable {
            line: Some(index + 1),
            reason: "it has merge conflict markers: keep the lines of both sides, once each, \
                     without the markers, and build again; the order does not matter"
                .to_owned(),
        }),
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, LockError> {
    toml::from_str(text).map_err(|error| LockError::Unreadable {
        line: error
            .span()
            .and_then(|span| text.get(..span.start))
            .map(|before| before.matches('\n').count() + 1),
        reason: format!(
            "{}; restore the file from version control, nothing was written over it",
            error.message()
        ),
    })
}

fn unreadable(reason: String) -> LockError {
    LockError::Unreadable { line: None, reason }
}

#[derive(Deserialize)]
struct Version {
    version: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: i64,
    #[serde(default)]
    remotes: BTreeMap<String, RemoteEntry>,
    #[serde(default)]
    messages: BTreeMap<String, BTreeMap<String, FieldEntry>>,
    #[serde(default)]
    enums: BTreeMap<String, Values>,
    #[serde(default)]
    error_codes: BTreeMap<String, CodeEntry>,
    #[serde(default)]
    removed: RemovedEntries,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RemovedEntries {
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

/// A remote's procedures, and beside them its name in the client.
struct RemoteEntry {
    client_name: Option<String>,
    procedures: BTreeMap<String, ProcedureEntry>,
}

impl<'de> Deserialize<'de> for RemoteEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RemoteVisitor)
    }
}

/// `serde(flatten)` would do, but forgets the lines of what is wrong.
struct RemoteVisitor;

impl<'de> Visitor<'de> for RemoteVisitor {
    type Value = RemoteEntry;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("procedures by their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RemoteEntry, A::Error> {
        let mut entry = RemoteEntry {
            client_name: None,
            procedures: BTreeMap::new(),
        };
        while let Some(key) = map.next_key::<String>()? {
            if key == CLIENT_NAME {
                entry.client_name = Some(map.next_value()?);
            } else {
                entry.procedures.insert(key, map.next_value()?);
            }
        }
        Ok(entry)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcedureEntry {
    kind: String,
    request: String,
    response: String,
    idempotency: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldEntry {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    label: Option<String>,
    oneof: Option<String>,
    json_name: Option<String>,
    default: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueEntry {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeEntry {
    name: String,
    status: String,
}

impl File {
    fn into_lock(self) -> Result<Lock, String> {
        let mut live = Live {
            enums: self.enums,
            ..Live::default()
        };
        let mut entries = BTreeMap::new();
        for (remote, entry) in self.remotes {
            if let Some(name) = entry.client_name {
                live.client_names.insert(remote.clone(), name);
            }
            entries.insert(remote, entry.procedures);
        }
        live.remotes = remotes(entries)?;
        for (name, entries) in self.messages {
            let mut message = Message::default();
            for (key, entry) in entries {
                let number = number(&key, &name)?;
                message.fields.insert(number, entry.into_field(&name)?);
            }
            live.messages.insert(name, message);
        }
        for procedure in live.remotes.values().flat_map(BTreeMap::values) {
            for payload in [&procedure.request, &procedure.response] {
                if payload.is_printed() {
                    live.messages
                        .insert(payload.message.clone(), Message::printed());
                }
            }
        }
        for (key, entry) in self.error_codes {
            let number = number(&key, "error_codes")?;
            live.codes.insert(number, entry.into_code());
        }
        Ok(Lock {
            live,
            removed: self.removed.into_removed()?,
        })
    }
}

impl RemovedEntries {
    fn into_removed(self) -> Result<Removed, String> {
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

fn remotes(
    entries: BTreeMap<String, BTreeMap<String, ProcedureEntry>>,
) -> Result<BTreeMap<String, BTreeMap<String, Procedure>>, String> {
    let mut remotes = BTreeMap::new();
    for (remote, procedures) in entries {
        let mut read = BTreeMap::new();
        for (name, entry) in procedures {
            let procedure = entry.into_procedure(&format!("/{remote}/{name}"))?;
            read.insert(name, procedure);
        }
        remotes.insert(remote, read);
    }
    Ok(remotes)
}

impl ProcedureEntry {
    fn into_procedure(self, path: &str) -> Result<Procedure, String> {
        let idempotency = match self.idempotency {
            None => Idempotency::Unknown,
            Some(word) => IDEMPOTENCY
                .iter()
                .find(|(_, known)| *known == word)
                .map(|(idempotency, _)| *idempotency)
                .ok_or_else(|| format!("{path} has the unknown idempotency `{word}`; {RESTORE}"))?,
        };
        Ok(Procedure {
            kind: self.kind,
            request: payload(&self.request),
            response: payload(&self.response),
            idempotency,
        })
    }
}

fn payload(text: &str) -> Payload {
    let marked = NOT_GIVEN
        .iter()
        .find_map(|(given, mark)| Some((text.strip_suffix(mark)?, *given)));
    let (message, given) = marked.unwrap_or((text, Given::Yes));
    Payload {
        message: message.to_owned(),
        given,
    }
}

impl FieldEntry {
    fn into_field(self, message: &str) -> Result<Field, String> {
        let label = match &self.label {
            None if self.kind.starts_with("map<") => Label::Map,
            None => Label::Singular,
            Some(word) => Label::ALL
                .into_iter()
                .find(|label| label.as_str() == word)
                .ok_or_else(|| {
                    format!(
                        "field `{}` of {message} has the unknown label `{word}`; {RESTORE}",
                        self.name
                    )
                })?,
        };
        Ok(Field {
            name: self.name,
            json_name: self.json_name,
            kind: self.kind,
            label,
            oneof: self.oneof,
            default: self.default,
        })
    }
}

impl CodeEntry {
    fn into_code(self) -> Code {
        Code {
            name: self.name,
            status: self.status,
        }
    }
}

fn number(key: &str, table: &str) -> Result<i32, String> {
    key.parse()
        .map_err(|_| format!("`{key}` in {table} should be a number; {RESTORE}"))
}

const RESTORE: &str = "restore the file from version control";
