//! Calls of one message for one.

use crate::world::{World, both_ways, number, remotes, text};
use end_to_end_client::iris_client::{Client, Format, Mock, Protocol, Status, Streams};
use end_to_end_client::messages::testing::v1::Blob;
use end_to_end_client::shapes::ECHO;
use end_to_end_client::{ErrorCode, Remotes};
use futures_util::stream;

pub(super) async fn answers_come_in_both_formats(world: World) {
    for format in [Format::Proto, Format::Json] {
        for streams in [Streams::Auto, Streams::WebSocket] {
            let remotes = remotes(world.builder().format(format).streams(streams));
            let answer = remotes.shapes().echo(text("hällo")).await;
            assert_eq!(answer.unwrap(), text("hällo"), "{format:?} {streams:?}");
            remotes.shapes().ping().await.unwrap();
        }
    }
}

pub(super) async fn integers_beyond_those_of_javascript_are_exact(world: World) {
    // In JSON they are texts, and in a frame of JavaScript's they are bytes.
    for format in [Format::Proto, Format::Json] {
        let remotes = remotes(world.builder().format(format));
        for beyond in [i64::MAX, i64::MIN, (1 << 53) + 1] {
            let sum = remotes.shapes().sum(stream::iter([number(beyond)]));
            assert_eq!(sum.await.unwrap(), number(beyond), "{format:?}");
        }
    }
}

pub(super) async fn a_query_may_be_answered_from_a_cache(world: World) {
    for remotes in both_ways(&world) {
        let answer = remotes.shapes().echo(text("get")).get().await;
        assert_eq!(answer.unwrap(), text("get"));
    }
}

pub(super) async fn large_messages_go_both_ways(world: World) {
    // Many frames of a socket, many pieces of a fetch, and more than a window.
    const LENGTH: usize = 900_000;
    for remotes in both_ways(&world) {
        let data = vec![7; LENGTH].into();
        let length = remotes.shapes().length(Blob { data }).await;
        assert_eq!(length.unwrap(), number(LENGTH as i64));
        let blob = remotes.shapes().blob(number(LENGTH as i64)).await.unwrap();
        assert_eq!(blob.data, vec![7; LENGTH]);
    }
}

pub(super) async fn what_begins_with_a_slash_is_the_pages_own_server(world: World) {
    let client = Client::connect("/below/page");
    if !world.is_browser() {
        // Node is at no origin.
        let error = client.unwrap_err();
        assert!(
            error.internal_message.contains("write http://host:port"),
            "{error}"
        );
        return;
    }
    // The server of the pages is no Iris server; that it answers is enough.
    let error = Remotes::new(client.unwrap())
        .shapes()
        .ping()
        .await
        .unwrap_err();
    assert!(
        error.internal_message.contains("HTTP status 404"),
        "{error}"
    );
    assert!(error.internal_message.contains("/below/page"), "{error}");
}

pub(super) async fn a_mock_stands_in_for_the_server(_: World) {
    let mock = Mock::new().on(ECHO, |request| Ok(text(&request.text.to_uppercase())));
    let remotes = Remotes::new(mock.client());
    assert_eq!(remotes.shapes().echo(text("a")).await.unwrap(), text("A"));
    let error = remotes.shapes().ping().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisProcedureNotFound);
    let layered = Client::builder("http://any").build_in_process(Mock::new());
    assert_eq!(format!("{:?}", Protocol::default()), "Connect");
    assert!(layered.is_ok());
}

pub(super) async fn a_wrong_url_is_an_error_at_once(_: World) {
    for url in ["", "nowhere", "ftp://host", "http://host?query"] {
        let error = Remotes::connect(url).unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisCommunicationError, "{url}");
        assert_eq!(error.status, Status::InvalidArgument, "{url}");
    }
}

pub(super) async fn failures_are_told(world: World) {
    let remotes = world.remotes();
    let mut failures = remotes.client().on_error();
    remotes.shapes().ping().await.unwrap();
    remotes.failures().fail(text("zero")).await.unwrap_err();
    let failure = failures.next().await.unwrap();
    assert_eq!(failure.path(), "/testing.v1.Failures/Fail");
    assert_eq!(failure.error.code, 0);
    drop(remotes);
    assert!(failures.next().await.is_none());
}

pub(super) async fn an_idempotent_call_is_sent_again(world: World) {
    let remotes = world.strangers("flaky");
    assert_eq!(
        remotes.shapes().echo(text("a")).await.unwrap(),
        text("third")
    );
    let error = world
        .strangers("unavailable")
        .shapes()
        .echo(text("a"))
        .await;
    let error = error.unwrap_err();
    assert_eq!(error.status, Status::Unavailable);
    assert!(error.internal_message.ends_with("(3 attempts)"), "{error}");
    // What may change something is sent once.
    let error = world
        .strangers("unavailable")
        .shapes()
        .ping()
        .await
        .unwrap_err();
    assert!(!error.internal_message.contains("attempts"), "{error}");
}
