//! `iris/v1/error.proto`: what rides in the details of every failed call.

use crate::schema::Schema;
use crate::types::{Types, default_json_name};
use prost_types::FileDescriptorProto;

/// Where callers import it from.
pub(crate) const FILE_NAME: &str = "iris/v1/error.proto";

/// The full name of the detail message.
pub(super) const MESSAGE: &str = "iris.v1.ErrorDetail";

/// The text of `iris/v1/error.proto`.
pub const ERROR_PROTO: &str = include_str!("error.proto");

/// Whether it has to be added: a user who imports it has it among the schema's files already.
pub(super) fn is_missing_in(schema: &Schema) -> bool {
    let named = schema
        .files
        .file
        .iter()
        .any(|file| file.name() == FILE_NAME);
    !named && Types::of(&schema.files.file).message(MESSAGE).is_none()
}

/// The compiled file, with its comments. Its fields are scalars, so parsing leaves only their
/// JSON names to be filled in.
pub(super) fn descriptor() -> FileDescriptorProto {
    let mut file = protox::file::File::from_source(FILE_NAME, ERROR_PROTO)
        .map(|file| file.file_descriptor_proto().clone())
        .expect("the text is part of this crate and a test compiles it");
    for field in file
        .message_type
        .iter_mut()
        .flat_map(|message| &mut message.field)
    {
        field.json_name = Some(default_json_name(field.name()));
    }
    file
}
