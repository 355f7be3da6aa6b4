//! What callers are told: the contract that `iris-build` printed beside the messages.

#[cfg(feature = "server")]
mod comparison;
#[cfg(feature = "server")]
mod openapi;

#[cfg(feature = "server")]
pub(crate) use {comparison::Told, openapi::openapi};

use crate::json::MessageType;

/// What callers are told: `messages::CONTRACT`, which `iris_build::generate` printed.
///
/// `Iris::contract` holds an application against it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Contract {
    /// The remotes and all their messages: a serialized `google.protobuf.FileDescriptorSet`.
    pub descriptors: &'static [u8],
    /// The messages, as a `google.protobuf.Any` may hold them in JSON (see [`json::register`](crate::json::register)).
    /// None where no `.proto` file imports `google/protobuf/any.proto`: the compiler makes code for each.
    pub types: &'static [MessageType],
    /// The procedures and messages as callers with JSON see them: an OpenAPI 3.1 document in JSON.
    pub openapi: &'static str,
}

impl Contract {
    /// What generated code makes.
    #[doc(hidden)]
    pub const fn new(
        descriptors: &'static [u8],
        types: &'static [MessageType],
        openapi: &'static str,
    ) -> Self {
        Contract {
            descriptors,
            types,
            openapi,
        }
    }
}
