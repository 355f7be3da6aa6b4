//! What there is to call, for tools that have no `.proto` files.

mod conversation;
mod index;

pub(crate) use conversation::Conversation;
pub(crate) use index::Index;

use crate::remotes::reflection::ReflectionRemote;
use crate::remotes::reflection_alpha::ReflectionAlphaRemote;
use iris_core::{Contract, Iris, Request};
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
}

impl Reflection {
    /// Knows of nothing yet.
    pub fn new() -> Self {
        Reflection::default()
    }

    /// Tells of the remotes of a contract: `messages::CONTRACT`, and [`CONTRACT`](crate::CONTRACT) for health and reflection.
    pub fn contract(mut self, contract: Contract) -> Self {
        // The generator wrote them. Of damaged ones nothing is added, and `Iris::contract` says so at the start.
        let _ = self.index.add(contract.descriptors);
        self
    }

    /// Tells of services that are not Iris's, such as tonic's: a serialized `google.protobuf.FileDescriptorSet`
    /// with all that is imported. A file whose name is known already is not taken once more.
    ///
    /// # Errors
    ///
    /// Where the bytes are no such set.
    pub fn descriptors(mut self, set: &'static [u8]) -> Result<Self, prost::DecodeError> {
        self.index.add(set)?;
        Ok(self)
    }

    /// Both remotes, to be served by [`Iris::add_application`].
    pub fn application(self) -> Iris<Request> {
        let index = Arc::new(self.index);
        Iris::without_context()
            .plain_errors()
            .contract(crate::CONTRACT)
            .add_remote(ReflectionRemote(index.clone()))
            .add_remote(ReflectionAlphaRemote(index))
    }
}
