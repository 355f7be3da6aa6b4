//! gRPC, answered by hand.

use crate::messages::{Note, add, note};
use crate::server::{Server, answer, encoded, envelope, headers, joined, read};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, Version};
use iris_client::{Body, Client, Format, IrisError, Protocol, ServerStreaming, Status};
use iris_core::wire::grpc::write_trailers;
use std::time::Duration;

fn grpc(server: &Server) -> Client {
    Client::builder(&server.url())
        .protocol(Protocol::Grpc)
        .build()
        .unwrap()
}

fn reply(body: Bytes, trailers: HeaderMap) -> Response<Body> {
    let response = Response::builder().header("content-type", "application/grpc+proto");
    response.body(Body::with_trailers(body, trailers)).unwrap()
}

/// What a call fails with that gets this answer.
async fn failure(answer: impl Fn() -> Response<Body> + Clone + Send + 'static) -> IrisError {
    let server = Server::start(move |_| {
        let answer = answer();
        async { answer }
    })
    .await;
    add(&grpc(&server)).await.unwrap_err()
}

#[tokio::test]
async fn a_unary_call_is_an_envelope_over_http_2() {
    let server = Server::start(|request: Request<_>| async move {
        assert_eq!(request.version(), Version::HTTP_2);
        assert_eq!(request.uri().path(), "/api/test.v1.Notes/Add");
        let sent = request.headers();
        assert_eq!(sent["content-type"], "application/grpc+proto");
        assert_eq!(sent["te"], "trailers");
        assert_eq!(sent["user-agent"], "iris-client/0.1.0");
        assert_eq!(sent["x-tenant"], "north");
        let timeout = iris_core::wire::timeout::parse_grpc(sent["grpc-timeout"].to_str().unwrap());
        assert!(
            timeout
                .is_ok_and(|left| left <= Duration::from_secs(7) && left > Duration::from_secs(5))
        );
        assert_eq!(read(request).await, envelope(0, &encoded("hello")));
        let trailers = headers(&[("grpc-status", "0"), ("x-cost", "3")]);
        reply(envelope(0, &encoded("well")), trailers)
    })
    .await;
    let url = format!("{}/api", server.url());
    let client = Client::builder(&url)
        .protocol(Protocol::Grpc)
        .build()
        .unwrap();
    let call = add(&client)
        .deadline(Duration::from_secs(7))
        .metadata("x-tenant", "north");
    let response = call.with_response().await.unwrap();
    assert_eq!(response.message, note("well"));
    assert_eq!(response.trailers.get("x-cost"), Some("3"));
    assert_eq!(
        response.trailers.len(),
        1,
        "the protocol's own are taken out"
    );
}

