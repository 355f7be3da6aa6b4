//! tonic's client, which nobody here wrote, against the server.

use crate::support::Server;
use end_to_end::messages::testing::v1::{Number, Range, Text};
use futures_util::{StreamExt, stream};
use prost::Message;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, IntoRequest, Request, Status};
use tonic_prost::ProstCodec;

async fn client(server: &Server) -> Grpc<Channel> {
    let channel = Channel::from_shared(server.url())
        .unwrap()
        .connect()
        .await
        .unwrap();
    let mut client = Grpc::new(channel);
    client.ready().await.unwrap();
    client
}

fn path(path: &'static str) -> PathAndQuery {
    PathAndQuery::from_static(path)
}

async fn fail(server: &Server, name: &str) -> Status {
    let request = Text { text: name.into() }.into_request();
    let codec = ProstCodec::<Text, ()>::default();
    client(server)
        .await
        .unary(request, path("/testing.v1.Failures/Fail"), codec)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn unary_and_metadata() {
    let server = Server::start().await;
    let mut request = Request::new(());
    request
        .metadata_mut()
        .insert("x-word", "one".parse().unwrap());
    request.set_timeout(std::time::Duration::from_secs(60));
    let codec = ProstCodec::<(), end_to_end::messages::testing::v1::Facts>::default();
    let facts = client(&server)
        .await
        .unary(request, path("/testing.v1.CallFacts/Facts"), codec)
        .await
        .unwrap();
    assert_eq!(facts.get_ref().metadata, "one");
    assert!(facts.get_ref().remaining.unwrap() > 50_000);
}

#[tokio::test]
async fn every_stream_kind() {
    let server = Server::start().await;
    let range = Range {
        from: 0,
        to: 100,
        fail_at: -1,
    }
    .into_request();
    let codec = ProstCodec::<Range, Number>::default();
    let numbers = client(&server)
        .await
        .server_streaming(range, path("/testing.v1.Shapes/Count"), codec)
        .await
        .unwrap();
    let numbers: Vec<i64> = numbers
        .into_inner()
        .map(|number| number.unwrap().number)
        .collect()
        .await;
    assert_eq!(numbers, (0..100).collect::<Vec<i64>>());

    let numbers = Request::new(stream::iter(1..=10).map(|number| Number { number }));
    let codec = ProstCodec::<Number, Number>::default();
    let sum = client(&server)
        .await
        .client_streaming(numbers, path("/testing.v1.Shapes/Sum"), codec)
        .await
        .unwrap();
    assert_eq!(sum.get_ref().number, 55);

    let texts = Request::new(stream::iter(["a", "b"]).map(|text| Text { text: text.into() }));
    let codec = ProstCodec::<Text, Text>::default();
    let texts = client(&server)
        .await
        .streaming(texts, path("/testing.v1.Shapes/Chat"), codec)
        .await
        .unwrap();
    let texts: Vec<String> = texts
        .into_inner()
        .map(|text| text.unwrap().text)
        .collect()
        .await;
    assert_eq!(texts, ["A", "B"]);
}

#[tokio::test]
async fn errors_with_their_details() {
    /// `google.rpc.Status`, as its `.proto` has it.
    #[derive(Clone, PartialEq, prost::Message)]
    struct RpcStatus {
        #[prost(int32, tag = "1")]
        code: i32,
        #[prost(string, tag = "2")]
        message: String,
        #[prost(message, repeated, tag = "3")]
        details: Vec<Any>,
    }
    /// `google.protobuf.Any`.
    #[derive(Clone, PartialEq, prost::Message)]
    struct Any {
        #[prost(string, tag = "1")]
        type_url: String,
        #[prost(bytes = "vec", tag = "2")]
        value: Vec<u8>,
    }
    let server = Server::start().await;
    let status = fail(&server, "zero").await;
    assert_eq!(
        (status.code(), status.message()),
        (Code::Unauthenticated, "Zero is a legal code.")
    );
    let details = RpcStatus::decode(status.details()).unwrap();
    assert_eq!(
        (details.code, details.message.as_str()),
        (16, "Zero is a legal code.")
    );
    assert_eq!(
        details.details[0].type_url,
        "type.googleapis.com/iris.v1.ErrorDetail"
    );
    let detail = iris_core::ErrorDetail::decode(details.details[0].value.as_slice()).unwrap();
    assert_eq!(detail.code, Some(0));
}

#[tokio::test]
async fn unknown_procedures_missing_and_wrong_messages() {
    let server = Server::start().await;
    let codec = ProstCodec::<(), ()>::default();
    let status = client(&server)
        .await
        .unary(Request::new(()), path("/testing.v1.Shapes/Nothing"), codec)
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);

    let nothing = Request::new(stream::empty::<Text>());
    let codec = ProstCodec::<Text, Text>::default();
    let status = client(&server)
        .await
        .client_streaming(nothing, path("/testing.v1.Shapes/Echo"), codec)
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert!(status.message().contains("testing.v1.Text"), "{status}");

    // A number where a text should be.
    let codec = ProstCodec::<Number, Text>::default();
    let status = client(&server)
        .await
        .unary(
            Request::new(Number { number: 1 }),
            path("/testing.v1.Shapes/Echo"),
            codec,
        )
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("text"), "{status}");
}
