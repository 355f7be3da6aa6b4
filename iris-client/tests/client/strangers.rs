//! Answers that no Iris server gives.

use crate::messages::{Note, add, note};
use crate::server::{Server, answer, encoded, ok};
use http::Response;
use iris_client::{Body, Client, Format, Protocol, ServerStreaming, Status};

#[tokio::test]
async fn an_html_page_is_shown_with_its_status_and_type() {
    for (status, canonical) in [
        (200, Status::Unknown),
        (404, Status::Unimplemented),
        (403, Status::PermissionDenied),
        (502, Status::Unavailable),
    ] {
        let server = Server::start(move |_| async move {
            let page = format!(
                "<!doctype html>\n<h1>Where am I?</h1>{}",
                "x".repeat(100_000)
            );
            answer(status, "text/html; charset=utf-8", page)
        })
        .await;
        for protocol in [Protocol::Connect, Protocol::Grpc] {
            let client = Client::builder(&server.url())
                .protocol(protocol)
                .build()
                .unwrap();
            let error = add(&client).await.unwrap_err();
            assert_eq!((error.code, error.status), (900, canonical));
            for part in [
                "Iris server",
                &server.url(),
                &format!("HTTP status {status}"),
                "`text/html`",
                "<!doctype html> <h1>Where am I?</h1>xxx",
            ] {
                assert!(error.internal_message.contains(part), "{part}: {error}");
            }
            assert!(error.internal_message.len() < 400, "{error}");
        }
    }
}

#[tokio::test]
async fn an_empty_answer_is_described_too() {
    let server = Server::start(|_| async { answer(503, "", "") }).await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error
            .internal_message
            .contains("HTTP status 503, no content type and is empty"),
        "{error}"
    );
}

#[tokio::test]
async fn json_that_is_no_connect_error_is_shown() {
    let server =
        Server::start(|_| async { answer(500, "application/json", r#"{"oops":1}"#) }).await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unknown));
    assert!(error.internal_message.contains(r#"{"oops":1}"#), "{error}");
}

#[tokio::test]
async fn another_connect_servers_error_is_900_with_its_status() {
    let server = Server::start(|_| async {
        answer(
            404,
            "application/json",
            r#"{"code":"not_found","message":"no such row"}"#,
        )
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::NotFound));
    assert_eq!(error.internal_message, "no such row");
}

#[tokio::test]
async fn the_other_format_is_named() {
    let server = Server::start(|_| async { answer(200, "application/json", "{}") }).await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Internal));
    for part in ["`application/json`", "`application/proto`"] {
        assert!(error.internal_message.contains(part), "{error}");
    }
    let server = Server::start(|_| async { answer(200, "application/proto", "") }).await;
    let client = Client::builder(&server.url())
        .format(Format::Json)
        .build()
        .unwrap();
    let error = add(&client).await.unwrap_err();
    assert!(
        error.internal_message.contains("`application/proto`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_compressed_answer_is_refused_by_name() {
    let server = Server::start(|_| async {
        let mut response = ok("well");
        response
            .headers_mut()
            .insert("content-encoding", "gzip".parse().unwrap());
        response
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Internal));
    assert!(error.internal_message.contains("gzip"), "{error}");
}

#[tokio::test]
async fn a_unary_answer_to_a_stream_is_shown() {
    let server = Server::start(|_| async { ok("well") }).await;
    let client = Client::connect(&server.url()).unwrap();
    let call: ServerStreaming<Note, Note> =
        client.server_streaming(crate::messages::WATCH, note("x"));
    let error = call.await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unknown));
    assert!(
        error.internal_message.contains("`application/proto`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_grpc_answer_to_a_connect_call_is_named() {
    let server = Server::start(|_| async {
        let response = Response::builder().header("content-type", "application/grpc");
        response.body(Body::full(encoded("x"))).unwrap()
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unknown));
    assert!(
        error.internal_message.contains("`application/grpc`"),
        "{error}"
    );
}
