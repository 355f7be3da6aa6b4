//! Servers that end, and come back.

use crate::settled::meanwhile;
use crate::world::{World, both_ways, number, remotes, text};
use end_to_end_client::ErrorCode;
use end_to_end_client::iris_client::{Status, Streams};
use futures_util::stream::{self, StreamExt as _};

pub(super) async fn a_restarted_server_is_found_again(world: World) {
    let remotes = world.remotes();
    let texts = stream::iter([text("a")]).chain(stream::pending());
    let mut answers = remotes.shapes().chat(texts).await.unwrap();
    assert_eq!(answers.message().await.unwrap(), Some(text("A")));
    let mut numbers = remotes.failures().hang_in_stream().await.unwrap();
    assert_eq!(numbers.message().await.unwrap(), Some(number(0)));
    world.tell("kill").await;
    for error in [
        answers.message().await.unwrap_err(),
        numbers.message().await.unwrap_err(),
    ] {
        assert_eq!(error.code, ErrorCode::IrisCommunicationError);
        assert_eq!(error.status, Status::Unavailable, "{error}");
    }
    let error = remotes.shapes().sum(stream::empty()).await.unwrap_err();
    assert_eq!(error.status, Status::Unavailable, "{error}");
    world.tell("restart").await;
    assert_eq!(
        remotes.shapes().sum(stream::empty()).await.unwrap(),
        number(0)
    );
    remotes.shapes().ping().await.unwrap();
}

pub(super) async fn what_runs_is_finished_before_a_server_stops(world: World) {
    let remotes = remotes(world.builder().streams(Streams::WebSocket));
    let mut waiting = remotes.failures().wait().into_future();
    meanwhile(&mut waiting, world.tell("started")).await;
    world.tell("stop").await;
    // Nobody new is let in once stopping has begun.
    let error = loop {
        if let Err(error) = remotes.shapes().ping().await {
            break error;
        }
    };
    assert_eq!(error.status, Status::Unavailable, "{error}");
    world.tell("proceed").await;
    assert_eq!(waiting.await.unwrap(), text("done"));
    assert_eq!(world.tell("stopped").await, "Completely");
    for remotes in both_ways(&world) {
        remotes.shapes().ping().await.unwrap_err();
    }
}
