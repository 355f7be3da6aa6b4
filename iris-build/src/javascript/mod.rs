//! Prints packages for JavaScript and TypeScript: a module without dependencies, its types, and what npm needs.
//!
//! - `model`: messages, enums and remotes with the names that they have in JavaScript ([`names`]), ready to be printed
//! - `declarations`: `index.d.ts`, which says what callers may do; any other flavour of the package has the same
//! - `module`: `index.js`, the hand-written `runtime` and what is of the schema; `layout` is how WebAssembly lays messages out
//! - `manifest`, `readme`: the rest of the package

mod declarations;
mod docs;
mod layout;
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
use runtime::Parts;

/// Every file of a package.
pub(crate) fn files(
    npm: &TypeScriptPackage,
    package: &Package,
    schema: &Schema,
) -> Vec<GeneratedFile> {
    let model = Model::of(schema);
    let mut methods = model.remotes.iter().flat_map(|remote| &remote.methods);
    let parts = Parts {
        // Procedures that take streams need a socket.
        web_socket: npm.web_socket || methods.any(Method::takes_stream),
        web_assembly: npm.web_assembly,
    };
    vec![
        GeneratedFile::new("index.d.ts", declarations::print(&model)),
        GeneratedFile::new("index.js", module::print(&model, parts)),
        GeneratedFile::new("package.json", manifest::print(npm, package, &model)),
        GeneratedFile::new("README.md", readme::print(npm, package, &model)),
    ]
}
