//! What every peer implements.

use crate::messages::{Bench, Blob, Count, LogBatch, Text, Wanted};
use futures_util::{StreamExt, stream};
use pilota::FastStr;
use volo_grpc::{BoxStream, RecvStream, Request, Response, Status};

/// What every peer implements.
#[derive(Debug)]
pub struct Service;

type Texts = BoxStream<'static, Result<Text, Status>>;

impl Bench for Service {
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

    async fn download(&self, request: Request<Wanted>) -> Result<Response<Texts>, Status> {
        let wanted = request.into_inner();
        let text = "x".repeat(wanted.bytes as usize);
        // A string for each message, as for the other peers: this one could share it.
        let texts = stream::iter(0..wanted.messages).map(move |_| Text {
            text: FastStr::from_string(text.clone()),
        });
        Ok(Response::new(texts.map(Ok).boxed()))
    }

    async fn upload(&self, request: Request<RecvStream<Text>>) -> Result<Response<Count>, Status> {
        let mut texts = request.into_inner();
        let mut count = 0;
        while let Some(text) = texts.next().await {
            text?;
            count += 1;
        }
        Ok(Response::new(Count { count }))
    }

    async fn chat(&self, request: Request<RecvStream<Text>>) -> Result<Response<Texts>, Status> {
        Ok(Response::new(request.into_inner().boxed()))
    }
}
