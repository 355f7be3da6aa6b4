//! What every peer implements.

use crate::messages::{Blob, Count, LogBatch, Text, Wanted, bench_server::Bench};
use futures_util::stream::{self, Iter, Stream};
use std::pin::Pin;
use tonic::{Request, Response, Status, Streaming};

/// What every peer implements.
#[derive(Debug)]
pub struct Service;

/// The messages of a download, made as they are wanted.
#[derive(Debug)]
pub struct Download {
    text: String,
    left: Iter<std::ops::Range<u32>>,
}

impl Stream for Download {
    type Item = Result<Text, Status>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.left).poll_next(context);
        next.map(|next| {
            next.map(|_| {
                Ok(Text {
                    text: self.text.clone(),
                })
            })
        })
    }
}

#[tonic::async_trait]
impl Bench for Service {
    type DownloadStream = Download;
    type ChatStream = Streaming<Text>;

    async fn echo(&self, request: Request<Text>) -> Result<Response<Text>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    async fn log(&self, request: Request<LogBatch>) -> Result<Response<Count>, Status> {
        Ok(Response::new(Count {
            count: request.into_inner().records.len() as u64,
        }))
    }

    async fn large(&self, request: Request<Blob>) -> Result<Response<Blob>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    async fn download(&self, request: Request<Wanted>) -> Result<Response<Download>, Status> {
        let wanted = request.into_inner();
        Ok(Response::new(Download {
            text: "x".repeat(wanted.bytes as usize),
            left: stream::iter(0..wanted.messages),
        }))
    }

    async fn upload(&self, request: Request<Streaming<Text>>) -> Result<Response<Count>, Status> {
        let mut texts = request.into_inner();
        let mut count = 0;
        while texts.message().await?.is_some() {
            count += 1;
        }
        Ok(Response::new(Count { count }))
    }

    async fn chat(
        &self,
        request: Request<Streaming<Text>>,
    ) -> Result<Response<Streaming<Text>>, Status> {
        Ok(Response::new(request.into_inner()))
    }
}
