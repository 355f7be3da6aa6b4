//! What every peer implements.

use crate::proto::bench::v1::{Bench, Blob, Count, LogBatch, Text, Wanted};
use connectrpc::{
    Encodable, InboundStream, RequestContext, Response, ServiceRequest, ServiceResult,
    ServiceStream,
};
use futures_util::{StreamExt, stream};

/// What every peer implements.
#[derive(Debug)]
pub struct Service;

impl Bench for Service {
    async fn echo<'a>(
        &'a self,
        _: RequestContext,
        request: ServiceRequest<'_, Text>,
    ) -> ServiceResult<impl Encodable<Text> + Send + use<'a>> {
        Response::ok(Text {
            text: request.text.to_owned(),
            ..Default::default()
        })
    }

    async fn log<'a>(
        &'a self,
        _: RequestContext,
        request: ServiceRequest<'_, LogBatch>,
    ) -> ServiceResult<impl Encodable<Count> + Send + use<'a>> {
        Response::ok(Count {
            count: request.records.len() as u64,
            ..Default::default()
        })
    }

    async fn large<'a>(
        &'a self,
        _: RequestContext,
        request: ServiceRequest<'_, Blob>,
    ) -> ServiceResult<impl Encodable<Blob> + Send + use<'a>> {
        Response::ok(request.to_owned_message())
    }

    async fn download(
        &self,
        _: RequestContext,
        request: ServiceRequest<'_, Wanted>,
    ) -> ServiceResult<ServiceStream<impl Encodable<Text> + Send + use<>>> {
        let text = "x".repeat(request.bytes as usize);
        Response::stream_ok(stream::iter(0..request.messages).map(move |_| {
            Ok(Text {
                text: text.clone(),
                ..Default::default()
            })
        }))
    }

    async fn upload<'a>(
        &'a self,
        _: RequestContext,
        mut requests: InboundStream<Text>,
    ) -> ServiceResult<impl Encodable<Count> + Send + use<'a>> {
        let mut count = 0;
        while let Some(text) = requests.next().await {
            text?;
            count += 1;
        }
        Response::ok(Count {
            count,
            ..Default::default()
        })
    }

    async fn chat(
        &self,
        _: RequestContext,
        requests: InboundStream<Text>,
    ) -> ServiceResult<ServiceStream<impl Encodable<Text> + Send + use<>>> {
        // Messages go back undecoded, which is what this peer offers for it.
        Ok(Response::new(requests))
    }
}
