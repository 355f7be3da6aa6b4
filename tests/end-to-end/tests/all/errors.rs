//! What a failed call tells its caller, and what it does not.

use crate::log::Log;
use crate::support::{RawRequest, Server, Way, text};
use end_to_end_client::iris_client::{Status, code};
use end_to_end_client::{ErrorCode, IrisError};
use std::time::Duration;

const SECRET: &str = "hunter2";

#[tokio::test]
async fn a_code_arrives_with_its_status_and_message() {
    let server = Server::start().await;
    for way in Way::ALL {
        let failures = server.remotes(way).failures();
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
                "named",
                ErrorCode::Named,
                Status::FailedPrecondition,
                "3 too many",
            ),
            (
                "large",
                ErrorCode::Large,
                Status::Aborted,
                "Above Iris's own range.",
            ),
        ] {
            let error = failures.fail(text(name)).await.unwrap_err();
            assert_eq!((error.code, error.status), (code, status), "{way:?} {name}");
            assert_eq!(error.internal_message, message, "{way:?} {name}");
            assert_eq!(error.request_id(), None, "{way:?} {name}");
        }
    }
}

#[tokio::test]
async fn callers_match_on_the_code() {
    let server = Server::start().await;
    let failures = server.remotes(Way::ConnectProto).failures();
    match failures.explain(text("100 % größer\n")).await {
        Err(IrisError {
            code: ErrorCode::Zero,
            internal_message,
            ..
        }) => {
            assert_eq!(internal_message, "100 % größer\n");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_odd_message_arrives_whole_every_way() {
    let server = Server::start().await;
    for way in Way::ALL {
        for message in [
            "",
            "\r\nx-injected: 1",
            "\u{0}",
            "☃ %E2",
            &"long ".repeat(500),
        ] {
            let error = server
                .remotes(way)
                .failures()
                .explain(text(message))
                .await
                .unwrap_err();
            assert_eq!(error.code, ErrorCode::Zero, "{way:?}");
            assert_eq!(error.internal_message, message, "{way:?}");
        }
    }
}

#[tokio::test]
async fn a_huge_message_breaks_no_connection() {
    let server = Server::start().await;
    for way in Way::ALL {
        let failures = server.remotes(way).failures();
        let huge = "ö".repeat(100_000);
        let error = failures.explain(text(&huge)).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Zero, "{way:?} {}", error.code);
        assert!(huge.starts_with(&error.internal_message), "{way:?}");
        let path: &'static str = Box::leak(format!("/{}", "x".repeat(5000)).into_boxed_str());
        let method = end_to_end_client::iris_client::Method::<(), ()>::new(path);
        let client = server.remotes(way).client().clone();
        let error = client.unary::<_, _, i32>(method, ()).await.unwrap_err();
        assert_eq!(error.code, 901, "{way:?} {error:?}");
    }
}

#[tokio::test]
async fn unexpected_errors_and_panics_do_not_leak() {
    let server = Server::start().await;
    for way in Way::ALL {
        let failures = server.remotes(way).failures();
        let errors = [
            failures.fail(text("an i/o error")).await.unwrap_err(),
            failures.question_mark().await.unwrap_err(),
            failures.panic().await.unwrap_err(),
            server.remotes(way).guarded().doomed().await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.code, ErrorCode::IrisInternalServerError, "{way:?}");
            assert_eq!(error.status, Status::Internal, "{way:?}");
            assert!(
                error.request_id().is_some_and(|id| id.len() >= 16),
                "{way:?}"
            );
            assert!(!format!("{error:?}").contains(SECRET), "{way:?}: {error:?}");
        }
        failures
            .fail(text("zero"))
            .await
            .expect_err("the server still answers");
    }
}

#[tokio::test]
async fn a_panic_in_a_drop_or_a_display_is_902_too() {
    let server = Server::start().await;
    for way in Way::ALL {
        let failures = server.remotes(way).failures();
        for error in [
            failures.panic_with_a_bomb().await.unwrap_err(),
            failures.fail_unshowably().await.unwrap_err(),
        ] {
            assert_eq!(error.code, ErrorCode::IrisInternalServerError, "{way:?}");
            assert!(error.request_id().is_some(), "{way:?}");
            assert!(!format!("{error:?}").contains(SECRET), "{way:?}");
        }
    }
    // By hand, so that only the server watches the deadline.
    let request = RawRequest::post_json("/testing.v1.Failures/PanicWhenDropped", "{}")
        .header("connect-timeout-ms", "50");
    let response = server.send(request).await;
    assert_eq!(response.code(), 902, "{}", response.text());
}

#[tokio::test]
async fn a_panic_in_a_stream_ends_the_stream_alone() {
    let server = Server::start().await;
    for way in Way::ALL {
        let mut numbers = server
            .remotes(way)
            .failures()
            .panic_in_stream()
            .await
            .unwrap();
        assert_eq!(numbers.next().await.unwrap().unwrap().number, 0, "{way:?}");
        let error = numbers.next().await.unwrap().unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisInternalServerError, "{way:?}");
        assert!(!format!("{error:?}").contains(SECRET), "{way:?}");
        server.remotes(way).shapes().ping().await.unwrap();
    }
}

