//! Prints the crate's README.

use super::{Printer, text};
use crate::write::GENERATED;
use std::fmt::Write;

pub(super) fn print(printer: &Printer<'_>) -> String {
    let mut readme = format!(
        "<!-- {GENERATED}. Do not edit. -->\n# {}\n\nCalls the remotes of {}.\n\n{}\n| remote | procedure | |\n|---|---|---|\n",
        printer.name(),
        printer.package.name,
        example(printer),
    );
    for remote in &printer.schema.remotes {
        for procedure in &remote.procedures {
            let summary = text::summary(&procedure.docs).replace('|', "\\|");
            let _ = writeln!(
                readme,
                "| `{}` | `{}` | {summary} |",
                remote.full_name(),
                procedure.name,
            );
        }
    }
    readme.push_str(
        "\n`proto/` holds the services for callers in other languages, `descriptors.binpb` the same compiled, and \
         `openapi.json` the procedures as plain HTTP with JSON.\n",
    );
    readme
}

/// A call, as a code block of Markdown.
pub(super) fn example(printer: &Printer<'_>) -> String {
    let name = printer.crate_name();
    let mut text =
        format!("```rust\nlet remotes = {name}::Remotes::connect(\"http://127.0.0.1:8088\")?;\n");
    let first = printer
        .schema
        .remotes
        .iter()
        .find_map(|remote| Some((remote, remote.procedures.first()?)));
    if let Some((remote, procedure)) = first {
        let _ = writeln!(
            text,
            "let answer = remotes.{}().{}({}).await?;",
            crate::identifier::written(&remote.client_name),
            crate::identifier::written(&procedure.function),
            super::remote::argument(procedure),
        );
    }
    text.push_str("```\n");
    text
}
