//! The descriptor set: for server reflection, for explorers, and for clients without generated code.

use super::services::service_files;
use super::{error_detail, is_protobufs_own};
use crate::schema::Schema;
use prost::Message as _;
use prost_types::{FileDescriptorSet, SourceCodeInfo};

/// The encoded `google.protobuf.FileDescriptorSet`, imports first: everything the user's files
/// import, those files, `iris/v1/error.proto`, and one service file per remote. Custom options are kept.
/// What another server says of itself is as it says it.
///
/// Comments of the user's files and of the services are kept, so that an explorer shows them; all
/// other source information is left out. A message of ten commented fields takes about 1 KiB, a
/// commented procedure about 150 bytes; a file of `google/protobuf` that is imported takes 0.2 to
/// 1 KiB (`descriptor.proto`, for custom options, 6 KiB).
pub fn descriptors(schema: &Schema) -> Vec<u8> {
    let mut given = schema.encoded.clone();
    for file in &mut given.file {
        if is_protobufs_own(&file.name) {
            file.source_code_info = None;
        }
        keep_comments_only(&mut file.source_code_info);
    }
    let mut added = FileDescriptorSet::default();
    let told = given
        .file
        .iter()
        .any(|file| file.name == error_detail::FILE_NAME);
    if !told && error_detail::is_missing_in(schema) {
        added.file.push(error_detail::descriptor());
    }
    added.file.extend(service_files(schema));
    for file in &mut added.file {
        keep_comments_only(&mut file.source_code_info);
    }
    // Encoded messages that follow each other are one.
    [given.encode_to_vec(), added.encode_to_vec()].concat()
}

/// Most locations only say in which column something stands.
fn keep_comments_only(info: &mut Option<SourceCodeInfo>) {
    if let Some(info) = info {
        info.location.retain(|location| {
            location.leading_comments.is_some()
                || location.trailing_comments.is_some()
                || !location.leading_detached_comments.is_empty()
        });
    }
}
