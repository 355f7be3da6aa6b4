//! How the file of a remote writes its messages.

use super::Printer;
use crate::identifier;
use crate::schema::{Payload, PayloadSource, Remote};
use crate::well_known;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Names that a message's would hide in the file.
const TAKEN: [&str; 11] = [
    "ErrorCode",
    "IrisError",
    "Result",
    "Ok",
    "Err",
    "Send",
    "Sync",
    "Future",
    "IntoFuture",
    "Clone",
    "Debug",
];

/// How the file writes its messages: by their names, or by their paths where names would collide.
pub(super) struct MessageNames {
    /// By full protobuf name.
    names: BTreeMap<String, String>,
    /// Imported names by their module.
    imported: BTreeMap<String, BTreeSet<String>>,
}

impl MessageNames {
    /// Names for a file in which `own` are taken.
    pub(super) fn new(remote: &Remote, printer: &Printer<'_>, own: &[&str]) -> Self {
        let payloads = remote
            .procedures
            .iter()
            .flat_map(|procedure| [&procedure.request, &procedure.response]);
        let used: BTreeSet<&str> = payloads
            .filter(|payload| payload.source == PayloadSource::Given)
            .map(|payload| payload.message.as_str())
            .collect();
        let paths: BTreeMap<&str, &[String]> = used
            .into_iter()
            .filter_map(|name| Some((name, &printer.catalogue.message(name)?.rust_path[..])))
            .collect();
        let mut names = BTreeMap::new();
        let mut imported: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (message, path) in &paths {
            if let Some(given) = well_known::rust_type(message) {
                names.insert((*message).to_owned(), given);
                continue;
            }
            let Some((name, module)) = path.split_last() else {
                continue;
            };
            let alike = paths.values().filter(|other| other.last() == Some(name));
            let hides = TAKEN.contains(&name.as_str()) || own.contains(&name.as_str());
            let mut full = vec!["crate".to_owned(), "messages".to_owned()];
            full.extend(module.iter().map(|part| identifier::written(part)));
            let module = full.join("::");
            let name = identifier::written(name);
            if hides || alike.count() > 1 {
                names.insert((*message).to_owned(), format!("{module}::{name}"));
            } else {
                names.insert((*message).to_owned(), name.clone());
                imported.entry(module).or_default().insert(name);
            }
        }
        MessageNames { names, imported }
    }

    /// The type of a payload. A procedure without a message has `()`, also where a `.proto` declares one for others.
    pub(super) fn name(&self, payload: &Payload) -> String {
        let name = self.names.get(&payload.message);
        match payload.source {
            PayloadSource::Given => name.cloned().unwrap_or_default(),
            PayloadSource::Declared | PayloadSource::Printed => "()".to_owned(),
        }
    }

    /// The `use` lines.
    pub(super) fn imports(&self) -> String {
        let mut text = String::new();
        for (module, names) in &self.imported {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let _ = match names[..] {
                [only] => writeln!(text, "use {module}::{only};"),
                _ => writeln!(text, "use {module}::{{{}}};", names.join(", ")),
            };
        }
        text
    }
}
