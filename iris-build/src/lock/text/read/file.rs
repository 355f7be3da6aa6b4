//! The lock as a whole.

use super::entries::{CodeEntry, FieldEntry, RemoteEntry, number, remotes};
use super::removed::RemovedEntries;
use crate::lock::Lock;
use crate::lock::live::{Live, Message, Values};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
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
    javascript_names: BTreeMap<String, String>,
    #[serde(default)]
    removed: RemovedEntries,
}

impl File {
    pub(super) fn into_lock(self) -> Result<Lock, String> {
        let mut live = Live {
            enums: self.enums,
            javascript_names: self.javascript_names,
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
