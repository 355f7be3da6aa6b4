//! What there is to call, for tools that have no `.proto` files.

mod conversation;
mod index;

pub(crate) use conversation::Conversation;
pub(crate) use index::Index;

use crate::remotes::reflection::ReflectionRemote;
use crate::remotes::reflection_alpha::ReflectionAlphaRemote;
use bytes::Bytes;
use iris_core::{Contract, Iris, Request};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What there is to call, to be asked by gRPC's reflection protocol: `grpc.reflection.v1.ServerReflection`, and the
/// same as `v1alpha`. `grpcurl`, `buf curl`, Postman and the like then need no `.proto` files.
///
/// It tells whoever asks of every procedure and message it was given. Where that is not for everybody, serve it
/// where only some can come.
#[derive(Debug, Clone, Default)]
#[must_use = "add it to an application: `Iris::add_application(reflection.application())`"]
pub struct Reflection {
    index: Index,
    /// A contract of which nothing could be read.
    damaged: Option<Contract>,
}

/// Bytes that are no `google.protobuf.FileDescriptorSet`.
#[derive(Debug)]
pub struct InvalidDescriptors(String);

impl fmt::Display for InvalidDescriptors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "these bytes are no serialized google.protobuf.FileDescriptorSet, as `protoc --descriptor_set_out \
             --include_imports` writes it: {}",
            self.0
        )
    }
}

impl Error for InvalidDescriptors {}

impl Reflection {
    /// Knows of nothing yet.
    pub fn new() -> Self {
        Reflection::default()
    }

    /// Tells of the remotes of a contract: `messages::CONTRACT`, and [`CONTRACT`](crate::CONTRACT) for health and reflection.
    ///
    /// An application does not start whose reflection was given one that is damaged.
    pub fn contract(mut self, contract: Contract) -> Self {
        let descriptors = Bytes::from_static(contract.descriptors);
        if self.index.add(descriptors).is_err() {
            self.damaged.get_or_insert(contract);
        }
        self
    }

    /// Tells of services that are not Iris's, such as tonic's: a serialized `google.protobuf.FileDescriptorSet`
    /// with all that is imported. A file whose name is known already is not taken once more.
    ///
    /// # Errors
    ///
    /// Where the bytes are no such set.
    pub fn descriptors(mut self, set: impl Into<Bytes>) -> Result<Self, InvalidDescriptors> {
        match self.index.add(set.into()) {
            Ok(()) => Ok(self),
            Err(error) => Err(InvalidDescriptors(error.to_string())),
        }
    }

    /// Both remotes, to be served by [`Iris::add_application`].
    pub fn application(self) -> Iris<Request> {
        let index = Arc::new(self.index);
        let application = Iris::without_context()
            .plain_errors()
            .contract(crate::CONTRACT);
        // Whoever starts it is told what is wrong with this one.
        let application = match self.damaged {
            Some(damaged) => application.contract(damaged),
            None => application,
        };
        application
            .add_remote(ReflectionRemote(index.clone()))
            .add_remote(ReflectionAlphaRemote(index))
    }
}
