//! Where the printed message code goes: into the server's `OUT_DIR`, and into client crates.

use crate::contract;
use crate::error::Problem;
use crate::identifier;
use crate::message_cache::MessageCache;
use crate::messages::{self, MessageCode, MessageOptions};
use crate::output::GeneratedFile;
use crate::schema::Schema;
use crate::write::GENERATED;

/// What the code in a server runs on.
pub(crate) const SERVER: &str = "::iris_core";
/// What the code in a client crate runs on.
const CLIENT: &str = "::iris_client";

/// The module tree that a server includes.
pub(crate) fn for_server(schema: &Schema, cache: &MessageCache) -> Result<String, Problem> {
    Ok(print(schema, SERVER, cache)?.included)
}

/// The files of a client crate's `messages` module; none where there are no messages.
pub(crate) fn for_client(
    schema: &Schema,
    cache: &MessageCache,
) -> Result<Vec<GeneratedFile>, Problem> {
    let mut files = schema.files.file.iter();
    if files.all(|file| identifier::is_well_known(file.package())) {
        return Ok(Vec::new());
    }
    let mut files = print(schema, CLIENT, cache)?.files;
    if let Some((_, root)) = files.first_mut() {
        // The file is `src/messages/mod.rs`.
        root.push_str(&contract(schema, CLIENT, "../../"));
    }
    Ok(files
        .into_iter()
        .map(|(name, text)| GeneratedFile::new(format!("src/messages/{name}"), marked(&text)))
        .collect())
}

/// `CONTRACT`, which stands beside the table of messages; the other parts of it are files in `folder`.
///
/// The table has the compiler make code for each message in it. That is left out where no `Any` can hold one.
pub(crate) fn contract(schema: &Schema, runtime: &str, folder: &str) -> String {
    let (descriptors, openapi) = (contract::DESCRIPTORS, contract::OPENAPI);
    let types = match may_hold_any(schema) {
        true => "TYPES",
        false => "&[]",
    };
    format!(
        "\n/// What callers are told: the remotes and all their messages.\n\
         pub const CONTRACT: {runtime}::Contract = {runtime}::Contract::new(\n    \
             include_bytes!(\"{folder}{descriptors}\"),\n    \
             {types},\n    \
             include_str!(\"{folder}{openapi}\"),\n\
         );\n"
    )
}

/// Whether a message may hold a `google.protobuf.Any`.
pub(crate) fn may_hold_any(schema: &Schema) -> bool {
    let mut files = schema.files.file.iter();
    files.any(|file| file.name() == "google/protobuf/any.proto")
}

fn print(schema: &Schema, runtime: &str, cache: &MessageCache) -> Result<MessageCode, Problem> {
    let options = MessageOptions {
        runtime: runtime.to_owned(),
    };
    cache.get_or_print(&schema.files, &options, || {
        messages::print(&schema.files, &options).map_err(|error| Problem::new(error.to_string()))
    })
}

/// The text with the mark by which a later run knows the file for its own.
fn marked(text: &str) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    // A printer's own first comment says the same in other words.
    let rest = if first.starts_with("// ") { rest } else { text };
    format!("// {GENERATED}. Do not edit.\n{rest}")
}