#[tokio::test]
async fn the_log_holds_what_the_caller_does_not_get() {
    let log = Log::of_the_process();
    let server = Server::start().await;
    for way in Way::ALL {
        let id = format!("logged-{way:?}");
        let failures = server.remotes(way).failures();
        let error = failures
            .question_mark()
            .metadata("x-request-id", &id)
            .await
            .unwrap_err();
        assert_eq!(error.request_id(), Some(&*id));
        assert!(!format!("{error:?}").contains(SECRET), "{way:?}");
        let words = [SECRET, &id, "/testing.v1.Failures/QuestionMark"];
        assert_eq!(log.lines_with(&words), 1, "{way:?}");
    }
}

#[tokio::test]
async fn an_initializer_that_fails_is_the_answer() {
    let server = Server::start().await;
    for way in Way::ALL {
        let calls = server.remotes(way);
        let error = calls
            .shapes()
            .ping()
            .metadata("x-fail-initializer", "1")
            .await
            .unwrap_err();
        assert_eq!(error.code, ErrorCode::Documented, "{way:?}");
        let error = calls
            .shapes()
            .ping()
            .metadata("x-fail-initializer", "77")
            .await
            .unwrap_err();
        assert_eq!(error.code, ErrorCode::Unrecognized(77), "{way:?}");
    }
}

