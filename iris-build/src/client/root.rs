//! Prints the crate's lib.rs: its docs, its modules, its names.

use super::{Messages, Printer, example, header, manifest, text};
use crate::identifier;
use std::fmt::Write;

pub(super) fn print(printer: &Printer<'_>, has_messages: bool) -> String {
    let mut root = header();
    text::docs(&mut root, "", "//!", &crate_docs(printer));
    // Docs and names are the users' own, written for other lints than those of whoever builds this crate.
    root.push_str("\n#![allow(clippy::all, clippy::pedantic, rustdoc::all)]\n#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals)]\n\n");
    let mut modules: Vec<(String, &str)> = vec![("remotes".to_owned(), "")];
    if printer.client.error_codes {
        modules.push(("error_code".to_owned(), ""));
    }
    if has_messages {
        modules.push(("messages".to_owned(), "pub "));
    }
    for remote in &printer.schema.remotes {
        modules.push((remote.client_name.clone(), "pub "));
    }
    modules.sort();
    for (module, visibility) in modules {
        // Skipping keeps `cargo fmt` out of the module's file.
        let _ = writeln!(
            root,
            "#[rustfmt::skip]\n{visibility}mod {};",
            identifier::written(&module)
        );
    }
    root.push('\n');
    let web = manifest::WEB;
    let _ = write!(
        root,
        "#[cfg({web})]\npub extern crate iris_client_web as iris_client;\n\
         #[cfg(not({web}))]\npub use iris_client;\n\n"
    );
    let mut names = vec!["remotes::Remotes".to_owned()];
    names.push(match printer.client.error_codes {
        true => "error_code::ErrorCode".to_owned(),
        false => "iris_client::IrisError".to_owned(),
    });
    if let Messages::From { path, .. } = &printer.client.messages {
        names.push(match path.ends_with("::messages") {
            true => path.clone(),
            false => format!("{path} as messages"),
        });
    }
    // As `cargo fmt` has them.
    names.sort();
    for name in names {
        let _ = writeln!(root, "pub use {name};");
    }
    if printer.client.error_codes {
        root.push_str(
            "\n/// A failed call.\npub type IrisError = iris_client::IrisError<ErrorCode>;\n",
        );
    }
    root
}

fn crate_docs(printer: &Printer<'_>) -> String {
    let mut docs = format!(
        "Calls the remotes of {}.\n\n{}\nEvery call may be awaited as it is, or first be given a deadline and metadata. \
         A failed one is an [`IrisError`]:\nmatch on its `code`; its `internal_message` is for logs.\n\n",
        printer.package.name,
        example::print(printer),
    );
    for remote in &printer.schema.remotes {
        let module = &remote.client_name;
        let summary = text::summary(&remote.docs);
        let colon = if summary.is_empty() { "" } else { ": " };
        let _ = writeln!(docs, "- [`{module}`]{colon}{summary}");
    }
    docs
}
