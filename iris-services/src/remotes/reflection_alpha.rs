//! Reflection under its older name, which many tools still ask for first.

use crate::messages::grpc::reflection::{v1, v1alpha};
use crate::reflection::{Conversation, Index};
use futures_util::StreamExt;
use iris_core::{IrisError, Request, Stream, Streaming, remote};
use prost::Message;
use std::sync::Arc;

/// Answers for a [`Reflection`](crate::Reflection).
#[derive(Debug)]
pub(crate) struct ReflectionAlphaRemote(pub(crate) Arc<Index>);

/// Tells tools what there is to call: the same as `grpc.reflection.v1.ServerReflection`.
#[remote(package = "grpc.reflection.v1alpha", name = "ServerReflection")]
impl ReflectionAlphaRemote {
    /// Answers each request with what was asked for, or why not.
    #[procedure]
    async fn server_reflection_info(
        &self,
        _: &Request,
        requests: Streaming<v1alpha::ServerReflectionRequest>,
    ) -> Result<impl Stream<Item = Result<v1alpha::ServerReflectionResponse, IrisError>>, IrisError>
    {
        let mut conversation = Conversation::new(self.0.clone());
        Ok(requests.map(move |request| {
            let request: v1::ServerReflectionRequest = same_fields(&request?)?;
            same_fields(&conversation.answer(request))
        }))
    }
}

/// The message of the other version: its fields have the same numbers and types.
fn same_fields<A: Message, B: Message + Default>(message: &A) -> Result<B, IrisError> {
    B::decode(message.encode_to_vec().as_slice()).map_err(IrisError::internal)
}
