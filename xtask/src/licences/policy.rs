//! What `deny.toml` says.

use crate::failure::{Failure, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use toml::{Table, Value};

/// What dependencies must be like.
#[derive(Debug)]
pub(crate) struct Policy {
    /// Licences, by their SPDX names.
    pub(crate) licences: BTreeSet<String>,
    /// Crates that must not be used, and why.
    pub(crate) banned: BTreeMap<String, String>,
}

impl Policy {
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(path);
        let text = text.map_err(|error| Failure::during(path.display(), error))?;
        Policy::parse(&text).map_err(|failure| Failure::during(path.display(), failure))
    }

    pub(crate) fn parse(text: &str) -> Outcome<Self> {
        let file: Table = text
            .parse()
            .map_err(|error| Failure::new(format!("{error}")))?;
        let list = |section: &str, key: &str| -> Outcome<&Vec<Value>> {
            let value = file
                .get(section)
                .and_then(|section| section.get(key)?.as_array());
            value.ok_or_else(|| Failure::new(format!("`{section}.{key}` must be a list")))
        };
        let licences = list("licenses", "allow")?.iter();
        let banned = list("bans", "deny")?.iter();
        Ok(Policy {
            licences: licences.map(licence).collect::<Outcome<_>>()?,
            banned: banned.map(ban).collect::<Outcome<_>>()?,
        })
    }
}

fn licence(value: &Value) -> Outcome<String> {
    let name = value.as_str().map(str::to_owned);
    name.ok_or_else(|| Failure::new(format!("`licenses.allow` holds {value}, which is no text")))
}

fn ban(value: &Value) -> Outcome<(String, String)> {
    let text = |key: &str| value.get(key)?.as_str().map(str::to_owned);
    match (text("crate"), text("reason")) {
        (Some(name), Some(reason)) => Ok((name, reason)),
        _ => Err(Failure::new(format!(
            "`bans.deny` holds {value}; write {{ crate = \"name\", reason = \"why\" }}"
        ))),
    }
}
