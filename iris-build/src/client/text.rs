//! Pieces of source text that several printers need.

use iris_model::Deprecation;
use std::fmt::Write;

/// Appends doc comments: `marker` is `///` or `//!`, `indent` goes before it. Nothing where there is no text.
pub(super) fn docs(text: &mut String, indent: &str, marker: &str, docs: &str) {
    for line in docs.lines() {
        let blank = if line.trim().is_empty() { "" } else { " " };
        let _ = writeln!(text, "{indent}{marker}{blank}{}", line.trim_end());
    }
}

/// Appends `#[deprecated]`, where something is.
pub(super) fn deprecation(text: &mut String, indent: &str, deprecation: Option<&Deprecation>) {
    match deprecation {
        None => {}
        Some(Deprecation { note: None }) => {
            let _ = writeln!(text, "{indent}#[deprecated]");
        }
        Some(Deprecation { note: Some(note) }) => {
            let _ = writeln!(text, "{indent}#[deprecated(note = {note:?})]");
        }
    }
}

/// The first paragraph of a doc comment, on one line.
pub(crate) fn summary(docs: &str) -> String {
    let paragraph: Vec<&str> = docs
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    paragraph.join(" ")
}

/// `name`, with as many `_` after it as it takes to be none of `taken`; it is among them from now on.
pub(super) fn unique(name: String, taken: &mut std::collections::BTreeSet<String>) -> String {
    let mut name = name;
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    name
}
