//! A server of tonic's, which knows nothing of Iris: what is described by somebody else is served by somebody else.

use described_client::iris_client::{Client, Protocol, Status};
use described_client::messages::odd::v1::Count;
use described_client::{ErrorCode, Remotes};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use prost_types::Duration;
use std::convert::Infallible;
use std::task::{Context, Poll};
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService, ServerStreamingService, UnaryService};
use tonic::transport::server::TcpIncoming;
use tonic_prost::ProstCodec;

/// The service as tonic's code generator writes one.
#[derive(Clone)]
struct Odd;

impl NamedService for Odd {
    const NAME: &'static str = "odd.v1.Odd";
}

struct Ping;

impl UnaryService<()> for Ping {
    type Response = ();
    type Future = BoxFuture<tonic::Response<()>, tonic::Status>;

    fn call(&mut self, _: tonic::Request<()>) -> Self::Future {
        Box::pin(async { Ok(tonic::Response::new(())) })
    }
}

struct Upper;

impl UnaryService<String> for Upper {
    type Response = String;
    type Future = BoxFuture<tonic::Response<String>, tonic::Status>;

    fn call(&mut self, request: tonic::Request<String>) -> Self::Future {
        let text = request.into_inner();
        Box::pin(async move {
            match text.is_empty() {
                true => Err(tonic::Status::not_found("no text")),
                false => Ok(tonic::Response::new(text.to_uppercase())),
            }
        })
    }
}

struct Tick;

impl ServerStreamingService<Count> for Tick {
    type Response = Duration;
    type ResponseStream = BoxStream<'static, Result<Duration, tonic::Status>>;
    type Future = BoxFuture<tonic::Response<Self::ResponseStream>, tonic::Status>;

    fn call(&mut self, request: tonic::Request<Count>) -> Self::Future {
        let seconds = 0..request.into_inner().count;
        let ticks = seconds.map(|seconds| Ok(Duration { seconds, nanos: 0 }));
        let ticks = stream::iter(ticks).boxed();
        Box::pin(async { Ok(tonic::Response::new(ticks)) })
    }
}

impl Service<http::Request<Body>> for Odd {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            Ok(match request.uri().path() {
                "/odd.v1.Odd/Ping" => {
                    let mut grpc = Grpc::new(ProstCodec::default());
                    grpc.unary(Ping, request).await
                }
                "/odd.v1.Odd/Upper" => {
                    let mut grpc = Grpc::new(ProstCodec::default());
                    grpc.unary(Upper, request).await
                }
                _ => {
                    let mut grpc = Grpc::new(ProstCodec::default());
                    grpc.server_streaming(Tick, request).await
                }
            })
        })
    }
}

fn server() -> (String, JoinHandle<()>) {
    let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}", incoming.local_addr().unwrap());
    let serving = tonic::transport::Server::builder()
        .add_service(Odd)
        .serve_with_incoming(incoming);
    (url, tokio::spawn(async { serving.await.unwrap() }))
}

#[tokio::test]
async fn a_server_of_tonics_is_called_by_grpc() {
    let (url, serving) = server();
    let client = Client::builder(&url).protocol(Protocol::Grpc);
    let odd = Remotes::new(client.build().unwrap()).odd_odd_v1();
    odd.ping().await.unwrap();
    assert_eq!(odd.upper("text".to_owned()).await.unwrap(), "TEXT");
    let mut ticks = odd.tick(Count { count: 2 }).await.unwrap();
    let mut seconds = Vec::new();
    while let Some(tick) = ticks.next().await {
        seconds.push(tick.unwrap().seconds);
    }
    assert_eq!(seconds, [0, 1]);

    let refused = odd.upper(String::new()).await.unwrap_err();
    assert_eq!(refused.status, Status::NotFound);
    assert_eq!(refused.internal_message, "no text");
    assert_eq!(refused.code, ErrorCode::IrisCommunicationError);
    serving.abort();
}
