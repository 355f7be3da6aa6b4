//! Prints packages for JavaScript and TypeScript: a module without dependencies, its types, and what npm needs.
//!
//! - `model`: messages, enums and remotes with the names that they have in JavaScript ([`names`]), ready to be printed
//! - `declarations`: `index.d.ts`, which says what callers may do; any other flavour of the package has the same
//! - `module`: `index.js`, the hand-written `runtime` and what is of the schema
//! - `manifest`, `readme`: the rest of the package

mod declarations;
mod docs;
mod literal;
mod manifest;
mod model;
mod module;
mod names;
mod package;
mod readme;
mod runtime;

pub(crate) use names::name_types;
pub use package::TypeScriptPackage;

use crate::output::GeneratedFile;
use crate::project::Package;
use crate::schema::Schema;
use model::{Method, Model};
use runtime::Carrier;

/// Every file of a package that needs nothing else.
pub(crate) fn files(
    npm: &TypeScriptPackage,
    package: &Package,
    schema: &Schema,
) -> Vec<GeneratedFile> {
    let model = Model::of(schema);
    let mut methods = model.remotes.iter().flat_map(|remote| &remote.methods);
    // Procedures that take streams need a socket.
    let carrier = match npm.web_socket || methods.any(Method::takes_stream) {
        true => Carrier::FetchAndSockets,
        false => Carrier::Fetch,
    };
    print(npm, package, &model, carrier)
}

/// Every file of a package whose calls a client crate carries, but for what is compiled of it.
pub(crate) fn files_over_wasm(
    npm: &TypeScriptPackage,
    package: &Package,
    schema: &Schema,
) -> Vec<GeneratedFile> {
    print(npm, package, &Model::of(schema), Carrier::Wasm)
}

fn print(
    npm: &TypeScriptPackage,
    package: &Package,
    model: &Model,
    carrier: Carrier,
) -> Vec<GeneratedFile> {
    vec![
        GeneratedFile::new("index.d.ts", declarations::print(model)),
        GeneratedFile::new("index.js", module::print(model, carrier)),
        GeneratedFile::new(
            "package.json",
            manifest::print(npm, package, model, carrier),
        ),
        GeneratedFile::new("README.md", readme::print(npm, package, model)),
    ]
}