#[tokio::test]
async fn the_error_body_is_readable_by_people() {
    let server = Server::start().await;
    let request = RawRequest::post_json("/testing.v1.Failures/Fail", r#"{"text":"zero"}"#);
    let response = server.send(request).await;
    assert_eq!(response.status, 401);
    let body = response.json();
    assert_eq!(body["code"], "unauthenticated");
    assert_eq!(body["message"], "Zero is a legal code.");
    assert_eq!(body["details"][0]["type"], "iris.v1.ErrorDetail");
    assert_eq!(body["details"][0]["debug"]["code"], 0);
}

#[test]
fn the_generator_and_the_server_number_iriss_own_codes_alike() {
    let codes = [
        (
            ErrorCode::IrisCommunicationError,
            code::IRIS_COMMUNICATION_ERROR,
        ),
        (
            ErrorCode::IrisProcedureNotFound,
            code::IRIS_PROCEDURE_NOT_FOUND,
        ),
        (
            ErrorCode::IrisInternalServerError,
            code::IRIS_INTERNAL_SERVER_ERROR,
        ),
        (
            ErrorCode::IrisInvalidRequestMessage,
            code::IRIS_INVALID_REQUEST_MESSAGE,
        ),
        (
            ErrorCode::IrisInvalidResponseMessage,
            code::IRIS_INVALID_RESPONSE_MESSAGE,
        ),
        (ErrorCode::IrisMessageMissing, code::IRIS_MESSAGE_MISSING),
        (ErrorCode::IrisMessageTooLarge, code::IRIS_MESSAGE_TOO_LARGE),
        (
            ErrorCode::IrisRejectedByFilter,
            code::IRIS_REJECTED_BY_FILTER,
        ),
    ];
    for (generated, number) in codes {
        assert_eq!(generated.number(), number);
        assert_eq!(ErrorCode::from(number), generated);
    }
    let openapi: serde_json::Value =
        serde_json::from_str(include_str!("../../client/openapi.json")).unwrap();
    let listed = openapi["x-iris-error-codes"].as_array().unwrap();
    let own = listed
        .iter()
        .filter(|code| (900..1000).contains(&code["number"].as_i64().unwrap()));
    for listed in own {
        let number = i32::try_from(listed["number"].as_i64().unwrap()).unwrap();
        let status = iris_core::IrisError::new(number, "").status;
        assert_eq!(listed["status"], status.as_str(), "{number}");
    }
}

#[tokio::test]
async fn what_failed_on_the_way_is_told_apart_from_an_answer() {
    let server = Server::with(
        |iris| iris.max_timeout(Duration::from_millis(100)),
        |server| server,
    )
    .await;
    for way in Way::ALL {
        let remotes = server.remotes(way);
        let answers = [
            remotes.failures().fail(text("zero")).await.unwrap_err(),
            remotes.failures().panic().await.unwrap_err(),
            // A filter's refusal.
            remotes.guarded().blue().await.unwrap_err(),
        ];
        for error in answers {
            assert!(!error.is_transport(), "{way:?} {error}");
        }
        // The server's own bound passes first, then the caller's.
        let hanging = remotes.failures().hang().await.unwrap_err();
        assert!(hanging.is_transport(), "{way:?} {hanging}");
        let hanging = remotes.failures().hang().deadline(Duration::ZERO).await;
        let hanging = hanging.unwrap_err();
        assert!(hanging.is_transport(), "{way:?} {hanging}");
    }
    let url = server.url();
    server.running.shutdown().await;
    let remotes = end_to_end_client::Remotes::connect(&url).unwrap();
    let error = remotes.shapes().ping().await.unwrap_err();
    assert!(error.is_transport() && !error.is_from_remote(), "{error}");
}

#[tokio::test]
async fn plain_errors_are_a_status_and_a_message() {
    let server = Server::with(iris_core::Iris::plain_errors, |server| server).await;
    for way in Way::ALL {
        let failures = server.remotes(way).failures();
        let error = failures.question_mark().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisCommunicationError, "{way:?}");
        assert_eq!(error.status, Status::Internal, "{way:?}");
        assert!(!error.is_from_remote(), "{way:?}");
        assert!(!error.is_transport(), "it is the answer: {way:?}");
    }
    for path in [
        "/testing.v1.Failures/QuestionMark",
        "/testing.v1.Failures/None",
    ] {
        let response = server.send(RawRequest::post_json(path, "{}")).await;
        assert!(
            response.json().get("details").is_none(),
            "{}",
            response.text()
        );
    }
}

/// Fails as a service does whose errors somebody else has laid down.
struct Strict;

#[iris_core::remote(package = "strict.v1")]
impl Strict {
    /// Says first what goes before an answer, then that there is none.
    #[procedure]
    async fn refuse(&self, request: &iris_core::Request) -> Result<(), iris_core::IrisError> {
        request
            .append_metadata("x-before", "early")
            .map_err(iris_core::IrisError::internal)?;
        request
            .append_trailer("x-after", "late")
            .map_err(iris_core::IrisError::internal)?;
        let status = iris_core::Status::Unimplemented;
        Err(iris_core::IrisError::of_status(status, "not here"))
    }
}

#[tokio::test]
async fn a_status_that_a_procedure_raises_is_told_apart_from_a_missing_procedure() {
    let running = iris_core::Iris::without_context()
        .add_remote(Strict)
        .add_server(iris_core::HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap();
    let url = format!("{}/strict.v1.Strict/Refuse", running.url());
    let client: hyper_util::client::legacy::Client<_, http_body_util::Full<bytes::Bytes>> =
        hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
            .build_http();
    let request = http::Request::post(&url)
        .header("content-type", "application/json")
        .body("{}".into())
        .unwrap();
    let response = client.request(request).await.unwrap();
    assert_eq!(
        response.status(),
        501,
        "404 is for paths where nothing answers"
    );
    assert_eq!(response.headers()["trailer-x-after"], "late");

    // In gRPC, metadata before the answer and after it stay apart.
    let channel = tonic::transport::Channel::from_shared(running.url()).unwrap();
    let mut client = tonic::client::Grpc::new(channel.connect().await.unwrap());
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static("/strict.v1.Strict/Refuse");
    let codec = tonic_prost::ProstCodec::<(), ()>::default();
    let status = client
        .unary(tonic::Request::new(()), path, codec)
        .await
        .unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
    assert_eq!(status.metadata().get("x-after").unwrap(), "late");
}
