//! Descriptors whose parts stay as they are encoded.
//!
//! Custom options are extensions of `google/protobuf/descriptor.proto`, and the types of prost-types drop what they do not
//! know. Here a message, an enum or an option is bytes, and nothing is lost.

mod map_order;

use prost::{DecodeError, Message};
use prost_types::SourceCodeInfo;
use protox::prost_reflect::DescriptorPool;

/// `google.protobuf.FileDescriptorSet`
#[derive(Clone, PartialEq, Message)]
pub struct EncodedFiles {
    /// Imports first.
    #[prost(message, repeated, tag = "1")]
    pub file: Vec<EncodedFile>,
}

/// `google.protobuf.FileDescriptorProto`
#[derive(Clone, PartialEq, Message)]
pub struct EncodedFile {
    /// `users/v1/users.proto`
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, optional, tag = "2")]
    package: Option<String>,
    #[prost(string, repeated, tag = "3")]
    dependency: Vec<String>,
    #[prost(bytes = "vec", repeated, tag = "4")]
    message_type: Vec<Vec<u8>>,
    #[prost(bytes = "vec", repeated, tag = "5")]
    enum_type: Vec<Vec<u8>>,
    #[prost(bytes = "vec", repeated, tag = "6")]
    service: Vec<Vec<u8>>,
    #[prost(bytes = "vec", repeated, tag = "7")]
    extension: Vec<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "8")]
    options: Option<Vec<u8>>,
    /// Comments, and where things stand.
    #[prost(message, optional, tag = "9")]
    pub source_code_info: Option<SourceCodeInfo>,
    #[prost(int32, repeated, packed = "false", tag = "10")]
    public_dependency: Vec<i32>,
    #[prost(int32, repeated, packed = "false", tag = "11")]
    weak_dependency: Vec<i32>,
    #[prost(string, optional, tag = "12")]
    syntax: Option<String>,
}

impl EncodedFiles {
    /// The files of a pool. The same files give the same bytes.
    pub(crate) fn of(pool: &DescriptorPool) -> Result<EncodedFiles, DecodeError> {
        let mut encoded = pool.encode_to_vec();
        // Without descriptor.proto there is no custom option, and no map.
        if let Some(files) = pool.get_message_by_name("google.protobuf.FileDescriptorSet") {
            map_order::sort(&files, &mut encoded)?;
        }
        EncodedFiles::decode(encoded.as_slice())
    }
}
