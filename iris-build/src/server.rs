//! Writes what the server itself includes: `OUT_DIR/iris.rs`, and beside it what its `CONTRACT` holds.

use crate::contract;
use crate::error::Problem;
use crate::message_cache::MessageCache;
use crate::message_code;
use crate::schema::Schema;
use crate::write;
use std::path::Path;

/// The messages and their contract.
const FILE: &str = "iris.rs";

/// Writes each file; where `all` is not set, only those that changed.
pub(crate) fn write(
    schema: &Schema,
    out_dir: &Path,
    all: bool,
    cache: &MessageCache,
) -> Result<(), Problem> {
    let mut code = message_code::for_server(schema, cache)?;
    // Paths are relative to the file that they stand in, which is the included one.
    code.push_str(&message_code::contract(schema, message_code::SERVER, ""));
    for (name, contents) in [
        (FILE, code.into_bytes()),
        (contract::DESCRIPTORS, contract::descriptors(schema)),
        (contract::OPENAPI, contract::openapi(schema).into_bytes()),
    ] {
        let path = out_dir.join(name);
        let written = if all {
            write::write(&path, &contents)
        } else {
            write::write_if_changed(&path, &contents)
        };
        written.map_err(|error| Problem::in_file(&path, format!("cannot be written: {error}")))?;
    }
    Ok(())
}
