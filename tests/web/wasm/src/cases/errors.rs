//! What servers refuse, and what callers do.

use crate::world::{World, both_ways, number, remotes, text};
use end_to_end_client::iris_client::{IrisError, Method, Status, kind};
use end_to_end_client::messages::testing::v1::{Blob, Number, Range, Text};
use end_to_end_client::{ErrorCode, Remotes};
use futures_util::stream;

pub(super) async fn every_code_arrives(world: World) {
    for remotes in both_ways(&world) {
        for (name, code, status, message) in [
            (
                "zero",
                ErrorCode::Zero,
                Status::Unauthenticated,
                "Zero is a legal code.",
            ),
            (
                "documented",
                ErrorCode::Documented,
                Status::FailedPrecondition,
                "The first line of the docs is the message.",
            ),
            (
                "formatted",
                ErrorCode::Formatted,
                Status::NotFound,
                "no row 7 in \"users\" {}",
            ),
            (
                "large",
                ErrorCode::Large,
                Status::Aborted,
                "Above Iris's own range.",
            ),
        ] {
            let error = remotes.failures().fail(text(name)).await.unwrap_err();
            assert_eq!((error.code, error.status), (code, status), "{name}");
            assert_eq!(error.internal_message, message);
            assert!(error.is_from_remote());
        }
        let error = remotes.failures().panic().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisInternalServerError);
        assert!(error.request_id().is_some());
        let error = remotes.guarded().order().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisRejectedByFilter);
        assert_eq!(
            wrong::<Text, Text>(&remotes, "/testing.v1.Shapes/Nothing", text("")).await,
            901
        );
        let echo = "/testing.v1.Shapes/Echo";
        assert_eq!(wrong::<Number, Text>(&remotes, echo, number(1)).await, 910);
        assert_eq!(wrong::<Text, Number>(&remotes, echo, text("a")).await, 911);
        assert_eq!(without_a_message(&remotes).await, 912);
    }
}

/// The code of a call with other messages than the procedure's.
async fn wrong<Req, Res>(remotes: &Remotes, path: &str, request: Req) -> i32
where
    Req: prost::Message + Default + 'static,
    Res: prost::Message + Default + 'static,
    Req: end_to_end_client::iris_client::Message,
    Res: end_to_end_client::iris_client::Message + std::fmt::Debug,
{
    let method = Method::<Req, Res>::dynamic(path.to_owned());
    let answer: Result<Res, IrisError> = remotes.client().unary(method, request).await;
    answer.unwrap_err().code
}

/// The code of a stream where a message was to come.
async fn without_a_message(remotes: &Remotes) -> i32 {
    let count = Method::<Range, Number, kind::Bidirectional>::new("/testing.v1.Shapes/Count");
    let call = remotes.client().bidirectional(count, stream::empty());
    let mut answers = call.await.unwrap();
    let error: IrisError = answers.message().await.unwrap_err();
    error.code
}

pub(super) async fn a_code_of_a_newer_server_arrives(world: World) {
    let error = world.strangers("newer").shapes().ping().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unrecognized(777));
    assert_eq!(error.internal_message, "of tomorrow");
    assert_eq!(error.status, Status::NotFound);
}

pub(super) async fn an_error_ends_a_stream(world: World) {
    for remotes in both_ways(&world) {
        let range = Range {
            from: 0,
            to: 5,
            fail_at: 2,
        };
        let mut numbers = remotes.shapes().count(range).await.unwrap();
        assert_eq!(numbers.message().await.unwrap(), Some(number(0)));
        assert_eq!(numbers.message().await.unwrap(), Some(number(1)));
        let error = numbers.message().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Formatted);
        assert_eq!(error.internal_message, "no row 2 in \"numbers\" {}");
        assert!(numbers.next().await.is_none());

        let mut numbers = remotes.failures().panic_in_stream().await.unwrap();
        assert!(numbers.message().await.unwrap().is_some());
        let error = numbers.message().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisInternalServerError);
    }
}

pub(super) async fn messages_over_the_limit(world: World) {
    for remotes in both_ways(&world) {
        let data = vec![0; 2 * 1024 * 1024].into();
        let error = remotes.shapes().length(Blob { data }).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisMessageTooLarge);
    }
    for (length, streams) in [(1000, false), (100_000, false), (1000, true)] {
        let builder = world.builder().max_message_size(100);
        let builder = match streams {
            true => builder.streams(end_to_end_client::iris_client::Streams::WebSocket),
            false => builder,
        };
        let error = remotes(builder)
            .shapes()
            .blob(number(length))
            .await
            .unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisMessageTooLarge, "{length}");
    }
}

pub(super) async fn unknown_fields_are_passed_over(world: World) {
    let answer = world.strangers("fields").shapes().echo(text("")).await;
    assert_eq!(answer.unwrap(), text("known"));
}