#[tokio::test]
async fn json_goes_by_grpc_too() {
    let server = Server::start(|request: Request<_>| async move {
        assert_eq!(request.headers()["content-type"], "application/grpc+json");
        assert_eq!(read(request).await, envelope(0, br#"{"text":"hello"}"#));
        let mut response = reply(
            envelope(0, br#"{"text":"well"}"#),
            headers(&[("grpc-status", "0")]),
        );
        response
            .headers_mut()
            .insert("content-type", "application/grpc+json".parse().unwrap());
        response
    })
    .await;
    let builder = Client::builder(&server.url()).protocol(Protocol::Grpc);
    let client = builder.format(Format::Json).build().unwrap();
    assert_eq!(add(&client).await.unwrap(), note("well"));
}

#[tokio::test]
async fn errors_come_from_trailers_and_from_headers_alone() {
    let raised = || IrisError::new(0, "wrong password").with_status(Status::Unauthenticated);
    let in_trailers = failure(move || {
        let mut trailers = HeaderMap::new();
        write_trailers(&mut trailers, Some(&raised()));
        reply(Bytes::new(), trailers)
    });
    let in_headers = failure(move || {
        let mut response = answer(200, "application/grpc", "");
        write_trailers(response.headers_mut(), Some(&raised()));
        response
    });
    for error in [in_trailers.await, in_headers.await] {
        assert_eq!((error.code, error.status), (0, Status::Unauthenticated));
        assert_eq!(error.internal_message, "wrong password");
    }
}

#[tokio::test]
async fn an_error_after_a_message_is_an_error() {
    let error = failure(|| {
        let trailers = headers(&[("grpc-status", "5"), ("grpc-message", "gone%21")]);
        reply(envelope(0, &encoded("well")), trailers)
    })
    .await;
    assert_eq!((error.code, error.status), (900, Status::NotFound));
    assert_eq!(error.internal_message, "gone!");
}

#[tokio::test]
async fn an_error_without_a_message_says_who_answered_what() {
    for (pairs, code, status, shown) in [
        (
            &[("grpc-status", "5")][..],
            900,
            Status::NotFound,
            "`grpc-status: 5` (not_found)",
        ),
        (
            &[("grpc-status", "14"), ("grpc-message", "")],
            900,
            Status::Unavailable,
            "`grpc-status: 14` (unavailable)",
        ),
        (
            &[("grpc-status", "12")],
            901,
            Status::Unimplemented,
            "`grpc-status: 12` (unimplemented)",
        ),
        (
            &[("grpc-status", "77")],
            900,
            Status::Unknown,
            "`grpc-status: 77` (unknown)",
        ),
    ] {
        let in_trailers = move || reply(Bytes::new(), headers(pairs));
        let after_a_piece = move || reply(Bytes::from_static(b"\0\0\0"), headers(pairs));
        let in_headers = move || {
            let mut response = answer(200, "application/grpc", "");
            response.headers_mut().extend(headers(pairs));
            response
        };
        let errors = [
            failure(in_trailers).await,
            failure(after_a_piece).await,
            failure(in_headers).await,
        ];
        for error in errors {
            assert_eq!((error.code, error.status), (code, status));
            let said = format!(" answered {shown} and no message");
            assert!(
                error.internal_message.starts_with("http://127.0.0.1:"),
                "{error}"
            );
            assert!(error.internal_message.ends_with(&said), "{error}");
        }
    }
}

#[tokio::test]
async fn an_answer_without_status_says_so() {
    let error = failure(|| answer(200, "application/grpc", envelope(0, &encoded("well")))).await;
    assert_eq!((error.code, error.status), (900, Status::Internal));
    assert!(
        error.internal_message.contains("without `grpc-status`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_status_in_the_headers_counts_only_where_nothing_follows() {
    let with_status = |mut response: Response<Body>| {
        let headers = response.headers_mut();
        headers.insert("grpc-status", "9".parse().unwrap());
        headers.insert("grpc-message", "early".parse().unwrap());
        response
    };
    let message = || envelope(0, &encoded("well"));
    let no_trailers =
        failure(move || with_status(answer(200, "application/grpc", message()))).await;
    assert_eq!(
        (no_trailers.code, no_trailers.status),
        (900, Status::Internal)
    );
    assert!(
        no_trailers
            .internal_message
            .contains("without `grpc-status`"),
        "{no_trailers}"
    );
    let late = headers(&[("grpc-status", "5"), ("grpc-message", "late")]);
    let both = failure(move || with_status(reply(message(), late.clone()))).await;
    assert_eq!(both.status, Status::NotFound);
    assert_eq!(both.internal_message, "late");
}

#[tokio::test]
async fn no_message_and_two_messages_are_refused() {
    let ok = || headers(&[("grpc-status", "0")]);
    let none = failure(move || reply(Bytes::new(), ok())).await;
    assert_eq!((none.code, none.status), (900, Status::Unimplemented));
    assert!(
        none.internal_message.contains("without a message"),
        "{none}"
    );
    let two = failure(move || {
        let message = envelope(0, &encoded("well"));
        reply(joined(&[message.clone(), message]), ok())
    })
    .await;
    assert_eq!((two.code, two.status), (900, Status::Unimplemented));
    assert!(two.internal_message.contains("several messages"), "{two}");
}

#[tokio::test]
async fn bad_envelopes_are_told_apart() {
    let ok = || headers(&[("grpc-status", "0")]);
    let truncated = failure(move || reply(Bytes::from_static(b"\0\0\0\0\x09only"), ok())).await;
    assert_eq!((truncated.code, truncated.status), (911, Status::Internal));
    assert!(
        truncated.internal_message.contains("inside an envelope"),
        "{truncated}"
    );
    let raised = failure(|| {
        let trailers = headers(&[("grpc-status", "8")]);
        reply(Bytes::from_static(b"\0\0\0\0\x09only"), trailers)
    })
    .await;
    assert_eq!(
        raised.status,
        Status::ResourceExhausted,
        "the server's reason"
    );
    let huge = failure(move || reply(Bytes::from_static(b"\0\xff\xff\xff\xff"), ok())).await;
    assert_eq!((huge.code, huge.status), (913, Status::ResourceExhausted));
    let compressed = failure(move || reply(envelope(1, b"x"), ok())).await;
    assert_eq!(
        (compressed.code, compressed.status),
        (900, Status::Internal)
    );
    assert!(
        compressed.internal_message.contains("compressed"),
        "{compressed}"
    );
    let odd = failure(move || reply(envelope(4, b"x"), ok())).await;
    assert!(odd.internal_message.contains("flags"), "{odd}");
}

#[tokio::test]
async fn a_stream_ends_with_its_trailers() {
    let server = Server::start(|_| async {
        let messages = joined(&[envelope(0, &encoded("1")), envelope(0, &encoded("2"))]);
        reply(messages, headers(&[("grpc-status", "0"), ("x-rows", "2")]))
    })
    .await;
    let client = grpc(&server);
    let call: ServerStreaming<Note, Note> =
        client.server_streaming(crate::messages::WATCH, note("x"));
    let mut stream = call.await.unwrap();
    assert_eq!(
        stream.metadata().get("content-type"),
        Some("application/grpc+proto")
    );
    assert_eq!(stream.message().await.unwrap(), Some(note("1")));
    assert!(stream.trailers().is_empty());
    assert_eq!(stream.message().await.unwrap(), Some(note("2")));
    assert_eq!(stream.message().await.unwrap(), None);
    assert_eq!(stream.trailers().get("x-rows"), Some("2"));
}
