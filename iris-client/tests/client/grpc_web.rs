//! gRPC-Web, answered by hand.

use crate::messages::{CHAT, COLLECT, Note, WATCH, add, note};
use crate::server::{Server, answer, encoded, envelope, joined, read};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream;
use http::{Request, Version};
use iris_client::{
    Bidirectional, Client, ClientBuilder, ClientStreaming, Format, IrisError, Protocol,
    ServerStreaming, Status,
};
use std::time::Duration;

const PROTO: &str = "application/grpc-web+proto";
const TEXT: &str = "application/grpc-web-text+proto";
const TRAILERS: u8 = 0x80;

fn web(server: &Server) -> ClientBuilder {
    Client::builder(&server.url()).protocol(Protocol::GrpcWeb)
}

fn text(server: &Server) -> ClientBuilder {
    Client::builder(&server.url()).protocol(Protocol::GrpcWebText)
}

/// A body that ends well.
fn ended(messages: &[Bytes]) -> Bytes {
    let end = envelope(TRAILERS, b"grpc-status: 0\r\nx-rows: 2\r\n");
    joined(&[joined(messages), end])
}

async fn answering(content_type: &'static str, body: impl Into<Bytes>) -> Server {
    let body = body.into();
    Server::start(move |_| {
        let answer = answer(200, content_type, body.clone());
        async { answer }
    })
    .await
}

async fn failure(content_type: &'static str, body: Bytes) -> IrisError {
    let server = answering(content_type, body).await;
    add(&web(&server).build().unwrap()).await.unwrap_err()
}

