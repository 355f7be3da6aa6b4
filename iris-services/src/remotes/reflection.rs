//! Reflection.

use crate::messages::grpc::reflection::v1::{ServerReflectionRequest, ServerReflectionResponse};
use crate::reflection::{Conversation, Index};
use futures_util::StreamExt;
use iris_core::{IrisError, Request, Stream, Streaming, remote};
use std::sync::Arc;

/// Answers for a [`Reflection`](crate::Reflection).
#[derive(Debug)]
pub(crate) struct ReflectionRemote(pub(crate) Arc<Index>);

/// Tells tools what there is to call.
#[remote(package = "grpc.reflection.v1", name = "ServerReflection")]
impl ReflectionRemote {
    /// Answers each request with what was asked for, or why not.
    #[procedure]
    async fn server_reflection_info(
        &self,
        _: &Request,
        requests: Streaming<ServerReflectionRequest>,
    ) -> Result<impl Stream<Item = Result<ServerReflectionResponse, IrisError>>, IrisError> {
        let mut conversation = Conversation::new(self.0.clone());
        Ok(requests.map(move |request| Ok(conversation.answer(request?))))
    }
}
