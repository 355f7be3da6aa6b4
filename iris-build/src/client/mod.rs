//! Prints the client crate: everything that a caller needs, and no path into the server.

mod crate_config;
mod error_code;
mod example;
mod layout;
mod manifest;
mod message_names;
mod readme;
mod remote;
mod remotes;
mod root;
mod text;

pub use crate_config::{ClientCrate, Dependency, Messages};
pub(crate) use error_code::IRIS as IRIS_CODES;
pub(crate) use layout::{name_remotes, type_name as remote_type};
pub(crate) use text::summary;

use crate::catalogue::Catalogue;
use crate::contract;
use crate::error::Error;
use crate::identifier;
use crate::input::Input;
use crate::message_cache::MessageCache;
use crate::message_code;
use crate::output::GeneratedFile;
use crate::project::Package;
use crate::schema::Schema;
use crate::write::GENERATED;
use std::collections::BTreeMap;

/// All that the printers of one crate look at.
struct Printer<'a> {
    schema: &'a Schema,
    client: &'a ClientCrate,
    package: &'a Package,
    catalogue: &'a Catalogue,
}

/// Every file of the crate.
pub(crate) fn files(
    client: &ClientCrate,
    package: &Package,
    input: &Input,
    proto_sources: &BTreeMap<String, Vec<u8>>,
    cache: &MessageCache,
) -> Result<Vec<GeneratedFile>, Error> {
    let schema = &input.schema;
    let messages = match client.messages {
        Messages::Included => message_code::for_client(schema, cache)?,
        Messages::From { .. } => Vec::new(),
    };
    let printer = Printer {
        schema,
        client,
        package,
        catalogue: &input.catalogue,
    };
    let mut files = vec![
        GeneratedFile::new("Cargo.toml", manifest::print(&printer)),
        GeneratedFile::new("README.md", readme::print(&printer)),
        GeneratedFile::new("src/lib.rs", root::print(&printer, !messages.is_empty())),
        GeneratedFile::new("src/remotes.rs", remotes::print(&printer)),
    ];
    if client.error_codes {
        let text = error_code::print(schema);
        files.push(GeneratedFile::new("src/error_code.rs", text));
    }
    for remote in &schema.remotes {
        let path = format!("src/{}.rs", remote.client_name);
        files.push(GeneratedFile::new(path, remote::print(remote, &printer)));
    }
    files.extend(messages);
    files.extend(contract::files(schema, proto_sources)?);
    Ok(files)
}

impl Printer<'_> {
    /// The type of error codes in the crate.
    fn code_type(&self) -> &'static str {
        if self.client.error_codes {
            "ErrorCode"
        } else {
            "i32"
        }
    }

    /// Whether there are messages in the crate, and a `google.protobuf.Any` may hold one.
    fn may_hold_any(&self) -> bool {
        let mut files = self.schema.files.file.iter();
        let own = files.any(|file| !identifier::is_well_known(file.package()));
        own && message_code::may_hold_any(self.schema)
    }

    /// The name of the crate in Rust.
    fn crate_name(&self) -> String {
        self.name().replace('-', "_")
    }

    /// The name of the crate.
    fn name(&self) -> String {
        let default = || format!("{}-client", self.package.name);
        self.client.name.clone().unwrap_or_else(default)
    }
}

/// The first line of a generated Rust file.
fn header() -> String {
    format!("// {GENERATED}. Do not edit.\n")
}
