//! What an application lets its callers ask for: time, and how much at once.

use crate::support::{Server, Way};
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, Protocol, RetryPolicy, Status};
use std::time::Duration;

async fn remaining(server: &Server, way: Way, asked: Option<u64>) -> Option<i64> {
    let facts = server.remotes(way).call_facts();
    let call = match asked {
        Some(seconds) => facts.facts().deadline(Duration::from_secs(seconds)),
        None => facts.facts(),
    };
    call.await.unwrap().remaining
}

#[tokio::test]
async fn timeouts_are_kept_within_the_applications_bounds() {
    let seconds = Duration::from_secs;
    let server = Server::with(
        |iris| {
            iris.default_timeout(seconds(100))
                .min_timeout(seconds(50))
                .max_timeout(seconds(200))
        },
        |server| server,
    )
    .await;
    for way in Way::ALL {
        for (asked, least, most) in [
            (None, 90, 100),
            (Some(20), 40, 50),
            (Some(150), 140, 150),
            (Some(1000), 190, 200),
        ] {
            let remaining = remaining(&server, way, asked).await.unwrap();
            let expected = least * 1000..=most * 1000;
            assert!(
                expected.contains(&remaining),
                "{way:?} {asked:?} {remaining}"
            );
        }
    }
}

#[tokio::test]
async fn nobody_waits_longer_than_the_longest_timeout() {
    let server = Server::with(
        |iris| iris.max_timeout(Duration::from_millis(100)),
        |server| server,
    )
    .await;
    for way in Way::ALL {
        let error = server.remotes(way).failures().hang().await.unwrap_err();
        assert_eq!(error.status, Status::DeadlineExceeded, "{way:?}");
        server.probe.dropped.notified().await;
    }
}

#[tokio::test]
async fn one_call_too_many_is_refused_at_once_and_places_are_freed() {
    let server = Server::with(|iris| iris.max_calls(1), |server| server).await;
    // In-process ways have an application, and so a count, of their own.
    for way in [
        Way::ConnectProto,
        Way::ConnectJson,
        Way::GrpcProto,
        Way::GrpcJson,
    ] {
        let remotes = server.remotes(way);
        let mut hanging = remotes.failures().hang_in_stream().await.unwrap();
        hanging.next().await.unwrap().unwrap();
        let shapes = server.remotes(Way::ConnectProto).shapes();
        let error = shapes.ping().await.unwrap_err();
        assert_eq!(error.status, Status::Unavailable, "{way:?} {error}");
        assert!(
            error.internal_message.contains("calls in flight"),
            "{error}"
        );
        drop(hanging);
        server.probe.dropped.notified().await;
        // The place is freed after the procedure was dropped, as the last thing.
        while shapes.fetch().await.is_err() {
            tokio::task::yield_now().await;
        }
        // Neither refusals nor failures keep a place.
        remotes.failures().question_mark().await.unwrap_err();
        shapes.fetch().await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_a_full_server_turns_away_is_answered_by_another() {
    let full = Server::with(|iris| iris.max_calls(1), |server| server).await;
    let free = Server::start().await;
    let failures = full.remotes(Way::ConnectProto).failures();
    let mut numbers = failures.hang_in_stream().await.unwrap();
    numbers.next().await.unwrap().unwrap();
    for protocol in [Protocol::Connect, Protocol::Grpc, Protocol::GrpcWeb] {
        let retry = RetryPolicy::default()
            .pauses(Duration::ZERO, Duration::ZERO)
            .budget(1.0, 0.0);
        let client = Client::builder(&full.url())
            .endpoint(&free.url())
            .protocol(protocol)
            .retry(retry);
        let shapes = Remotes::new(client.build().unwrap()).shapes();
        for _ in 0..40 {
            shapes.fetch().await.unwrap();
        }
        // What may change something is sent once, whoever gets it.
        while shapes.ping().await.is_ok() {}
    }
}

#[tokio::test]
async fn a_caller_who_stops_reading_does_not_keep_its_place_beyond_its_deadline() {
    let server = Server::with(
        |iris| iris.max_calls(1).max_timeout(Duration::from_millis(300)),
        |server| server,
    )
    .await;
    for way in [Way::ConnectHttp2, Way::GrpcProto, Way::ConnectProto] {
        // The answer fills every window, and nobody empties them.
        let failures = server.remotes(way).failures();
        let mut blobs = failures.flood().await.unwrap();
        blobs.next().await.unwrap().unwrap();
        let shapes = server.remotes(Way::GrpcProto).shapes();
        assert_eq!(shapes.ping().await.unwrap_err().status, Status::Unavailable);
        server.probe.dropped.notified().await;
        shapes.ping().await.unwrap();
        drop(blobs);
    }
}
