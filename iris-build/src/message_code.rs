//! Where the printed message code goes: into the server's `OUT_DIR`, and into client crates.

use crate::error::Problem;
use crate::messages::{self, MessageCode, MessageOptions};
use crate::output::GeneratedFile;
use crate::schema::Schema;
use crate::write::GENERATED;

/// The module tree that a server includes.
pub(crate) fn for_server(schema: &Schema) -> Result<String, Problem> {
    Ok(print(schema, "::iris_core")?.included)
}

/// The files of a client crate's `messages` module; none where there are no messages.
pub(crate) fn for_client(schema: &Schema) -> Result<Vec<GeneratedFile>, Problem> {
    let is_own = |package: &str| package != "google.protobuf";
    if !schema.files.file.iter().any(|file| is_own(file.package())) {
        return Ok(Vec::new());
    }
    let files = print(schema, "::iris_client")?.files.into_iter();
    Ok(files
        .map(|(name, text)| GeneratedFile::new(format!("src/messages/{name}"), marked(&text)))
        .collect())
}

fn print(schema: &Schema, runtime: &str) -> Result<MessageCode, Problem> {
    let options = MessageOptions {
        runtime: runtime.to_owned(),
    };
    messages::print(&schema.files, &options).map_err(|error| Problem::new(error.to_string()))
}

/// The text with the mark by which a later run knows the file for its own.
fn marked(text: &str) -> String {
    if text.contains(GENERATED) {
        text.to_owned()
    } else {
        format!("// {GENERATED}. Do not edit.\n{text}")
    }
}
