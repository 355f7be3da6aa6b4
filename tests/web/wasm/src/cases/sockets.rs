//! WebSockets, and servers that are wrong about them.

use crate::settled::meanwhile;
use crate::world::{World, number, remotes, text};
use end_to_end_client::iris_client::{Status, Streams};
use end_to_end_client::messages::testing::v1::Range;
use end_to_end_client::{ErrorCode, IrisError, Remotes};
use futures_util::FutureExt as _;
use futures_util::future::join;
use futures_util::stream::{self, StreamExt as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn over_a_socket(world: &World, behaviour: &str) -> Remotes {
    remotes(world.strange(behaviour).streams(Streams::WebSocket))
}

fn assert_900(error: &IrisError, status: Status, saying: &str) {
    assert_eq!(error.code, ErrorCode::IrisCommunicationError, "{error}");
    assert_eq!(error.status, status, "{error}");
    assert!(error.internal_message.contains(saying), "{error}");
}

pub(super) async fn what_is_no_socket(world: World) {
    let error = over_a_socket(&world, "page")
        .shapes()
        .ping()
        .await
        .unwrap_err();
    assert_900(&error, Status::Unavailable, "/page/-/websocket");
    // Browsers take the answer for none already, Node leaves it to the client.
    let call = over_a_socket(&world, "without-protocol").shapes().ping();
    let error = call.await.unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisCommunicationError);
    assert!(
        error
            .internal_message
            .contains("/without-protocol/-/websocket"),
        "{error}"
    );
    // A pause comes before the next attempt, and the call waits for that.
    let remotes = over_a_socket(&world, "later");
    remotes.shapes().ping().await.unwrap_err();
    assert_eq!(
        remotes.shapes().echo(text("")).await.unwrap(),
        text("answer")
    );
}

pub(super) async fn a_server_that_breaks_the_protocol(world: World) {
    for (behaviour, saying) in [
        ("text", "a message that is not binary"),
        ("three-bytes", "a message of 3 bytes is no frame"),
        ("data-on-0", "DATA belongs to a stream, and came on 0"),
        ("odd-head", "line 1 of HEAD must be an HTTP status"),
        ("two-heads", "a second HEAD"),
        ("wide-window", "a WINDOW beyond the most"),
        ("end-alone", "ended the call without an answer"),
        ("reset-internal", "internal error"),
        (
            "close-1002",
            "the server closed the WebSocket (1002): because",
        ),
    ] {
        let call = over_a_socket(&world, behaviour)
            .shapes()
            .count(Range::default());
        let error = match call.await {
            Ok(mut numbers) => loop {
                match numbers.message().await {
                    Ok(number) => assert!(number.is_some(), "{behaviour}"),
                    Err(error) => break error,
                }
            },
            Err(error) => error,
        };
        assert_900(&error, Status::Internal, saying);
    }
    // What arrived within the window is read, what is beyond it is not.
    world.tell("forget").await;
    let remotes = over_a_socket(&world, "too-much-data");
    let mut numbers = remotes.shapes().count(Range::default()).await.unwrap();
    while !world.tell("heard").await.contains("RESET 1") {}
    for _ in 0..4 {
        assert_eq!(numbers.message().await.unwrap(), Some(number(0)));
    }
    let error = numbers.message().await.unwrap_err();
    assert_900(&error, Status::Internal, "more DATA than its window");
    // A frame that a later version may have is passed over.
    let remotes = over_a_socket(&world, "unknown-frames");
    assert_eq!(
        remotes.shapes().echo(text("")).await.unwrap(),
        text("answer")
    );
}

pub(super) async fn a_server_that_closes_within_a_frame(world: World) {
    let remotes = over_a_socket(&world, "within-frame");
    let mut numbers = remotes.shapes().count(Range::default()).await.unwrap();
    world.tell("break off").await;
    let error = numbers.message().await.unwrap_err();
    assert_900(&error, Status::Unavailable, "broke");
    assert!(numbers.next().await.is_none());
}

pub(super) async fn a_stream_that_is_cut_short(world: World) {
    for (behaviour, code, saying) in [
        (
            "half-an-envelope",
            ErrorCode::IrisInvalidResponseMessage,
            "inside an envelope",
        ),
        (
            "no-last-word",
            ErrorCode::IrisCommunicationError,
            "without saying how the call ended",
        ),
    ] {
        let remotes = over_a_socket(&world, behaviour);
        let mut numbers = remotes.shapes().count(Range::default()).await.unwrap();
        assert_eq!(numbers.message().await.unwrap(), Some(number(1)));
        let error = numbers.message().await.unwrap_err();
        assert_eq!(error.code, code, "{error}");
        assert!(error.internal_message.contains(saying), "{error}");
        assert!(numbers.next().await.is_none());
    }
}

