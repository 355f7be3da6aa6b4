//! Answers that no Iris server gives.

use crate::messages::{Note, add, note};
use crate::server::{Server, answer, encoded, envelope, ok};
use http::Response;
use iris_client::{Body, Client, Format, IrisError, Protocol, ServerStreaming, Status};
use iris_core::wire::connect::error_body;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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
async fn bytes_that_are_no_text_are_shown_as_bytes() {
    let settings = b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01";
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0";
    for (body, shown) in [
        (
            &settings[..],
            "and begins with bytes that are no text: 00 00 12 04 00 00 00 00 00 00 03 00 00 00 80 00",
        ),
        (gzip, "no text: 1f 8b 08 00 00 00 00 00"),
        (b"\x07", "no text: 07"),
        (b" \r\n\t ", "and is blank"),
        (
            b"\x1b[31mout of\norder\x1b[0m",
            r"and begins: \u{1b}[31mout of order\u{1b}[0m",
        ),
        ("gr\u{fc}\u{df}e".as_bytes(), "and begins: gr\u{fc}\u{df}e"),
        (b"na\xefve page", "and begins: na\u{fffd}ve page"),
    ] {
        // In the place of a message, and of a Connect error, which is read whole.
        for (status, content_type) in [(200, "text/plain"), (502, "application/json")] {
            let server =
                Server::start(move |_| async move { answer(status, content_type, body) }).await;
            let error = add(&Client::connect(&server.url()).unwrap())
                .await
                .unwrap_err();
            assert!(error.internal_message.ends_with(shown), "{error}");
            assert!(!error.internal_message.contains(char::is_control));
        }
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_at_once_is_not_called_empty() {
    let server = Server::raw(|mut socket, _| async move {
        let _ = socket.read(&mut [0; 1024]).await;
        let head = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 9\r\n\r\n";
        socket.write_all(head).await.unwrap();
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error
            .internal_message
            .ends_with("HTTP status 502, no content type and broke off before its first byte"),
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
async fn an_error_without_a_code_keeps_its_message() {
    for body in [
        r#"{"message":"oops"}"#,
        r#"{"code":null,"message":"oops"}"#,
        r#"{"code":16,"message":"oops"}"#,
    ] {
        let server =
            Server::start(move |_| async move { answer(401, "application/json", body) }).await;
        let error = add(&Client::connect(&server.url()).unwrap())
            .await
            .unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Unauthenticated));
        assert_eq!(error.internal_message, "oops");

        let end = format!(r#"{{"error":{body}}}"#);
        let server = Server::start(move |_| {
            let end = envelope(2, end.as_bytes());
            async { answer(200, "application/connect+proto", end) }
        })
        .await;
        let client = Client::connect(&server.url()).unwrap();
        let call: ServerStreaming<Note, Note> =
            client.server_streaming(crate::messages::WATCH, note("x"));
        let error = call.await.unwrap().message().await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Unknown));
        assert_eq!(error.internal_message, "oops");
    }
}

#[tokio::test]
async fn an_error_without_a_message_says_who_answered_what() {
    for body in [
        r#"{"code":"not_found"}"#,
        r#"{"code":"not_found","message":""}"#,
        r#"{"code":"not_found","message":null}"#,
    ] {
        let server =
            Server::start(move |_| async move { answer(404, "application/json", body) }).await;
        let error = add(&Client::connect(&server.url()).unwrap())
            .await
            .unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::NotFound));
        let said = format!(
            "{} answered with the error `not_found` and no message",
            server.url()
        );
        assert_eq!(error.internal_message, said);
    }
}

#[tokio::test]
async fn a_stream_that_ends_with_an_error_without_a_message_says_who_answered_what() {
    let server = Server::start(|_| async {
        let end = envelope(2, br#"{"error":{"code":"aborted"}}"#);
        answer(200, "application/connect+proto", end)
    })
    .await;
    let client = Client::connect(&server.url()).unwrap();
    let call: ServerStreaming<Note, Note> =
        client.server_streaming(crate::messages::WATCH, note("x"));
    let error = call.await.unwrap().message().await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Aborted));
    let said = format!(
        "{} answered with the error `aborted` and no message",
        server.url()
    );
    assert_eq!(error.internal_message, said);
}

#[tokio::test]
async fn what_the_procedure_raised_keeps_its_empty_message() {
    let server = Server::start(|_| async {
        let error = IrisError::new(7, "").with_status(Status::Aborted);
        answer(409, "application/json", error_body(&error))
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.internal_message.as_str()), (7, ""));
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
            .insert("content-encoding", "snappy".parse().unwrap());
        response
    })
    .await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Internal));
    assert!(error.internal_message.contains("snappy"), "{error}");
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

/// Whether a call that gets this answer counts as one that failed on its way.
async fn is_transport(protocol: Protocol, answer: Response<Body>) -> bool {
    let answer = Arc::new(Mutex::new(Some(answer)));
    let server = Server::start(move |_| {
        let answer = answer.lock().unwrap().take().unwrap();
        async move { answer }
    })
    .await;
    let client = Client::builder(&server.url()).protocol(protocol).build();
    let error = add(&client.unwrap()).await.unwrap_err();
    assert_eq!(error.code, 900, "{error}");
    error.is_transport()
}

#[tokio::test]
async fn a_status_of_the_protocol_is_an_answer_and_one_of_http_is_none() {
    for (status, body, expected) in [
        (
            404,
            r#"{"code":"not_found","message":"no such row"}"#,
            false,
        ),
        (500, r#"{"code":"internal"}"#, false),
        // As proxies say it that speak the protocol.
        (
            503,
            r#"{"code":"unavailable","message":"no upstream"}"#,
            true,
        ),
        (504, r#"{"code":"deadline_exceeded"}"#, true),
        // As gateways say it that speak none.
        (403, r#"{"message":"Forbidden"}"#, true),
        (500, "oops", true),
    ] {
        let answer = answer(status, "application/json", body);
        assert_eq!(
            is_transport(Protocol::Connect, answer).await,
            expected,
            "{body}"
        );
    }
    for (status, expected) in [("5", false), ("13", false), ("14", true), ("4", true)] {
        for protocol in [Protocol::Grpc, Protocol::GrpcWeb] {
            let content_type = match protocol {
                Protocol::Grpc => "application/grpc+proto",
                _ => "application/grpc-web+proto",
            };
            let answer = Response::builder()
                .header("content-type", content_type)
                .header("grpc-status", status)
                .body(Body::empty());
            assert_eq!(
                is_transport(protocol, answer.unwrap()).await,
                expected,
                "{protocol:?} {status}"
            );
        }
    }
}
