//! Heads and trailers that are too large for one of the two ends.

use crate::messages::{Note, add, note};
use crate::peer::{GOAWAY, Peer};
use crate::server::{Server, encoded, envelope, headers, ok};
use http::{HeaderMap, HeaderValue, Response};
use iris_client::{Body, Client, IrisError, Protocol, Status, Unary};

/// More than is read by HTTP/2, and so much more that the connection ends.
const LARGE: usize = 20_000;
const FAR_TOO_LARGE: usize = 70_000;

/// More than is read by HTTP/1.1, which looks at the length of what came only between two reads of up to 408 KiB each.
const HUGE: usize = 1_000_000;

/// The number of the reason (RFC 9113, section 7).
const ENHANCE_YOUR_CALM: u8 = 11;

fn value(length: usize) -> HeaderValue {
    HeaderValue::try_from("x".repeat(length)).unwrap()
}

fn client(server: &Server, protocol: Protocol, http2: bool) -> Client {
    let builder = Client::builder(&server.url()).protocol(protocol);
    match http2 {
        true => builder.http2().build().unwrap(),
        false => builder.build().unwrap(),
    }
}

/// A server whose answer's head has a value of this length.
async fn answering(length: usize) -> Server {
    Server::start(move |_| async move {
        let mut response = ok("well");
        response.headers_mut().insert("x-long", value(length));
        response
    })
    .await
}

fn assert_told(error: &IrisError, status: Status, server: &Server, parts: &[&str]) {
    assert_eq!((error.code, error.status), (900, status), "{error}");
    for part in [&server.url(), "metadata"].iter().chain(parts) {
        assert!(error.internal_message.contains(part), "{part}: {error}");
    }
}

#[tokio::test]
async fn an_answer_with_too_large_a_head_is_told_from_another_protocol() {
    let large = answering(LARGE).await;
    for protocol in [
        Protocol::Connect,
        Protocol::Grpc,
        Protocol::GrpcWeb,
        Protocol::GrpcWebText,
    ] {
        let client = client(&large, protocol, true);
        let error = add(&client).await.unwrap_err();
        assert_told(&error, Status::Internal, &large, &["HTTP/2", "16 KiB"]);
    }
    assert_eq!(
        add(&client(&large, Protocol::Connect, false))
            .await
            .unwrap(),
        note("well")
    );

    let far = answering(FAR_TOO_LARGE).await;
    let error = add(&client(&far, Protocol::Connect, true))
        .await
        .unwrap_err();
    let parts = &["HTTP/2", "16 KiB", "ended the connection"];
    assert_told(&error, Status::ResourceExhausted, &far, parts);

    let huge = answering(HUGE).await;
    let error = add(&client(&huge, Protocol::Connect, false))
        .await
        .unwrap_err();
    let parts = &["HTTP/1.1", "100 headers and 408 KiB"];
    assert_told(&error, Status::ResourceExhausted, &huge, parts);
}

#[tokio::test]
async fn an_answer_with_too_many_headers_says_how_many_are_read() {
    let server = Server::start(|_| async {
        let mut response = ok("well");
        for _ in 0..101 {
            response
                .headers_mut()
                .append("x-one-more", HeaderValue::from_static("1"));
        }
        response
    })
    .await;
    let error = add(&client(&server, Protocol::Connect, false))
        .await
        .unwrap_err();
    assert_told(&error, Status::ResourceExhausted, &server, &["100 headers"]);
    assert_eq!(
        add(&client(&server, Protocol::Connect, true))
            .await
            .unwrap(),
        note("well")
    );
}

/// A server whose gRPC trailers begin with a value of this length.
async fn trailing(length: usize) -> Server {
    Server::start(move |_| async move {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-long", value(length));
        trailers.extend(headers(&[("grpc-status", "0")]));
        let response = Response::builder().header("content-type", "application/grpc+proto");
        let body = Body::with_trailers(envelope(0, &encoded("well")), trailers);
        response.body(body).unwrap()
    })
    .await
}

#[tokio::test]
async fn trailers_that_are_too_large_are_named_where_the_end_of_the_call_is_missing() {
    let large = trailing(LARGE).await;
    let error = add(&client(&large, Protocol::Grpc, true))
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Internal));
    for part in ["grpc-status", "trailers", "16 KiB"] {
        assert!(error.internal_message.contains(part), "{part}: {error}");
    }
    let far = trailing(FAR_TOO_LARGE).await;
    let error = add(&client(&far, Protocol::Grpc, true)).await.unwrap_err();
    assert_told(
        &error,
        Status::ResourceExhausted,
        &far,
        &["trailers", "16 KiB"],
    );
}

fn add_with(client: &Client, length: usize) -> Unary<Note, Note> {
    add(client).metadata("x-long", &"x".repeat(length))
}

#[tokio::test]
async fn a_request_with_too_large_a_head_is_told_from_a_stranger() {
    let server = Server::start(|_| async { ok("well") }).await;
    for protocol in [
        Protocol::Connect,
        Protocol::Grpc,
        Protocol::GrpcWeb,
        Protocol::GrpcWebText,
    ] {
        let client = client(&server, protocol, true);
        let error = add_with(&client, LARGE).await.unwrap_err();
        assert_told(&error, Status::Unknown, &server, &["431", "head"]);
    }
}

#[tokio::test]
async fn a_connection_that_ends_for_the_head_of_a_request_says_so() {
    // As servers end it that stand on h2.
    for why in ["header_list_way_too_large", "too_many_continuations"] {
        let server = Server::raw(move |socket, _| async move {
            let mut peer = Peer::accept(socket).await;
            while peer.call().await.is_some() {
                let payload = [&[0, 0, 0, 0, 0, 0, 0, ENHANCE_YOUR_CALM], why.as_bytes()].concat();
                peer.send(GOAWAY, 0, 0, &payload).await;
            }
        })
        .await;
        let error = add(&client(&server, Protocol::Connect, true))
            .await
            .unwrap_err();
        let parts = &["closed the connection", "the head of a request"];
        assert_told(&error, Status::ResourceExhausted, &server, parts);
    }
}
