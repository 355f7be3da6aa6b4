//! Prints what a crate needs beside it to be a package for JavaScript.

use super::Printer;
use crate::javascript::{self, TypeScriptPackage};
use crate::output::GeneratedFile;
use std::path::Path;

/// Where it is in the crate.
const FOLDER: &str = "js";

/// The files of the package, but for what is compiled of the crate. It is called what the crate is, unless told.
pub(super) fn print(printer: &Printer<'_>) -> Vec<GeneratedFile> {
    let client = printer.client;
    let npm = TypeScriptPackage {
        folder: FOLDER.into(),
        name: Some(
            client
                .javascript_name
                .clone()
                .unwrap_or_else(|| printer.name()),
        ),
        version: client.version.clone(),
        license: client.license.clone(),
        repository: client.repository.clone(),
        description: client.description.clone(),
        publish: client.publish,
        web_socket: true,
    };
    let files = javascript::files_over_wasm(&npm, printer.package, printer.schema);
    let below =
        |file: GeneratedFile| GeneratedFile::new(Path::new(FOLDER).join(file.path), file.contents);
    files.into_iter().map(below).collect()
}
