//! Deadlines, as they are told and as they are kept.

use crate::messages::{Note, WATCH, add, note};
use crate::server::{Server, encoded, envelope, ok};
use futures_util::StreamExt;
use http::Response;
use iris_client::{Body, Client, Protocol, ServerStreaming, Status};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_server_that_never_answers_meets_the_deadline() {
    let server = Server::start(|_| async { std::future::pending::<Response<Body>>().await }).await;
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let builder = || Client::builder(&server.url()).protocol(protocol);
        let by_default = builder().deadline(SHORT).build().unwrap();
        let by_call = builder()
            .deadline(Duration::from_secs(600))
            .build()
            .unwrap();
        for call in [add(&by_default), add(&by_call).deadline(SHORT)] {
            let error = call.await.unwrap_err();
            assert_eq!((error.code, error.status), (900, Status::DeadlineExceeded));
            assert!(
                error.internal_message.contains("deadline of 50ms"),
                "{error}"
            );
            assert!(error.internal_message.contains(&server.url()), "{error}");
        }
    }
}

#[tokio::test]
async fn a_body_that_never_ends_meets_the_deadline() {
    let server = Server::start(|_| async {
        let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>(http_body::Frame::data(
            encoded("half"),
        ))])
        .chain(futures_util::stream::pending());
        Response::builder()
            .header("content-type", "application/proto")
            .body(Body::new(http_body_util::StreamBody::new(pieces)))
            .unwrap()
    })
    .await;
    let client = Client::connect(&server.url()).unwrap();
    let error = add(&client).deadline(SHORT).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::DeadlineExceeded));
}

#[tokio::test]
async fn a_stream_meets_the_deadline_after_its_first_message() {
    let server = Server::start(|_| async {
        let first = envelope(0, &encoded("first"));
        let pieces =
            futures_util::stream::iter([Ok::<_, std::io::Error>(http_body::Frame::data(first))])
                .chain(futures_util::stream::pending());
        Response::builder()
            .header("content-type", "application/connect+proto")
            .body(Body::new(http_body_util::StreamBody::new(pieces)))
            .unwrap()
    })
    .await;
    let client = Client::connect(&server.url()).unwrap();
    let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("x"));
    let mut stream = call.deadline(Duration::from_millis(200)).await.unwrap();
    assert_eq!(stream.message().await.unwrap(), Some(note("first")));
    let error = stream.message().await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::DeadlineExceeded));
    assert!(
        stream.next().await.is_none(),
        "nothing comes after an error"
    );
}

/// A server that resets each stream as soon as it comes, before its answer or in it.
async fn resetting(in_answer: bool) -> Server {
    Server::raw(move |socket, _| async move {
        let mut connection = h2::server::handshake(socket).await.unwrap();
        while let Some(Ok((_, mut answer))) = connection.accept().await {
            if !in_answer {
                answer.send_reset(h2::Reason::CANCEL);
                continue;
            }
            let head = Response::builder().header("content-type", "application/grpc");
            let mut body = answer.send_response(head.body(()).unwrap(), false).unwrap();
            body.send_reset(h2::Reason::CANCEL);
        }
    })
    .await
}

#[tokio::test]
async fn a_reset_just_before_the_deadline_is_the_deadline() {
    for in_answer in [false, true] {
        let server = resetting(in_answer).await;
        let builder = Client::builder(&server.url()).protocol(Protocol::Grpc);
        let client = builder.build().unwrap();
        // The server is taken to have seen the end of the call's time, of which less is left than clocks differ.
        let call = add(&client).deadline(Duration::from_millis(15));
        let error = call.await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::DeadlineExceeded));
        // With an hour left it cannot be that.
        let call = add(&client).deadline(Duration::from_secs(3600));
        let error = call.await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Canceled));
    }
}

#[tokio::test]
async fn a_call_inherits_the_deadline_of_the_call_being_served() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = told.clone();
    let server = Server::start(move |request: http::Request<_>| {
        let timeout = request.headers().get("connect-timeout-ms").cloned();
        seen.lock().unwrap().push(timeout);
        async { ok("well") }
    })
    .await;
    let client = Client::connect(&server.url()).unwrap();
    let served = Some(Instant::now() + Duration::from_secs(5));
    iris_core::deadline::scope(served, async {
        add(&client).await.unwrap();
        add(&client)
            .deadline(Duration::from_secs(60))
            .await
            .unwrap();
        add(&client).deadline(Duration::from_secs(2)).await.unwrap();
    })
    .await;
    add(&client).await.unwrap();
    let told: Vec<Option<u64>> = told
        .lock()
        .unwrap()
        .iter()
        .map(|value| Some(value.as_ref()?.to_str().unwrap().parse().unwrap()))
        .collect();
    assert!(
        told[..2]
            .iter()
            .all(|left| left.is_some_and(|left| (3_000..=5_000).contains(&left))),
        "{told:?}"
    );
    assert!(told[2].is_some_and(|left| left <= 2_000), "{told:?}");
    assert_eq!(told[3], None);
}

#[tokio::test]
async fn a_deadline_beyond_counting_is_none() {
    let server = Server::start(|_| async { ok("well") }).await;
    let client = Client::connect(&server.url()).unwrap();
    assert!(add(&client).deadline(Duration::MAX).await.is_ok());
}

#[tokio::test]
async fn a_call_whose_time_is_over_is_not_sent() {
    let server = Server::start(|_| async { ok("well") }).await;
    let client = Client::connect(&server.url()).unwrap();
    let error = add(&client).deadline(Duration::ZERO).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::DeadlineExceeded));
    assert_eq!(server.connections(), 0);
}
