//! Calls that end before their answer does.

use crate::settled::meanwhile;
use crate::world::{World, both_ways, number};
use end_to_end_client::ErrorCode;
use end_to_end_client::iris_client::Status;
use futures_util::stream::{self, StreamExt as _};
use std::time::Duration;

pub(super) async fn a_dropped_call_is_cancelled(world: World) {
    for remotes in both_ways(&world) {
        let mut call = remotes.failures().hang().into_future();
        meanwhile(&mut call, world.tell("started")).await;
        drop(call);
        world.tell("dropped").await;
    }
}

pub(super) async fn a_dropped_stream_is_cancelled(world: World) {
    for remotes in both_ways(&world) {
        let mut numbers = remotes.failures().hang_in_stream().await.unwrap();
        assert_eq!(numbers.message().await.unwrap(), Some(number(0)));
        drop(numbers);
        world.tell("dropped").await;

        // In the middle of more than any window holds.
        let mut blobs = remotes.failures().flood().await.unwrap();
        assert!(blobs.message().await.unwrap().is_some());
        drop(blobs);
        world.tell("dropped").await;
    }
}

pub(super) async fn a_dropped_upload_is_cancelled(world: World) {
    let remotes = world.remotes();
    let teller = DropTeller::default();
    let dropped = teller.0.clone();
    let numbers = stream::iter([number(1)])
        .chain(stream::pending())
        .map(move |number| {
            let _ = &teller;
            number
        });
    let mut call = remotes.shapes().sum(numbers).into_future();
    meanwhile(&mut call, world.tell("turn")).await;
    drop(call);
    // The stream goes with its call.
    while !dropped.load(std::sync::atomic::Ordering::Relaxed) {
        world.tell("turn").await;
    }
    // And the socket lives on.
    assert_eq!(
        remotes.shapes().sum(stream::empty()).await.unwrap(),
        number(0)
    );
    assert_eq!(world.tell("sockets").await, "1");
}

#[derive(Default)]
struct DropTeller(std::sync::Arc<std::sync::atomic::AtomicBool>);

impl Drop for DropTeller {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

pub(super) async fn a_call_ends_at_its_deadline(world: World) {
    for remotes in both_ways(&world) {
        let hang = remotes
            .failures()
            .hang()
            .deadline(Duration::from_millis(200));
        let error = hang.await.unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisCommunicationError);
        assert_eq!(error.status, Status::DeadlineExceeded, "{error}");
        world.tell("dropped").await;
        // The server is told how long it has.
        let facts = remotes
            .call_facts()
            .facts()
            .deadline(Duration::from_secs(60));
        let remaining = facts.await.unwrap().remaining.unwrap();
        assert!((1..=60_000).contains(&remaining), "{remaining}");
    }
}

pub(super) async fn a_stream_ends_at_its_deadline(world: World) {
    for remotes in both_ways(&world) {
        let numbers = remotes.failures().hang_in_stream();
        let mut numbers = numbers.deadline(Duration::from_millis(200)).await.unwrap();
        assert_eq!(numbers.message().await.unwrap(), Some(number(0)));
        let error = numbers.message().await.unwrap_err();
        assert_eq!(error.status, Status::DeadlineExceeded, "{error}");
        world.tell("dropped").await;
    }
}