/// The outcome where the text form is asked for.
async fn outcome_of_text(
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Result<Note, IrisError> {
    let server = answering(content_type, body).await;
    add(&text(&server).build().unwrap()).await
}

#[tokio::test]
async fn a_unary_call_goes_by_http_1_with_its_trailers_in_the_body() {
    let server = Server::start(|request: Request<_>| async move {
        assert_eq!(request.version(), Version::HTTP_11);
        let sent = request.headers();
        assert_eq!(sent["content-type"], PROTO);
        assert_eq!(sent["x-grpc-web"], "1");
        assert!(!sent.contains_key("te"));
        assert!(sent.contains_key("grpc-timeout"));
        assert_eq!(read(request).await, envelope(0, &encoded("hello")));
        answer(200, PROTO, ended(&[envelope(0, &encoded("well"))]))
    })
    .await;
    let client = web(&server).build().unwrap();
    let call = add(&client).deadline(Duration::from_secs(60));
    let response = call.with_response().await.unwrap();
    assert_eq!(response.message, note("well"));
    assert_eq!(response.trailers.get("x-rows"), Some("2"));
    assert_eq!(response.trailers.len(), 1, "the status is not among them");
}

#[tokio::test]
async fn json_goes_by_grpc_web_too() {
    let server = Server::start(|request: Request<_>| async move {
        let json = "application/grpc-web+json";
        assert_eq!(request.headers()["content-type"], json);
        let message = envelope(0, br#"{"text":"well"}"#);
        answer(200, json, ended(&[message]))
    })
    .await;
    let client = web(&server).format(Format::Json).build().unwrap();
    assert_eq!(add(&client).await.unwrap(), note("well"));
}

#[tokio::test]
async fn every_kind_of_call_works_in_both_versions_of_http() {
    let server = Server::start(|request: Request<_>| async move {
        let version = format!("{:?}", request.version());
        let sent = read(request).await;
        let first = envelope(0, &encoded(&version));
        let body = match sent.len() {
            0 => ended(&[first]),
            _ => ended(&[first, sent]),
        };
        answer(200, PROTO, body)
    })
    .await;
    for (client, version) in [
        (web(&server).http1().build().unwrap(), "HTTP/1.1"),
        (web(&server).http2().build().unwrap(), "HTTP/2.0"),
    ] {
        let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("a"));
        let mut answers = call.await.unwrap();
        assert_eq!(answers.message().await.unwrap(), Some(note(version)));
        assert_eq!(answers.message().await.unwrap(), Some(note("a")));
        assert_eq!(answers.message().await.unwrap(), None);
        assert_eq!(answers.trailers().get("x-rows"), Some("2"));

        let call: ClientStreaming<Note, Note> = client.client_streaming(COLLECT, stream::empty());
        assert_eq!(call.await.unwrap(), note(version));

        let requests = stream::iter(["b", "c"].map(note));
        let call: Bidirectional<Note, Note> = client.bidirectional(CHAT, requests);
        let mut answers = call.await.unwrap();
        for text in [version, "b", "c"] {
            assert_eq!(answers.message().await.unwrap(), Some(note(text)));
        }
        assert_eq!(answers.message().await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_answer_without_trailers_says_so() {
    for body in [Bytes::new(), envelope(0, &encoded("well"))] {
        let error = failure(PROTO, body).await;
        assert_eq!((error.code, error.status), (900, Status::Internal));
        let part = "without `grpc-status`";
        assert!(error.internal_message.contains(part), "{error}");
    }
}

#[tokio::test]
async fn bad_endings_are_told_apart() {
    let well = || envelope(0, &encoded("well"));
    for (body, code, part) in [
        (joined(&[ended(&[well()]), well()]), 900, "after the end"),
        (
            envelope(TRAILERS, b"no header"),
            900,
            "trailers that are none",
        ),
        (envelope(TRAILERS | 1, b""), 900, "compressed"),
        (Bytes::from_static(b"\x80\0\0\0\x09grpc"), 911, "inside"),
        (envelope(2, b"{}"), 900, "flags"),
    ] {
        let error = failure(PROTO, body).await;
        assert_eq!((error.code, error.status), (code, Status::Internal));
        assert!(error.internal_message.contains(part), "{part}: {error}");
    }
}

#[tokio::test]
async fn another_protocols_answer_is_named() {
    for content_type in ["application/grpc+proto", "application/proto"] {
        let error = failure(content_type, ended(&[])).await;
        assert_eq!((error.code, error.status), (900, Status::Unknown));
        let part = format!("`{content_type}`");
        assert!(error.internal_message.contains(&part), "{error}");
    }
    let error = failure("application/grpc-web+json", ended(&[])).await;
    assert!(error.internal_message.contains(PROTO), "{error}");
}

#[tokio::test]
async fn the_text_form_goes_in_base64_both_ways() {
    let server = Server::start(|request: Request<_>| async move {
        let sent = request.headers();
        assert_eq!(sent["content-type"], TEXT);
        assert_eq!(sent["accept"], TEXT);
        assert_eq!(sent["x-grpc-web"], "1");
        let sent = STANDARD.decode(read(request).await).unwrap();
        assert_eq!(sent, envelope(0, &encoded("hello")));
        let body = ended(&[envelope(0, &encoded("well"))]);
        answer(200, TEXT, STANDARD.encode(body))
    })
    .await;
    let call = add(&text(&server).build().unwrap());
    let response = call.with_response().await.unwrap();
    assert_eq!(response.message, note("well"));
    assert_eq!(response.trailers.get("x-rows"), Some("2"));
}

#[tokio::test]
async fn text_may_be_padded_wherever_a_piece_of_it_ends() {
    let whole = ended(&[envelope(0, &encoded("well"))]);
    for size in 1..8 {
        let pieces: String = whole
            .chunks(size)
            .map(|piece| STANDARD.encode(piece))
            .collect();
        let read = outcome_of_text(TEXT, pieces).await;
        assert_eq!(read.unwrap(), note("well"), "in pieces of {size}");
    }
}

#[tokio::test]
async fn text_that_is_no_base64_is_told_from_a_broken_connection() {
    for wrong in ["AAAA!AAA", "AAAAAAAA=", "AAAAAAA"] {
        let error = outcome_of_text(TEXT, wrong).await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Internal));
        let part = "no base64";
        assert!(error.internal_message.contains(part), "{wrong}: {error}");
    }
    // One form is not the other.
    let binary = outcome_of_text(PROTO, ended(&[])).await.unwrap_err();
    let part = format!("`{PROTO}`");
    assert!(binary.internal_message.contains(&part), "{binary}");
    let text = failure(TEXT, ended(&[])).await;
    let part = format!("`{TEXT}`");
    assert!(text.internal_message.contains(&part), "{text}");
}

#[tokio::test]
async fn uploads_go_in_text_piece_by_piece() {
    let server = Server::start(|request: Request<_>| async move {
        let sent = read(request).await;
        let pieces = sent.split_inclusive(|byte| *byte == b'=');
        let pieces = pieces.filter(|piece| *piece != b"=");
        let padded = pieces.map(|piece| {
            let missing = (4 - piece.len() % 4) % 4;
            [piece, &b"=="[..missing]].concat()
        });
        let sent: Vec<u8> = padded
            .flat_map(|piece| STANDARD.decode(piece).unwrap())
            .collect();
        let expected: Vec<Bytes> = (0..100)
            .map(|number| envelope(0, &encoded(&"x".repeat(number * 7))))
            .collect();
        assert_eq!(sent, joined(&expected));
        let body = ended(&[envelope(0, &encoded("well"))]);
        answer(200, TEXT, STANDARD.encode(body))
    })
    .await;
    let client = text(&server).build().unwrap();
    let notes = (0..100).map(|number| note("x".repeat(number * 7)));
    let call: ClientStreaming<Note, Note> = client.client_streaming(COLLECT, stream::iter(notes));
    assert_eq!(call.await.unwrap(), note("well"));
}
