//! Calls that are sent again.

use crate::messages::{Note, add, note, put};
use crate::server::{Server, answer, ok, serve};
use hyper_util::rt::TokioIo;
use iris_client::{Body, Client, IrisError, RetryPolicy, ServerStreaming, Status};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;

/// Retries without waiting.
fn quick() -> RetryPolicy {
    RetryPolicy::default().pauses(Duration::ZERO, Duration::ZERO)
}

fn client(server: &Server, policy: RetryPolicy) -> Client {
    Client::builder(&server.url())
        .retry(policy)
        .build()
        .unwrap()
}

/// A server that closes its first connections without an answer.
async fn closing(times: usize) -> Server {
    Server::raw(move |mut socket, number| async move {
        if number < times {
            let _ = socket.read(&mut [0; 1024]).await;
        } else {
            serve(TokioIo::new(socket), |_| async { ok("well") }).await;
        }
    })
    .await
}

#[tokio::test]
async fn an_idempotent_call_is_sent_up_to_three_times() {
    let server = closing(2).await;
    assert_eq!(put(&client(&server, quick())).await.unwrap(), note("well"));
    assert_eq!(server.connections(), 3);

    let server = closing(3).await;
    let error = put(&client(&server, quick())).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(error.internal_message.contains("(3 attempts)"), "{error}");
    assert_eq!(server.connections(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_while_it_waits_to_be_sent_again_is_not() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let failing = tower::service_fn({
        let attempts = attempts.clone();
        move |_: http::Request<Body>| {
            attempts.fetch_add(1, Ordering::SeqCst);
            let away = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            std::future::ready(Err::<http::Response<Body>, _>(away))
        }
    });
    let hour = Duration::from_secs(3600);
    let client = Client::builder("http://in.process")
        .retry(RetryPolicy::default().pauses(hour, hour))
        .build_in_process(failing)
        .unwrap();
    // The clock goes on by itself once nothing else can: by then the call waits for its second attempt.
    let given_up = tokio::time::timeout(Duration::from_millis(1), put(&client)).await;
    assert!(given_up.is_err());
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    tokio::time::sleep(10 * hour).await;
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    // One that is not given up is sent again after its pauses.
    assert!(put(&client).await.is_err());
    assert_eq!(attempts.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn any_other_call_is_sent_once() {
    let server = closing(1).await;
    assert!(add(&client(&server, quick())).await.is_err());
    assert_eq!(server.connections(), 1);

    let server = closing(1).await;
    assert!(put(&client(&server, RetryPolicy::never())).await.is_err());
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_stream_is_opened_again_where_it_takes_one_message() {
    let server = Server::raw(|mut socket, number| async move {
        if number == 0 {
            let _ = socket.read(&mut [0; 1024]).await;
        } else {
            serve(TokioIo::new(socket), |_| async {
                answer(200, "application/connect+proto", &b"\x02\0\0\0\x02{}"[..])
            })
            .await;
        }
    })
    .await;
    let client = client(&server, quick());
    let call: ServerStreaming<Note, Note> =
        client.server_streaming(crate::messages::LIST, note("x"));
    assert!(call.await.unwrap().next().await.is_none());
    assert_eq!(server.connections(), 2);
}

/// How many requests come of one repeatable call that gets this answer.
async fn requests_for(status: u16, body: Vec<u8>) -> usize {
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = requests.clone();
    let server = Server::start(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        let body = body.clone();
        async move { answer(status, "application/json", body) }
    })
    .await;
    assert!(put(&client(&server, quick())).await.is_err());
    requests.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_proxy_without_a_server_is_asked_again_and_a_procedures_error_is_not() {
    let unavailable = br#"{"code":"unavailable","message":"no upstream"}"#.to_vec();
    assert_eq!(requests_for(503, unavailable).await, 3);
    assert_eq!(requests_for(502, b"bad gateway".to_vec()).await, 3);
    assert_eq!(requests_for(500, b"oops".to_vec()).await, 1);
    let own = IrisError::new(4, "closed for today").with_status(Status::Unavailable);
    let own = iris_core::wire::connect::error_body(&own);
    assert_eq!(requests_for(503, own).await, 1);
}

/// What a server says that has too many calls in flight.
fn turned_away() -> Vec<u8> {
    let error = IrisError::communication(Status::Unavailable, "try again later");
    iris_core::wire::connect::error_body(&error)
}

#[tokio::test]
async fn a_server_that_turns_a_call_away_is_asked_again() {
    assert_eq!(requests_for(503, turned_away()).await, 3);
    let late = IrisError::communication(Status::DeadlineExceeded, "too late");
    let late = iris_core::wire::connect::error_body(&late);
    assert_eq!(requests_for(504, late).await, 1);
}

#[tokio::test]
async fn a_call_that_was_turned_away_goes_to_another_server() {
    let full = Server::start(|_| async { answer(503, "application/json", turned_away()) }).await;
    let free = Server::start(|_| async { ok("free") }).await;
    for http2 in [false, true] {
        let policy = quick().attempts(2).budget(1.0, 0.0);
        let mut builder = Client::builder(&full.url()).endpoint(&free.url());
        if http2 {
            builder = builder.http2();
        }
        let client = builder.retry(policy).build().unwrap();
        for _ in 0..40 {
            assert_eq!(put(&client).await.unwrap(), note("free"));
        }
    }
    assert!(full.connections() > 0);
}

#[tokio::test]
async fn clones_share_one_budget() {
    let server = closing(usize::MAX).await;
    // Two to begin with, half a retry for each call, and none with time: 2 + 0.5 * 6 = 5.
    let policy = quick().attempts(100).budget(0.5, 0.0);
    let client = client(&server, policy);
    for _ in 0..6 {
        assert!(put(&client.clone()).await.is_err());
    }
    assert_eq!(server.connections(), 6 + 3);
}

#[tokio::test]
async fn a_retry_that_would_come_after_the_deadline_is_not_waited_for() {
    let server = closing(usize::MAX).await;
    let policy = RetryPolicy::default().pauses(Duration::from_secs(60), Duration::from_secs(60));
    let started = Instant::now();
    let error = put(&client(&server, policy))
        .deadline(Duration::from_secs(20))
        .await
        .unwrap_err();
    assert_eq!(
        error.status,
        Status::Unavailable,
        "what went wrong, not that time is short"
    );
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(server.connections(), 1);
}
