//! Calls of the client's own.

use super::{Call, Kind, Options};
use crate::IrisError;
use crate::client::Shared;
use crate::fault::Fault;
use bytes::Bytes;
use http::Extensions;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// The answer of a procedure to an empty message, undecoded. It is asked once, and nobody is told of its failure.
pub(crate) async fn asked(
    shared: Arc<Shared>,
    path: &'static str,
    deadline: Duration,
    extensions: Extensions,
) -> Result<Bytes, IrisError> {
    let mut options = Options::default();
    options.deadline = Some(deadline);
    let call = Call::start(shared, path.into(), Kind::Unary, options);
    let encoded = call.encode(&())?;
    let answer = pin!(async {
        let answer = async {
            let mut request = call.post(encoded, extensions)?;
            let response = call.send(&mut request).await?;
            let protocol = call.shared.settings.protocol;
            protocol.read_unary(response, call.expected()).await
        };
        answer.await.map_err(|fault: Fault| fault.error)
    });
    Ok(call.deadline.enforce(call.base(), answer).await?.payload)
}
