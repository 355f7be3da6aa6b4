//! The descriptor set: for server reflection, for explorers, and for clients without generated code.

use super::services::service_files;
use super::{error_detail, is_protobufs_own};
use crate::schema::Schema;
use prost::Message as _;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

/// The encoded `google.protobuf.FileDescriptorSet`, imports first: everything the user's files
/// import, those files, `iris/v1/error.proto`, and one service file per remote.
///
/// Comments of the user's files and of the services are kept, so that an explorer shows them; all
/// other source information is left out. A message of ten commented fields takes about 1 KiB, a
/// commented procedure about 150 bytes; a file of `google/protobuf` that is imported takes 0.2 to
/// 1 KiB (`descriptor.proto`, for custom options, 6 KiB).
pub fn descriptors(schema: &Schema) -> Vec<u8> {
    let mut file: Vec<FileDescriptorProto> = schema.files.file.clone();
    for imported in &mut file {
        if is_protobufs_own(imported.name()) {
            imported.source_code_info = None;
        }
    }
    if error_detail::is_missing_in(schema) {
        file.push(error_detail::descriptor());
    }
    file.extend(service_files(schema));
    file.iter_mut().for_each(keep_comments_only);
    FileDescriptorSet { file }.encode_to_vec()
}

/// Most locations only say in which column something stands.
fn keep_comments_only(file: &mut FileDescriptorProto) {
    if let Some(info) = &mut file.source_code_info {
        info.location.retain(|location| {
            location.leading_comments.is_some()
                || location.trailing_comments.is_some()
                || !location.leading_detached_comments.is_empty()
        });
    }
}
