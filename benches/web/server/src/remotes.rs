//! What the pages call.

use crate::messages::bench::v1::{LogBatch, Text, Wanted};
use crate::records::record;
use futures_util::stream;
use iris_core::{IrisError, Request, Stream, remote};

/// What the pages call.
#[derive(Debug)]
pub struct Feed;

/// What the pages call.
#[remote(package = "bench.v1")]
impl Feed {
    /// The same back.
    #[procedure]
    async fn echo(&self, _: &Request, text: Text) -> Result<Text, IrisError> {
        Ok(text)
    }

    /// As many messages as wanted.
    #[procedure]
    async fn download(
        &self,
        _: &Request,
        wanted: Wanted,
    ) -> Result<impl Stream<Item = Result<Text, IrisError>>, IrisError> {
        let text = "x".repeat(wanted.bytes as usize);
        let texts = (0..wanted.messages).map(move |_| Ok(Text { text: text.clone() }));
        Ok(stream::iter(texts))
    }

    /// As many records as wanted, in one message.
    #[procedure]
    async fn records(&self, _: &Request, wanted: Wanted) -> Result<LogBatch, IrisError> {
        let records = (0..wanted.messages).map(record).collect();
        Ok(LogBatch { records })
    }
}
