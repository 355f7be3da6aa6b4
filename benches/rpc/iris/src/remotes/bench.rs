//! What every peer implements.

use crate::messages::bench::v1::{Blob, Count, LogBatch, Text, Wanted};
use futures_util::{StreamExt, stream};
use iris_core::{IrisError, Request, Stream, Streaming, remote};

/// What every peer implements.
#[derive(Debug)]
pub struct Bench;

/// What every peer implements.
#[remote(package = "bench.v1")]
impl Bench {
    /// The same back.
    #[procedure]
    async fn echo(&self, _: &Request, text: Text) -> Result<Text, IrisError> {
        Ok(text)
    }

    /// How many records there are.
    #[procedure]
    async fn log(&self, _: &Request, batch: LogBatch) -> Result<Count, IrisError> {
        Ok(Count {
            count: batch.records.len() as u64,
        })
    }

    /// The same back.
    #[procedure]
    async fn large(&self, _: &Request, blob: Blob) -> Result<Blob, IrisError> {
        Ok(blob)
    }

    /// As many messages as wanted.
    #[procedure]
    async fn download(
        &self,
        _: &Request,
        wanted: Wanted,
    ) -> Result<impl Stream<Item = Result<Text, IrisError>>, IrisError> {
        let text = "x".repeat(wanted.bytes as usize);
        Ok(stream::iter(0..wanted.messages).map(move |_| Ok(Text { text: text.clone() })))
    }

    /// How many messages there were.
    #[procedure]
    async fn upload(&self, _: &Request, mut texts: Streaming<Text>) -> Result<Count, IrisError> {
        let mut count = 0;
        while let Some(text) = texts.next().await {
            text?;
            count += 1;
        }
        Ok(Count { count })
    }

    /// Each message back.
    #[procedure]
    async fn chat(
        &self,
        _: &Request,
        texts: Streaming<Text>,
    ) -> Result<impl Stream<Item = Result<Text, IrisError>>, IrisError> {
        Ok(texts)
    }
}
