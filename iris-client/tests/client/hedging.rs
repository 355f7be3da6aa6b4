//! Calls that are sent a second time while the first has no answer.

use crate::messages::{add, note, put};
use crate::peer::Peer;
use crate::server::{Server, answer, ok, serve};
use hyper_util::rt::TokioIo;
use iris_client::{Client, ClientBuilder, HedgePolicy, IrisError, RetryPolicy, Status};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;

/// Why a stream is reset (RFC 9113, 7).
const INTERNAL_ERROR: u32 = 2;

const SOON: Duration = Duration::from_millis(5);

/// Tells when it is dropped, as the answer of a call that was cancelled is.
struct Dropped(mpsc::UnboundedSender<()>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// A server that leaves its first requests without an answer; how many requests came, and when one is cancelled.
async fn slow(times: usize) -> (Server, Arc<AtomicUsize>, mpsc::UnboundedReceiver<()>) {
    let requests = Arc::new(AtomicUsize::new(0));
    #[expect(clippy::disallowed_methods, reason = "the test makes few of them")]
    let (cancelled, cancellations) = mpsc::unbounded_channel();
    let counter = requests.clone();
    let server = Server::start(move |_| {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        let dropped = Dropped(cancelled.clone());
        async move {
            if number < times {
                pending::<()>().await;
                drop(dropped);
            } else {
                std::mem::forget(dropped);
            }
            ok("well")
        }
    })
    .await;
    (server, requests, cancellations)
}

fn hedging(server: &Server, attempts: u32) -> ClientBuilder {
    Client::builder(&server.url()).hedge(HedgePolicy::after(SOON).attempts(attempts))
}

#[tokio::test]
async fn the_first_answer_counts_and_the_other_attempt_is_cancelled() {
    for http2 in [false, true] {
        let (server, requests, mut cancellations) = slow(1).await;
        let mut builder = hedging(&server, 2);
        if http2 {
            builder = builder.http2();
        }
        let client = builder.build().unwrap();
        assert_eq!(put(&client).await.unwrap(), note("well"));
        cancellations.recv().await.unwrap();
        assert_eq!(requests.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn there_are_as_many_attempts_as_the_policy_says() {
    let (server, requests, _cancellations) = slow(3).await;
    let client = hedging(&server, 4).build().unwrap();
    assert_eq!(put(&client).await.unwrap(), note("well"));
    assert_eq!(requests.load(Ordering::SeqCst), 4);

    let (server, requests, _cancellations) = slow(3).await;
    let client = hedging(&server, 3).build().unwrap();
    let error = put(&client).deadline(40 * SOON).await.unwrap_err();
    assert_eq!(error.status, Status::DeadlineExceeded);
    assert_eq!(requests.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn what_is_not_declared_idempotent_is_sent_once() {
    let (server, requests, _cancellations) = slow(1).await;
    let client = hedging(&server, 3).build().unwrap();
    let error = add(&client).deadline(40 * SOON).await.unwrap_err();
    assert_eq!(error.status, Status::DeadlineExceeded);
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn without_a_retry_budget_there_is_no_second_attempt() {
    let (server, requests, _cancellations) = slow(usize::MAX).await;
    let policy = RetryPolicy::never().budget(0.0, 0.0);
    let client = hedging(&server, 10).retry(policy).build().unwrap();
    tokio::time::timeout(60 * SOON, put(&client).into_future())
        .await
        .unwrap_err();
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_second_attempt_goes_to_another_address() {
    let (stuck, stuck_requests, _cancellations) = slow(usize::MAX).await;
    let quick = Server::start(|_| async { ok("quick") }).await;
    let policy = RetryPolicy::default().budget(1.0, 1000.0);
    let client = hedging(&stuck, 2).endpoint(&quick.url()).retry(policy);
    let client = client.build().unwrap();
    for _ in 0..40 {
        let answer = put(&client).deadline(Duration::from_secs(60)).await;
        assert_eq!(answer.unwrap(), note("quick"));
    }
    assert!(stuck_requests.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn a_second_attempt_goes_over_another_connection() {
    // The first connection answers once, and then nothing more.
    let served = Arc::new(AtomicUsize::new(0));
    let server = Server::raw(move |socket, number| {
        let served = served.clone();
        serve(TokioIo::new(socket), move |_| {
            let before = match number {
                0 => served.fetch_add(1, Ordering::SeqCst),
                _ => 0,
            };
            async move {
                if before > 0 {
                    pending::<()>().await;
                }
                ok("well")
            }
        })
    })
    .await;
    let policy = RetryPolicy::default().budget(1.0, 1000.0);
    let client = hedging(&server, 100).http2().connections(2).retry(policy);
    let client = client.build().unwrap();
    for _ in 0..20 {
        assert_eq!(put(&client).await.unwrap(), note("well"));
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn an_error_of_the_procedure_is_an_answer() {
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = requests.clone();
    let server = Server::start(move |_| {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            if number == 0 {
                pending::<()>().await;
            }
            let own = IrisError::new(4, "closed for today");
            let own = iris_core::wire::connect::error_body(&own);
            answer(400, "application/json", own)
        }
    })
    .await;
    let error = put(&hedging(&server, 2).build().unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.code, 4);
    assert_eq!(requests.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_attempt_without_an_answer_leaves_the_other_to_get_one() {
    // The first connection breaks after the second request was sent, which is answered later still.
    let server = Server::raw(|mut socket, number| async move {
        if number == 0 {
            let _ = socket.read(&mut [0; 1024]).await;
            tokio::time::sleep(4 * SOON).await;
        } else {
            serve(TokioIo::new(socket), |_| async {
                tokio::time::sleep(8 * SOON).await;
                ok("well")
            })
            .await;
        }
    })
    .await;
    let client = hedging(&server, 2).retry(RetryPolicy::never());
    let client = client.build().unwrap();
    assert_eq!(put(&client).await.unwrap(), note("well"));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn an_attempt_that_is_reset_leaves_the_other_to_get_an_answer() {
    let server = Server::raw(|socket, _| async move {
        let mut peer = Peer::accept(socket).await;
        let first = peer.call().await.unwrap();
        let second = peer.call().await.unwrap();
        peer.reset(first, INTERNAL_ERROR).await;
        peer.answer(second).await;
        while peer.call().await.is_some() {}
    })
    .await;
    let client = hedging(&server, 2).http2().retry(RetryPolicy::never());
    let client = client.build().unwrap();
    assert_eq!(put(&client).await.unwrap(), note(""));
}

#[tokio::test]
async fn attempts_that_are_all_reset_are_an_error() {
    let server = Server::raw(|socket, _| async move {
        let mut peer = Peer::accept(socket).await;
        let both = [peer.call().await.unwrap(), peer.call().await.unwrap()];
        for stream in both {
            peer.reset(stream, INTERNAL_ERROR).await;
        }
        while peer.call().await.is_some() {}
    })
    .await;
    let client = hedging(&server, 2).http2().retry(RetryPolicy::never());
    let error = put(&client.build().unwrap()).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Internal));
}
