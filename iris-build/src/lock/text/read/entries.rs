//! What stands in the lock for one thing: a remote, a procedure, a field, a value, a code.

use super::RESTORE;
use crate::lock::live::{Code, Field, Given, Label, Payload, Procedure};
use crate::lock::text::{CLIENT_NAME, IDEMPOTENCY, NOT_GIVEN};
use iris_model::Idempotency;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// A remote's procedures, and beside them its name in the client.
pub(super) struct RemoteEntry {
    pub(super) client_name: Option<String>,
    pub(super) procedures: BTreeMap<String, ProcedureEntry>,
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
pub(super) struct ProcedureEntry {
    kind: String,
    request: String,
    response: String,
    idempotency: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldEntry {
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
pub(super) struct ValueEntry {
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeEntry {
    name: String,
    status: String,
}

pub(super) fn remotes(
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
    pub(super) fn into_field(self, message: &str) -> Result<Field, String> {
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
    pub(super) fn into_code(self) -> Code {
        Code {
            name: self.name,
            status: self.status,
        }
    }
}

pub(super) fn number(key: &str, table: &str) -> Result<i32, String> {
    key.parse()
        .map_err(|_| format!("`{key}` in {table} should be a number; {RESTORE}"))
}
