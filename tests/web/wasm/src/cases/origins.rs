//! What browsers ask servers before they let pages call them.

use crate::world::{World, remotes, text};
use end_to_end_client::ErrorCode;
use end_to_end_client::iris_client::{Client, Credentials, Status};
use futures_util::stream;

pub(super) async fn a_server_that_does_not_allow_the_page(world: World) {
    if !world.is_browser() {
        return;
    }
    let remotes = remotes(Client::builder(&world.tell("another server").await));
    let error = remotes.shapes().ping().await.unwrap_err();
    assert_eq!(error.status, Status::Unavailable);
    assert!(error.internal_message.contains("CORS"), "{error}");
    let error = remotes.shapes().sum(stream::empty()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisCommunicationError);
    assert!(error.internal_message.contains("allow_origins"), "{error}");
}

pub(super) async fn cookies_go_where_they_are_allowed_to(world: World) {
    if !world.is_browser() {
        return;
    }
    let with = |credentials| remotes(world.builder().credentials(credentials));
    let decorate = with(Credentials::Include)
        .call_facts()
        .decorate(text("mint"));
    decorate.await.unwrap();
    for (credentials, cookie) in [
        (Credentials::Include, "mint"),
        (Credentials::SameOrigin, ""),
        (Credentials::Omit, ""),
    ] {
        let facts = with(credentials).call_facts().facts().await.unwrap();
        assert_eq!(facts.cookie, cookie, "{credentials:?}");
    }
    // A socket has what the browser has.
    let streams = end_to_end_client::iris_client::Streams::WebSocket;
    let remotes = remotes(world.builder().streams(streams));
    assert_eq!(remotes.call_facts().facts().await.unwrap().cookie, "mint");
}

pub(super) async fn without_a_network(world: World) {
    if world.place() != "page" {
        return;
    }
    world.tell("offline").await;
    for remotes in crate::world::both_ways(&world) {
        let error = remotes.shapes().ping().await.unwrap_err();
        assert_eq!(error.status, Status::Unavailable);
        assert!(
            error.internal_message.contains("the browser is offline"),
            "{error}"
        );
    }
    world.tell("online").await;
    let remotes = world.remotes();
    remotes.shapes().ping().await.unwrap();
    remotes.shapes().sum(stream::empty()).await.unwrap();
}
