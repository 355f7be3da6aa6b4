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
use model::Model;

/// Every file of the package.
pub(crate) fn files(
    npm: &TypeScriptPackage,
    package: &Package,
    schema: &Schema,
) -> Vec<GeneratedFile> {
    let model = Model::of(schema);
    vec![
        GeneratedFile::new("index.d.ts", declarations::print(&model)),
        GeneratedFile::new("index.js", module::print(&model, npm.web_socket)),
        GeneratedFile::new("package.json", manifest::print(npm, package, &model)),
        GeneratedFile::new("README.md", readme::print(npm, package, &model)),
    ]
}
