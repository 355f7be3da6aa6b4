//! The client against gRPC-Web of tonic's, which nobody here wrote.

use end_to_end::messages::testing::v1::{Number, Text};
use end_to_end_client::iris_client::{Client, Method, Protocol, Status, kind};
use futures_util::{Stream, StreamExt, stream};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::metadata::MetadataValue;
use tonic::server::NamedService;
use tonic_prost::ProstCodec;
use tonic_web::GrpcWebLayer;

const SHOUT: &str = "/foreign.v1.Foreign/Shout";
const COUNT: &str = "/foreign.v1.Foreign/Count";

/// A service as tonic's code generator writes one.
#[derive(Clone)]
struct Foreign;

impl NamedService for Foreign {
    const NAME: &'static str = "foreign.v1.Foreign";
}

struct Shout;

impl tonic::server::UnaryService<Text> for Shout {
    type Response = Text;
    type Future = BoxFuture<tonic::Response<Text>, tonic::Status>;

    fn call(&mut self, request: tonic::Request<Text>) -> Self::Future {
        Box::pin(async move {
            let word = request.metadata().get("x-word").cloned();
            let text = request.into_inner().text;
            if text.is_empty() {
                let mut status = tonic::Status::not_found("nothing to shout");
                let looked = MetadataValue::from_static("everywhere");
                status.metadata_mut().insert("x-looked", looked);
                return Err(status);
            }
            let mut response = tonic::Response::new(Text {
                text: text.to_uppercase(),
            });
            if let Some(word) = word {
                response.metadata_mut().insert("x-word", word);
            }
            Ok(response)
        })
    }
}

struct Count;

impl tonic::server::ServerStreamingService<Number> for Count {
    type Response = Number;
    type ResponseStream = Pin<Box<dyn Stream<Item = Result<Number, tonic::Status>> + Send>>;
    type Future = BoxFuture<tonic::Response<Self::ResponseStream>, tonic::Status>;

    fn call(&mut self, request: tonic::Request<Number>) -> Self::Future {
        let to = request.into_inner().number;
        let numbers = stream::iter((0..to).map(|number| Ok(Number { number })));
        let end = stream::iter([Err(tonic::Status::out_of_range("no more"))]);
        Box::pin(async move { Ok(tonic::Response::new(numbers.chain(end).boxed() as _)) })
    }
}

impl Service<http::Request<Body>> for Foreign {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            Ok(match request.uri().path() {
                SHOUT => {
                    tonic::server::Grpc::new(ProstCodec::default())
                        .unary(Shout, request)
                        .await
                }
                _ => {
                    tonic::server::Grpc::new(ProstCodec::default())
                        .server_streaming(Count, request)
                        .await
                }
            })
        })
    }
}

/// tonic's server, which takes HTTP/1.1 for this, at a URL.
async fn server() -> (String, JoinHandle<()>) {
    let incoming = tonic::transport::server::TcpIncoming::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}", incoming.local_addr().unwrap());
    let serving = tonic::transport::Server::builder()
        .accept_http1(true)
        .layer(GrpcWebLayer::new())
        .add_service(Foreign)
        .serve_with_incoming(incoming);
    (url, tokio::spawn(async { serving.await.unwrap() }))
}

#[tokio::test]
async fn both_forms_over_both_versions_of_http() {
    let (url, serving) = server().await;
    for protocol in [Protocol::GrpcWeb, Protocol::GrpcWebText] {
        let builder = || Client::builder(&url).protocol(protocol);
        for client in [builder().http1(), builder().http2()] {
            let client = client.build().unwrap();
            let shout = |text: &str| {
                let text = Text { text: text.into() };
                client.unary::<_, _, i32>(Method::<Text, Text>::new(SHOUT), text)
            };
            let call = shout("loud").metadata("x-word", "one");
            let response = call.with_response().await.unwrap();
            assert_eq!(response.message.text, "LOUD", "{protocol:?}");
            assert_eq!(response.metadata.get("x-word"), Some("one"));

            let error = shout("").await.unwrap_err();
            assert_eq!(error.status, Status::NotFound, "{protocol:?}");
            assert_eq!(error.internal_message, "nothing to shout");
            assert_eq!(error.trailers().get("x-looked"), Some("everywhere"));

            // Longer than a piece of a body, and than a group of four.
            let long = "loud ".repeat(100_001);
            assert_eq!(shout(&long).await.unwrap().text, long.to_uppercase());

            let count = Method::<Number, Number, kind::ServerStreaming>::new(COUNT);
            let call = client.server_streaming::<_, _, i32>(count, Number { number: 1000 });
            let mut numbers = call.await.unwrap();
            for number in 0..1000 {
                let next = numbers.message().await.unwrap();
                assert_eq!(next, Some(Number { number }), "{protocol:?}");
            }
            let error = numbers.message().await.unwrap_err();
            assert_eq!(error.status, Status::OutOfRange);
        }
    }
    serving.abort();
}
