//! Errors of which gRPC's trailers cannot hold all.

use crate::support::text;
use bytes::Bytes;
use end_to_end::messages::testing::v1::Text;
use end_to_end_client::iris_client::{Client, Method, Protocol, ServerStreaming, Unary, kind};
use end_to_end_client::messages::testing::v1 as sent;
use futures_util::Stream;
use iris_core::{Detail, HttpServer, Iris, IrisError, Request, Running, remote};
use prost::Message;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic_prost::ProstCodec;

const FAIL: Method<sent::Text, ()> = Method::new("/large.v1.Large/Fail");
const WATCH: Method<sent::Text, sent::Text, kind::ServerStreaming> =
    Method::new("/large.v1.Large/Watch");
const ECHO: Method<sent::Text, sent::Text> = Method::new("/large.v1.Large/Echo");

struct Large;

/// An error of which all that may be long is.
fn long() -> IrisError {
    let error = IrisError::new(7, "m".repeat(100_000));
    [100_000, 20_000, 100]
        .into_iter()
        .fold(error, |error, length| {
            error.with_encoded_detail(Detail::new("large.v1.Detail", vec![7; length]))
        })
}

/// Fails at length.
#[remote(package = "large.v1")]
impl Large {
    /// Fails; with trailers of its own, of so many bytes as the text says.
    #[procedure]
    async fn fail(&self, request: &Request, text: Text) -> Result<(), IrisError> {
        let trailer = "x".repeat(text.text.parse().unwrap_or(0));
        request
            .append_trailer("x-long", &trailer)
            .map_err(IrisError::internal)?;
        Err(long())
    }

    /// Answers once and fails.
    #[procedure]
    async fn watch(
        &self,
        _: &Request,
        text: Text,
    ) -> Result<impl Stream<Item = Result<Text, IrisError>>, IrisError> {
        Ok(futures_util::stream::iter([Ok(text), Err(long())]))
    }

    /// The same text.
    #[procedure]
    async fn echo(&self, _: &Request, text: Text) -> Result<Text, IrisError> {
        Ok(text)
    }
}

async fn large() -> Running {
    let application = Iris::without_context()
        .add_remote(Large)
        .add_server(HttpServer::bind("127.0.0.1:0"));
    application.start().await.unwrap()
}

#[tokio::test]
async fn code_and_details_of_a_long_error_arrive_and_the_connection_stays() {
    let running = large().await;
    for (protocol, message, details) in [
        (Protocol::Connect, 100_000, &[100_000, 20_000, 100][..]),
        (Protocol::Grpc, 3072, &[100]),
        (Protocol::GrpcWeb, 3072, &[100_000, 20_000, 100]),
    ] {
        let builder = Client::builder(&running.url()).http2().protocol(protocol);
        let client = builder.build().unwrap();
        // A call beside, which a connection's end would end.
        let call: ServerStreaming<sent::Text, sent::Text> =
            client.server_streaming(WATCH, text("first"));
        let mut beside = call.await.unwrap();
        assert_eq!(beside.message().await.unwrap(), Some(text("first")));
        let call: Unary<sent::Text, ()> = client.unary(FAIL, text("10"));
        let alone = call.await.unwrap_err();
        let in_stream = beside.message().await.unwrap_err();
        for error in [alone, in_stream] {
            let facts = (error.code, error.internal_message.len());
            assert_eq!(facts, (7, message), "{protocol:?}");
            let lengths: Vec<_> = error
                .details()
                .iter()
                .map(|detail| detail.value().len())
                .collect();
            assert_eq!(lengths, details, "{protocol:?}");
        }
        let call: Unary<sent::Text, sent::Text> = client.unary(ECHO, text("still there"));
        assert_eq!(call.await.unwrap(), text("still there"));
    }
}

#[tokio::test]
async fn the_code_comes_before_trailers_that_no_peer_reads_to_their_end() {
    let running = large().await;
    let builder = Client::builder(&running.url()).protocol(Protocol::Grpc);
    let client = builder.build().unwrap();
    let call: Unary<sent::Text, ()> = client.unary(FAIL, text("20000"));
    let error = call.await.unwrap_err();
    assert_eq!((error.code, error.internal_message.len()), (7, 3072));
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(bytes = "bytes", repeated, tag = "3")]
    details: Vec<Bytes>,
}

#[tokio::test]
async fn tonic_reads_a_long_error() {
    let running = large().await;
    let endpoint = tonic::transport::Channel::from_shared(running.url()).unwrap();
    let mut client = Grpc::new(endpoint.connect().await.unwrap());
    for (procedure, trailer) in [("Fail", "10"), ("Fail", "20000")] {
        client.ready().await.unwrap();
        let path = PathAndQuery::try_from(format!("/large.v1.Large/{procedure}")).unwrap();
        let request = tonic::Request::new(Text {
            text: trailer.into(),
        });
        let codec = ProstCodec::<Text, ()>::default();
        let status = client.unary(request, path, codec).await.unwrap_err();
        assert_eq!(status.code(), tonic::Code::FailedPrecondition, "{trailer}");
        assert_eq!(status.message(), "m".repeat(512));
        let details = RpcStatus::decode(status.details()).unwrap().details;
        assert!(!details.is_empty(), "{trailer}");
    }
}
