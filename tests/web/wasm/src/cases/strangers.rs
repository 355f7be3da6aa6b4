//! What is no Iris server, or only begins like one.

use crate::world::{World, number, remotes, text};
use end_to_end_client::iris_client::{Client, Status, Streams};
use end_to_end_client::messages::testing::v1::Range;
use end_to_end_client::{ErrorCode, IrisError};

fn assert_900(error: &IrisError, status: Status, saying: &str) {
    assert_eq!(error.code, ErrorCode::IrisCommunicationError, "{error}");
    assert_eq!(error.status, status, "{error}");
    assert!(error.internal_message.contains(saying), "{error}");
}

pub(super) async fn nobody_listens(world: World) {
    let url = world.tell("nobody").await;
    for streams in [Streams::Auto, Streams::WebSocket] {
        let remotes = remotes(Client::builder(&url).streams(streams));
        let error = remotes.shapes().ping().await.unwrap_err();
        assert_900(&error, Status::Unavailable, &url);
        let error = remotes.shapes().echo(text("a")).await.unwrap_err();
        assert_900(&error, Status::Unavailable, "(3 attempts)");
    }
}

pub(super) async fn a_page_is_no_answer(world: World) {
    let error = world.strangers("page").shapes().ping().await.unwrap_err();
    assert_900(
        &error,
        Status::Unknown,
        "HTTP status 200, content type `text/html` and begins: <h1>",
    );
    let error = world
        .strangers("gateway")
        .shapes()
        .ping()
        .await
        .unwrap_err();
    assert_900(
        &error,
        Status::Unavailable,
        "HTTP status 502, content type `text/html`",
    );
    let range = Range::default();
    let error = world
        .strangers("page")
        .shapes()
        .count(range)
        .await
        .unwrap_err();
    assert_900(
        &error,
        Status::Unknown,
        "content type `text/html` and begins: <h1>",
    );
}

pub(super) async fn an_answer_breaks_off(world: World) {
    let error = world
        .strangers("no-answer")
        .shapes()
        .ping()
        .await
        .unwrap_err();
    assert_900(&error, Status::Unavailable, "no-answer");
    for behaviour in ["short", "short-and-large"] {
        let error = world.strangers(behaviour).shapes().echo(text("")).await;
        assert_900(&error.unwrap_err(), Status::Unavailable, "broke off");
    }
}

pub(super) async fn a_stream_breaks_off(world: World) {
    for behaviour in ["within-message", "within-prefix", "after-message"] {
        let remotes = world.strangers(behaviour);
        let mut numbers = remotes.shapes().count(Range::default()).await.unwrap();
        assert_eq!(numbers.message().await.unwrap(), Some(number(1)));
        world.tell("break off").await;
        let error = numbers.message().await.unwrap_err();
        assert_900(&error, Status::Unavailable, "broke off");
        assert!(numbers.next().await.is_none());
    }
}

pub(super) async fn a_stream_ends_without_saying_how(world: World) {
    let remotes = world.strangers("no-end");
    let mut numbers = remotes.shapes().count(Range::default()).await.unwrap();
    assert_eq!(numbers.message().await.unwrap(), Some(number(1)));
    let error = numbers.message().await.unwrap_err();
    assert_900(
        &error,
        Status::Internal,
        "without saying how the call ended",
    );
    let remotes = world.strangers("cut");
    let mut numbers = remotes.shapes().count(Range::default()).await.unwrap();
    assert_eq!(numbers.message().await.unwrap(), Some(number(1)));
    let error = numbers.message().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisInvalidResponseMessage, "{error}");
}

/// Of 32 bits, which are all that lengths have here.
pub(super) async fn a_message_is_longer_than_memory(world: World) {
    let builder = world.strange("longest").max_message_size(usize::MAX);
    let mut numbers = remotes(builder)
        .shapes()
        .count(Range::default())
        .await
        .unwrap();
    assert_eq!(numbers.message().await.unwrap(), Some(number(1)));
    let error = numbers.message().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisMessageTooLarge, "{error}");
}

pub(super) async fn an_error_that_is_none(world: World) {
    let error = world
        .strangers("odd-error")
        .shapes()
        .ping()
        .await
        .unwrap_err();
    assert_900(&error, Status::Internal, "and begins: {\"oops\": 1}");
}
