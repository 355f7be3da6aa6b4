//! Writes what the server itself includes: `OUT_DIR/iris.rs` and `OUT_DIR/descriptors.binpb`.

use crate::contract;
use crate::error::Problem;
use crate::message_cache::MessageCache;
use crate::message_code;
use crate::schema::Schema;
use crate::write;
use std::path::Path;

/// The messages, with the descriptors behind them.
const FILE: &str = "iris.rs";
/// What reflection and the console answer from.
const DESCRIPTORS: &str = "descriptors.binpb";

/// Writes both files; where `all` is not set, only those that changed.
pub(crate) fn write(
    schema: &Schema,
    out_dir: &Path,
    all: bool,
    cache: &MessageCache,
) -> Result<(), Problem> {
    let mut code = message_code::for_server(schema, cache)?;
    // The path is relative to the file that it stands in, which is the included one.
    code.push_str(
        "\n/// The remotes and all their messages: a serialized `google.protobuf.FileDescriptorSet`.\n\
         pub const DESCRIPTORS: &[u8] = include_bytes!(\"descriptors.binpb\");\n",
    );
    for (name, contents) in [
        (FILE, code.into_bytes()),
        (DESCRIPTORS, contract::descriptors(schema)),
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
