//! Prints messages: prost's types with the JSON form that `iris_core::json` gives them.
//!
//! prost prints the types, with what tells which descriptor each came from. This folder then
//! walks over what was printed and puts the JSON form beside each type: types are named as they are
//! there, so that prost's rules for names stand in prost alone.

#![doc(hidden)]

mod collisions;
mod comments;
mod json;
mod kind;
mod layout;
mod oneof;
mod syntax;
mod table;

pub(crate) use collisions::variant;

use crate::identifier;
use crate::types::{Types, join};
use prost_build::{Config, Module};
use prost_types::FileDescriptorSet;
use std::collections::BTreeMap;
use std::fmt;
use syn::Item;
use table::Table;

/// How messages are printed.
#[derive(Debug, Clone)]
pub struct MessageOptions {
    /// The crate that printed code runs on: `::iris_core` in a server, `::iris_client` in a client.
    pub runtime: String,
}

/// Messages as Rust source: modules by package, `users::v1::User` for `users.v1.User`, and in the outermost one
/// `TYPES`, the table of them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageCode {
    /// Everything in one text, to be included in a module of any name.
    pub included: String,
    /// The same as the files of a module folder, `mod.rs` first: names relative to that folder.
    pub files: Vec<(String, String)>,
}

/// Why messages could not be printed.
#[derive(Debug)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Prints the messages and enums of all files but those of `google.protobuf`, which prost-types has.
///
/// The same files give the same text.
///
/// # Errors
///
/// A runtime that is no path, enums of which two values have one name in Rust, and descriptors that no
/// compiler of `.proto` files makes.
pub fn print(files: &FileDescriptorSet, options: &MessageOptions) -> Result<MessageCode, Error> {
    let runtime: syn::Path = syn::parse_str(&options.runtime).map_err(|_| {
        Error(format!(
            "`{}` is no path to a crate, write `::iris_core`",
            options.runtime
        ))
    })?;
    let own = files.file.iter();
    let own = Types::of(own.filter(|file| !identifier::is_well_known(file.package())));
    collisions::check(&own)?;
    let mut packages = BTreeMap::new();
    let mut table = Table::default();
    for (module, text) in types(files, &own, &options.runtime)? {
        let mut items = syn::parse_file(&text)
            .map_err(|error| Error(format!("prost printed code that is no Rust: {error}")))?
            .items;
        let path: Vec<String> = module.parts().map(str::to_owned).collect();
        json::add(&mut items, &path, &own, &runtime, &mut table)?;
        packages.insert(path, items);
    }
    let root: &mut Vec<Item> = packages.entry(Vec::new()).or_default();
    root.push(table.print(&runtime));
    Ok(layout::lay_out(packages))
}

/// Stands for the path of prost-types, in which prost would write `__private` as `private`.
const PROST_TYPES: &str = "::iris_prost_types_placeholder";

/// What prost prints, by module. It is shown the files of `google.protobuf` too: from what is in their
/// messages it decides what to derive for those that contain them.
fn types(
    files: &FileDescriptorSet,
    own: &Types<'_>,
    runtime: &str,
) -> Result<BTreeMap<Module, String>, Error> {
    let mut config = Config::new();
    config
        .prost_path(format!("{runtime}::__private::prost"))
        .prost_types_path(PROST_TYPES)
        .enable_type_names()
        .type_name_domain(["."], "type.googleapis.com")
        .bytes(["."]);
    // prost holds each of these against the name of each enum, so that there must not be too many:
    // messages tell their names by themselves.
    let enums = own.enumerations().map(|(name, _)| name.to_owned());
    let oneofs = own.messages().flat_map(|(name, message)| {
        let oneofs = message.descriptor.oneof_decl.iter();
        oneofs.map(move |oneof| join(name, oneof.name()))
    });
    for name in enums.chain(oneofs) {
        config.enum_attribute(format!(".{name}"), syntax::label(&name));
    }
    let requests = files
        .file
        .iter()
        .map(|file| {
            let module = Module::from_protobuf_package_name(file.package());
            (module, comments::without_doctests(file))
        })
        .collect();
    let modules = config
        .generate(requests)
        .map_err(|error| Error(error.to_string()))?;
    let path = format!("{runtime}::__private::prost_types::");
    let placeholder = format!("{PROST_TYPES}::");
    // Prost can do without the standard library. Messages are read by people.
    let alloc = format!("{runtime}::__private::prost::alloc::");
    Ok(modules
        .into_iter()
        .map(|(module, text)| {
            let text = text.replace(&placeholder, &path);
            (module, text.replace(&alloc, "::std::"))
        })
        .collect())
}
