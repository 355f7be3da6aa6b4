//! Prints the crate's README.

use super::{Printer, example, remote, text};
use crate::identifier;
use crate::schema::Services;
use crate::write::GENERATED;
use std::fmt::Write;

pub(super) fn print(printer: &Printer<'_>) -> String {
    let mut readme = format!(
        "<!-- {GENERATED}. Do not edit. -->\n# {}\n\nCalls the remotes of {}.\n\n{}\n\
         | call | procedure | |\n|---|---|---|\n",
        printer.name(),
        printer.package.name,
        example::print(printer),
    );
    for remote in &printer.schema.remotes {
        for procedure in &remote.procedures {
            let _ = writeln!(
                readme,
                "| `{}().{}({})` | `{}/{}` | {} |",
                identifier::written(&remote.client_name),
                identifier::written(&procedure.function),
                remote::argument(procedure),
                remote.full_name(),
                procedure.name,
                cell(&procedure.docs),
            );
        }
    }
    if printer.client.error_codes && !printer.schema.error_codes.is_empty() {
        readme.push_str(
            "\nA failed call is an `IrisError`, whose `code` is one of these or of Iris's own, 900 to 999:\n\n\
             | code | number | |\n|---|---|---|\n",
        );
        for code in &printer.schema.error_codes {
            let (name, number) = (&code.name, code.number);
            let _ = writeln!(readme, "| `{name}` | {number} | {} |", cell(&code.docs));
        }
    }
    readme.push_str(match printer.schema.services {
        Services::Printed => {
            "\n`proto/` holds the services for callers in other languages, `descriptors.binpb` the same compiled, and \
             `openapi.json` the procedures as plain HTTP with JSON.\n"
        }
        Services::Described => {
            "\nA failed call is an `IrisError`. Where the server is one of Iris's, its `code` is a number of the server's own or \
             one of Iris's, 900 to 999; of others its `status` tells more. One that speaks gRPC alone is called by \
             `Client::builder(url).protocol(Protocol::Grpc)`.\n\n\
             It was made of what the server says of itself, which is in `descriptors.binpb`. `openapi.json` holds the procedures \
             as plain HTTP with JSON, where it answers that.\n"
        }
    });
    readme
}

/// The first paragraph of a doc comment, in a table.
fn cell(docs: &str) -> String {
    text::summary(docs).replace('|', "\\|")
}
