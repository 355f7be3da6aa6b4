//! Calls that the server says it did not look at, which may be sent again whatever they do.

use crate::messages::{COLLECT, Note, WATCH, add, note, put};
use crate::peer::{HEAD, Peer};
use crate::server::Server;
use futures_util::stream;
use iris_client::{Client, ClientStreaming, RetryPolicy, ServerStreaming, Status};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Why a stream is reset, or a connection closed (RFC 9113, 7).
const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

fn client(server: &Server) -> Client {
    let never = RetryPolicy::never();
    let builder = Client::builder(&server.url()).http2().retry(never);
    builder.build().unwrap()
}

/// A server that resets so many calls for this reason, and answers the others; counts all of them.
async fn resetting(times: usize, reason: u32) -> (Server, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    let server = Server::raw(move |socket, _| {
        let calls = counter.clone();
        async move {
            let mut peer = Peer::accept(socket).await;
            while let Some(stream) = peer.call().await {
                match calls.fetch_add(1, Ordering::SeqCst) < times {
                    true => peer.reset(stream, reason).await,
                    false => peer.answer(stream).await,
                }
            }
        }
    })
    .await;
    (server, calls)
}

#[tokio::test]
async fn a_refused_call_is_sent_once_more() {
    let (server, calls) = resetting(1, REFUSED_STREAM).await;
    assert_eq!(add(&client(&server)).await.unwrap(), note(""));
    assert_eq!(calls.load(Ordering::SeqCst), 2);

    let (server, calls) = resetting(2, REFUSED_STREAM).await;
    let error = add(&client(&server)).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error
            .internal_message
            .ends_with("reset the stream (REFUSED_STREAM) before an answer came (2 attempts)"),
        "{error}"
    );
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn it_is_none_of_the_retries_of_a_repeatable_call() {
    let (server, calls) = resetting(usize::MAX, REFUSED_STREAM).await;
    let policy = RetryPolicy::default().pauses(Duration::ZERO, Duration::ZERO);
    let builder = Client::builder(&server.url()).http2().retry(policy);
    let error = put(&builder.build().unwrap()).await.unwrap_err();
    assert!(
        error.internal_message.ends_with("(4 attempts)"),
        "three by the policy: {error}"
    );
    assert_eq!(calls.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn any_other_reset_may_be_of_a_call_that_began() {
    for reason in [NO_ERROR, INTERNAL_ERROR, CANCEL, ENHANCE_YOUR_CALM] {
        let (server, calls) = resetting(1, reason).await;
        assert!(add(&client(&server)).await.is_err(), "{reason}");
        assert_eq!(calls.load(Ordering::SeqCst), 1, "{reason}");
    }
}

#[tokio::test]
async fn a_reset_after_the_beginning_of_an_answer_is_no_refusal() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    let server = Server::raw(move |socket, _| {
        let calls = counter.clone();
        async move {
            let mut peer = Peer::accept(socket).await;
            while let Some(stream) = peer.call().await {
                calls.fetch_add(1, Ordering::SeqCst);
                peer.head(HEAD, stream, b"application/proto").await;
                peer.reset(stream, REFUSED_STREAM).await;
            }
        }
    })
    .await;
    let error = add(&client(&server)).await.unwrap_err();
    let expected = "reset the stream (REFUSED_STREAM) in the middle of the answer";
    assert!(error.internal_message.ends_with(expected), "{error}");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_call_that_came_too_late_for_its_connection_goes_over_another() {
    // Whatever the reason: the call was not looked at.
    for reason in [NO_ERROR, ENHANCE_YOUR_CALM] {
        let server = Server::raw(move |socket, number| async move {
            let mut peer = Peer::accept(socket).await;
            while let Some(stream) = peer.call().await {
                match number {
                    // The connection stays, so that only what the server says leads elsewhere.
                    0 => peer.go_away(0, reason).await,
                    _ => peer.answer(stream).await,
                }
            }
        })
        .await;
        let client = client(&server);
        assert_eq!(add(&client).await.unwrap(), note(""));
        assert_eq!(add(&client).await.unwrap(), note(""));
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn calls_before_the_last_one_are_answered_where_they_are() {
    let server = Server::raw(|socket, number| async move {
        let mut peer = Peer::accept(socket).await;
        if number == 0 {
            let first = peer.call().await.unwrap();
            peer.call().await.unwrap();
            peer.go_away(first, NO_ERROR).await;
            peer.answer(first).await;
        }
        while let Some(stream) = peer.call().await {
            peer.answer(stream).await;
        }
    })
    .await;
    let client = client(&server);
    let (one, two) = tokio::join!(add(&client).into_future(), add(&client).into_future());
    assert_eq!((one.unwrap(), two.unwrap()), (note(""), note("")));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_call_that_may_have_begun_is_not_sent_again() {
    let server = Server::raw(|socket, _| async move {
        let mut peer = Peer::accept(socket).await;
        let stream = peer.call().await.unwrap();
        peer.go_away(stream, NO_ERROR).await;
        // And the connection ends.
    })
    .await;
    let error = add(&client(&server)).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert_eq!(server.connections(), 1, "{error}");
}

#[tokio::test]
async fn a_stream_of_answers_is_asked_for_again_and_one_of_requests_is_gone() {
    let (server, calls) = resetting(1, REFUSED_STREAM).await;
    let watch: ServerStreaming<Note, Note> = client(&server).server_streaming(WATCH, note("x"));
    // The answer to the second is none of a stream.
    assert_eq!(watch.await.unwrap_err().status, Status::Unknown);
    assert_eq!(calls.load(Ordering::SeqCst), 2);

    let (server, calls) = resetting(1, REFUSED_STREAM).await;
    let requests = stream::iter([note("x")]);
    let collect: ClientStreaming<Note, Note> = client(&server).client_streaming(COLLECT, requests);
    assert_eq!(collect.await.unwrap_err().status, Status::Unavailable);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}