pub(super) async fn a_call_that_is_refused(world: World) {
    // What was not looked at is sent again where that is safe for all the caller knows.
    let remotes = over_a_socket(&world, "refuses-twice");
    assert_eq!(
        remotes.shapes().echo(text("")).await.unwrap(),
        text("answer")
    );
    let error = over_a_socket(&world, "refuses")
        .shapes()
        .ping()
        .await
        .unwrap_err();
    assert_900(&error, Status::Unavailable, "the server refused the call");
    let error = over_a_socket(&world, "cancels")
        .shapes()
        .ping()
        .await
        .unwrap_err();
    assert_900(&error, Status::Canceled, "the server cancelled the call");
}

pub(super) async fn a_server_that_goes_away(world: World) {
    // Even what is not idempotent comes to the next server, for the first did not look at it.
    let remotes = over_a_socket(&world, "goes-away");
    remotes.shapes().ping().await.unwrap();
    assert_eq!(world.tell("sockets").await, "2");
    // A stream that began cannot be sent again.
    let remotes = over_a_socket(&world, "goes-away");
    let error = remotes
        .shapes()
        .sum(stream::iter([number(1)]))
        .await
        .unwrap_err();
    assert_900(&error, Status::Unavailable, "shutting down");
    // One that was looked at is finished.
    let remotes = over_a_socket(&world, "goes-away-after-1");
    assert_eq!(
        remotes.shapes().echo(text("")).await.unwrap(),
        text("answer")
    );
}

/// Waits until so many sockets are open.
async fn open_sockets(world: &World, count: &str) {
    while world.tell("open sockets").await != count {}
}

pub(super) async fn a_server_that_does_not_read_fills_no_page(world: World) {
    const MIB: usize = 1024 * 1024;
    let sent = Arc::new(AtomicUsize::new(0));
    let texts = stream::repeat_with({
        let sent = sent.clone();
        move || {
            sent.fetch_add(MIB, Ordering::Relaxed);
            text(&"x".repeat(MIB))
        }
    });
    let remotes = over_a_socket(&world, "lures");
    let answers = remotes.shapes().chat(texts.take(100)).await.unwrap();
    let mut before = 0;
    loop {
        for _ in 0..50 {
            world.tell("turn").await;
        }
        let now = sent.load(Ordering::Relaxed);
        if now == before && now > 0 {
            break;
        }
        before = now;
    }
    // What the socket and the client hold, and what the system does beside.
    assert!(before < 50 * MIB, "{before}");
    drop(answers);
}

pub(super) async fn an_idle_socket_is_closed(world: World) {
    let remotes = remotes(world.builder().streams(Streams::WebSocket));
    remotes.shapes().ping().await.unwrap();
    open_sockets(&world, "1").await;
    world.tell("advance 29000").await;
    // It has begun anew.
    remotes.shapes().ping().await.unwrap();
    world.tell("advance 29000").await;
    remotes.shapes().ping().await.unwrap();
    assert_eq!(world.tell("sockets").await, "1");
    world.tell("advance 31000").await;
    open_sockets(&world, "0").await;
    remotes.shapes().ping().await.unwrap();
    assert_eq!(world.tell("sockets").await, "2");
    // Without a client there is no use for it.
    drop(remotes);
    open_sockets(&world, "0").await;
}

pub(super) async fn a_silent_server_is_given_up(world: World) {
    let remotes = over_a_socket(&world, "silent");
    let outside = async {
        open_sockets(&world, "1").await;
        while !world.tell("heard").await.contains("HEAD 1") {}
        world.tell("advance 31000").await;
        while !world.tell("heard").await.contains("PING") {}
        world.tell("advance 21000").await;
    };
    let (answer, ()) = join(remotes.shapes().ping().into_future(), outside).await;
    let error = answer.unwrap_err();
    assert_900(
        &error,
        Status::Unavailable,
        "no answer to a ping within 20s",
    );
    // A server that is there is waited for.
    world.tell("forget").await;
    let remotes = over_a_socket(&world, "answers-pings");
    let mut call = remotes.shapes().ping().into_future();
    meanwhile(&mut call, async {
        while !world.tell("heard").await.contains("HEAD 1") {}
        for pings in 1..4 {
            world.tell("advance 31000").await;
            while world.tell("heard").await.matches("PING").count() < pings {}
            while world.tell("received").await != pings.to_string() {}
        }
    })
    .await;
    assert!(call.now_or_never().is_none());
}

pub(super) async fn node_says_where_sockets_come_from(world: World) {
    world.tell("no sockets").await;
    let error = world
        .remotes()
        .shapes()
        .sum(stream::empty().boxed())
        .await
        .unwrap_err();
    assert_900(&error, Status::Unimplemented, "globalThis.WebSocket");
    world.remotes().shapes().ping().await.unwrap();
}
