//! What travels beside messages.

use crate::world::{World, both_ways, number, text};
use end_to_end_client::iris_client::Metadata;
use futures_util::stream;

pub(super) async fn metadata_goes_both_ways(world: World) {
    for remotes in both_ways(&world) {
        let facts = remotes
            .call_facts()
            .facts()
            .metadata("x-word", "one, two")
            .metadata("x-word", "three")
            .metadata_bytes("x-bytes-bin", &[0, 255])
            .await
            .unwrap();
        // Fetch joins values of one name, which HTTP lets it do (RFC 9110, section 5.3).
        let words = facts.metadata.replace('+', ", ");
        assert_eq!(words, "one, two, three");
        assert_eq!(facts.binary, vec![0, 255]);
        assert_eq!(facts.path, "/testing.v1.CallFacts/Facts");
        assert_eq!(facts.remaining, None);

        let decorated = remotes.call_facts().decorate(text("mint")).with_response();
        let response = decorated.await.unwrap();
        assert_eq!(response.metadata.get("x-before"), Some("early"));
        assert_eq!(response.trailers.get("x-after"), Some("late"));
        let bytes = |metadata: &Metadata, name| metadata.get_bytes(name);
        assert_eq!(
            bytes(&response.metadata, "x-before-bin"),
            Some(vec![0, 255])
        );
        assert_eq!(bytes(&response.trailers, "x-after-bin"), Some(vec![255, 0]));
    }
}

pub(super) async fn a_call_says_by_what_right_it_comes(world: World) {
    // Over a socket it would be refused if the handshake had any of these too.
    for remotes in both_ways(&world) {
        let facts = remotes
            .call_facts()
            .facts()
            .metadata("authorization", "Bearer one")
            .metadata("accept-language", "de")
            .metadata("x-word", "one");
        assert_eq!(facts.await.unwrap().metadata, "one");
        let sum = remotes
            .shapes()
            .sum(stream::iter([number(1)]))
            .metadata("authorization", "Bearer two");
        assert_eq!(sum.await.unwrap(), number(1));
    }
}

pub(super) async fn trailers_of_streams_arrive(world: World) {
    for remotes in both_ways(&world) {
        let mut numbers = remotes.call_facts().decorate_stream().await.unwrap();
        assert_eq!(numbers.metadata().get("x-before"), Some("early"));
        while numbers.message().await.unwrap().is_some() {}
        assert_eq!(numbers.trailers().get("x-after"), Some("late"));
    }
}
