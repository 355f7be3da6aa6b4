//! What the pages call.

use crate::messages::bench::v1::Text;
use futures_util::Stream;
use iris_core::{IrisError, Request, Streaming, remote};

/// What the pages call.
#[derive(Debug)]
pub struct Talk;

/// What the pages call.
#[remote(package = "bench.v1")]
impl Talk {
    /// The same back.
    #[procedure]
    async fn echo(&self, _: &Request, text: Text) -> Result<Text, IrisError> {
        Ok(text)
    }

    /// Each text back as it comes.
    #[procedure]
    async fn chat(
        &self,
        _: &Request,
        texts: Streaming<Text>,
    ) -> Result<impl Stream<Item = Result<Text, IrisError>>, IrisError> {
        Ok(texts)
    }
}
