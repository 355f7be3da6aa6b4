//! Prints the lock.

use super::{CLIENT_NAME, IDEMPOTENCY, NOT_GIVEN, VERSION};
use crate::lock::Lock;
use crate::lock::live::{Code, Field, Label, Live, Payload, Procedure, Values};
use crate::lock::tombstones::{Grave, Handle, Named, Removed};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const HEADER: &str = "\
# The schema lock: what callers of these remotes rely on. Commit it; iris-build keeps it.
# New things are added by themselves. A build that would break callers fails and says whom;
# `IRIS_LOCK=accept cargo build` breaks them on purpose and records it below, under `removed`.
";

pub(in crate::lock) fn print(lock: &Lock) -> String {
    let mut text = format!("{HEADER}\nversion = {VERSION}\n");
    live(&lock.live, &mut text);
    removed(&lock.removed, &mut text);
    text
}

fn live(live: &Live, text: &mut String) {
    for (remote, procedures) in &live.remotes {
        head(text, &["remotes", &quoted(remote)]);
        if let Some(name) = live.client_names.get(remote) {
            line(text, format_args!("{CLIENT_NAME} = {}", quoted(name)));
        }
        self::procedures(procedures, text);
    }
    for (name, message) in &live.messages {
        if message.printed {
            continue;
        }
        head(text, &["messages", &quoted(name)]);
        for (number, field) in &message.fields {
            line(
                text,
                format_args!("{number} = {{ {} }}", self::field(field)),
            );
        }
    }
    for (name, values) in &live.enums {
        head(text, &["enums", &quoted(name)]);
        for (number, name) in by_number(values) {
            line(text, format_args!("{name} = {number}"));
        }
    }
    if !live.codes.is_empty() {
        head(text, &["error_codes"]);
    }
    for (number, code) in &live.codes {
        line(text, format_args!("{number} = {{ {} }}", self::code(code)));
    }
    if !live.javascript_names.is_empty() {
        head(text, &["javascript_names"]);
    }
    for (full_name, name) in &live.javascript_names {
        line(
            text,
            format_args!("{} = {}", quoted(full_name), quoted(name)),
        );
    }
}

/// What was removed has neither a number nor a name of its own any more, so these are lists.
fn removed(removed: &Removed, text: &mut String) {
    for (remote, procedures) in &removed.remotes {
        head(text, &["removed", "remotes", &quoted(remote)]);
        self::procedures(procedures, text);
    }
    for (name, fields) in &removed.messages {
        head(text, &["removed", "messages", &quoted(name)]);
        let entries = fields.iter().map(|grave| self::grave(grave, self::field));
        list(text, "fields", entries);
    }
    for (name, values) in &removed.enums {
        head(text, &["removed", "enums", &quoted(name)]);
        let name = |name: &String| format!("name = {}", quoted(name));
        let entries = values.iter().map(|grave| self::grave(grave, name));
        list(text, "values", entries);
    }
    if !removed.codes.is_empty() {
        head(text, &["removed", "error_codes"]);
        let entries = removed
            .codes
            .iter()
            .map(|grave| self::grave(grave, self::code));
        list(text, "codes", entries);
    }
}

/// What it holds is said where that is not everything.
fn grave<T: Named>(grave: &Grave<T>, thing: impl Fn(&T) -> String) -> String {
    let mut entry = format!("number = {}, {}", grave.number, thing(&grave.thing));
    if grave.holds != Handle::all_of::<T>() {
        let holds: Vec<String> = grave
            .holds
            .iter()
            .map(|handle| quoted(handle.as_str()))
            .collect();
        entry.push_str(&format!(", holds = [{}]", holds.join(", ")));
    }
    entry
}

fn procedures(procedures: &BTreeMap<String, Procedure>, text: &mut String) {
    for (name, procedure) in procedures {
        let mut entry = format!(
            "kind = {}, request = {}, response = {}",
            quoted(&procedure.kind),
            payload(&procedure.request),
            payload(&procedure.response)
        );
        if let Some((_, word)) = IDEMPOTENCY
            .iter()
            .find(|(idempotency, _)| *idempotency == procedure.idempotency)
        {
            entry.push_str(&format!(", idempotency = {}", quoted(word)));
        }
        line(text, format_args!("{name} = {{ {entry} }}"));
    }
}

fn payload(payload: &Payload) -> String {
    let mark = NOT_GIVEN.iter().find(|(given, _)| *given == payload.given);
    let mark = mark.map_or("", |(_, mark)| mark);
    quoted(&format!("{}{mark}", payload.message))
}

fn field(field: &Field) -> String {
    let mut entry = format!(
        "name = {}, type = {}",
        quoted(&field.name),
        quoted(&field.kind)
    );
    // A map's type says that it is one.
    if !matches!(field.label, Label::Singular | Label::Map) {
        entry.push_str(&format!(", label = {}", quoted(field.label.as_str())));
    }
    if let Some(oneof) = &field.oneof {
        entry.push_str(&format!(", oneof = {}", quoted(oneof)));
    }
    if let Some(json_name) = &field.json_name {
        entry.push_str(&format!(", json_name = {}", quoted(json_name)));
    }
    if let Some(default) = &field.default {
        entry.push_str(&format!(", default = {}", quoted(default)));
    }
    entry
}

fn code(code: &Code) -> String {
    format!(
        "name = {}, status = {}",
        quoted(&code.name),
        quoted(&code.status)
    )
}

fn by_number(values: &Values) -> Vec<(i32, &str)> {
    let mut sorted: Vec<(i32, &str)> = values
        .iter()
        .map(|(name, number)| (*number, name.as_str()))
        .collect();
    sorted.sort_unstable();
    sorted
}

fn head(text: &mut String, keys: &[&str]) {
    line(text, format_args!("\n[{}]", keys.join(".")));
}

fn list(text: &mut String, key: &str, entries: impl Iterator<Item = String>) {
    line(text, format_args!("{key} = ["));
    for entry in entries {
        line(text, format_args!("    {{ {entry} }},"));
    }
    line(text, format_args!("]"));
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{line}");
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut string = String::with_capacity(text.len() + 2);
    string.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                string.push('\\');
                string.push(letter);
            }
            control if control.is_control() => {
                string.push_str(&format!("\\u{:04X}", u32::from(control)));
            }
            other => string.push(other),
        }
    }
    string.push('"');
    string
}
