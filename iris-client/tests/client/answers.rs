//! What an error tells of the answer that it came with.

use crate::messages::{COLLECT, Note, WATCH, add, note};
use crate::server::{Server, answer, encoded, envelope, headers, joined};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Response};
use iris_client::{
    Body, Client, ClientStreaming, IrisError, Metadata, Protocol, ServerStreaming, Status,
};
use iris_core::wire::connect::{end_stream, error_body};
use iris_core::wire::grpc::write_trailers;
use iris_core::wire::grpc_web::trailers_payload;

fn raised() -> IrisError {
    IrisError::new(7, "no more").with_status(Status::Aborted)
}

/// The trailers of a gRPC call that failed so.
fn trailers() -> HeaderMap {
    let mut trailers = headers(&[("x-rows", "2"), ("x-rows", "3")]);
    write_trailers(&mut trailers, Some(&raised()));
    trailers
}

fn response(content_type: &str, body: Body) -> Response<Body> {
    Response::builder()
        .header("content-type", content_type)
        .header("x-cost", "4")
        .body(body)
        .unwrap()
}

/// The same error in a protocol's words, behind as many messages.
fn failed(protocol: Protocol, messages: &[Bytes]) -> Response<Body> {
    match protocol {
        Protocol::Grpc => {
            let body = Body::with_trailers(joined(messages), trailers());
            response("application/grpc", body)
        }
        Protocol::GrpcWeb => {
            let end = envelope(0x80, &trailers_payload(&trailers()));
            let body = joined(&[joined(messages), end]);
            response("application/grpc-web+proto", Body::full(body))
        }
        _ => {
            let mut rows = Metadata::new();
            rows.append("x-rows", "2").unwrap();
            rows.append("x-rows", "3").unwrap();
            let end = envelope(2, &end_stream(Some(&raised()), &rows));
            let body = joined(&[joined(messages), end]);
            response("application/connect+proto", Body::full(body))
        }
    }
}

fn is_told_whole(error: &IrisError) {
    assert_eq!((error.code, error.status), (7, Status::Aborted));
    assert_eq!(error.internal_message, "no more");
    assert_eq!(error.metadata().get("x-cost"), Some("4"));
    let rows: Vec<_> = error.trailers().get_all("x-rows").collect();
    assert_eq!(rows, ["2", "3"]);
    assert_eq!(error.trailers().get("grpc-status"), None);
}

#[tokio::test]
async fn a_unary_error_has_metadata_and_trailers() {
    let server = Server::start(|_| async {
        let mut response = answer(409, "application/json", error_body(&raised()));
        let more = [
            ("x-cost", "4"),
            ("trailer-x-rows", "2"),
            ("trailer-x-rows", "3"),
        ];
        for (name, value) in more {
            response.headers_mut().append(name, value.parse().unwrap());
        }
        response
    })
    .await;
    let client = Client::connect(&server.url()).unwrap();
    is_told_whole(&add(&client).await.unwrap_err());
    for protocol in [Protocol::Grpc, Protocol::GrpcWeb] {
        let server = Server::start(move |_| async move { failed(protocol, &[]) }).await;
        let builder = Client::builder(&server.url()).protocol(protocol);
        is_told_whole(&add(&builder.build().unwrap()).await.unwrap_err());
    }
}

#[tokio::test]
async fn a_streams_error_has_metadata_and_trailers() {
    for protocol in [Protocol::Connect, Protocol::Grpc, Protocol::GrpcWeb] {
        for count in [0, 2] {
            let messages = vec![envelope(0, &encoded("1")); count];
            let server = Server::start(move |_| {
                let response = failed(protocol, &messages);
                async { response }
            })
            .await;
            let builder = Client::builder(&server.url()).protocol(protocol);
            let client = builder.build().unwrap();
            let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("x"));
            let mut stream = call.await.unwrap();
            for _ in 0..count {
                assert_eq!(stream.message().await.unwrap(), Some(note("1")));
            }
            is_told_whole(&stream.message().await.unwrap_err());

            let call: ClientStreaming<Note, Note> =
                client.client_streaming(COLLECT, stream::empty());
            if count < 2 {
                is_told_whole(&call.await.unwrap_err());
            }
        }
    }
}

#[tokio::test]
async fn an_answer_of_headers_alone_has_its_trailers_there() {
    for (protocol, content_type) in [
        (Protocol::Grpc, "application/grpc"),
        (Protocol::GrpcWeb, "application/grpc-web"),
    ] {
        let server = Server::start(move |_| async move {
            let mut response = response(content_type, Body::empty());
            response.headers_mut().extend(trailers());
            response
        })
        .await;
        let builder = Client::builder(&server.url()).protocol(protocol);
        let client = builder.build().unwrap();
        is_told_whole(&add(&client).await.unwrap_err());
        let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("x"));
        is_told_whole(&call.await.unwrap_err());
    }
}

#[tokio::test]
async fn what_the_client_finds_wrong_has_the_answers_metadata_too() {
    let server = Server::start(|_| async {
        let message = Body::full(&b"\xff"[..]);
        response("application/proto", message)
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.code, 911);
    assert_eq!(error.metadata().get("x-cost"), Some("4"));
}
