//! What stands around a call: metadata, cookies, the peer, the deadline, the request's id.

use crate::support::{RawRequest, Server, Way, text};
use end_to_end_client::iris_client::{Client, Metadata, Method, Protocol, Status};
use end_to_end_client::messages::testing::v1::Text;
use end_to_end_client::{ErrorCode, Remotes};
use futures_util::{FutureExt, StreamExt};
use iris_core::{HttpServer, Iris, Request, remote};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinSet;

#[tokio::test]
async fn a_procedure_sees_metadata_peer_path_and_id() {
    let server = Server::start().await;
    for way in Way::ALL {
        let facts = server
            .remotes(way)
            .call_facts()
            .facts()
            .metadata("x-word", "one")
            .metadata("x-word", "two")
            .metadata_bytes("x-bytes-bin", &[0, 159, 255])
            .metadata("x-request-id", "id-1")
            .await
            .unwrap();
        let in_process = matches!(way, Way::InProcessConnect | Way::InProcessGrpc);
        assert_eq!(
            facts.peer,
            if in_process { "" } else { "tcp 127.0.0.1" },
            "{way:?}"
        );
        assert_eq!(facts.metadata, "one+two", "{way:?}");
        assert_eq!(facts.binary, [0, 159, 255].as_slice(), "{way:?}");
        assert_eq!(facts.path, "/testing.v1.CallFacts/Facts", "{way:?}");
        assert_eq!(facts.id, "id-1", "{way:?}");
        assert_eq!(facts.remaining, None, "{way:?}");
    }
}

#[tokio::test]
async fn ids_are_made_up_where_the_caller_gives_none() {
    let server = Server::start().await;
    let facts = server.remotes(Way::ConnectProto).call_facts();
    let (first, second) = (
        facts.facts().await.unwrap().id,
        facts.facts().await.unwrap().id,
    );
    assert!(first.len() == 32 && first != second, "{first} {second}");
    let odd = facts
        .facts()
        .metadata("x-request-id", &"x".repeat(200))
        .await
        .unwrap()
        .id;
    assert_eq!(odd.len(), 32);
}

#[tokio::test]
async fn cookies_go_both_ways_where_the_client_keeps_them() {
    let server = Server::start().await;
    let keeping = Remotes::new(
        Client::builder(&server.url())
            .keep_cookies()
            .build()
            .unwrap(),
    );
    keeping
        .call_facts()
        .decorate(text("vanilla; and \"more\""))
        .await
        .unwrap();
    let cookie = keeping.call_facts().facts().await.unwrap().cookie;
    assert_eq!(cookie, "vanilla; and \"more\"");
    // Another client has another jar, and one that was not asked keeps none.
    let other = Remotes::connect(&server.url()).unwrap();
    other
        .call_facts()
        .decorate(text("chocolate"))
        .await
        .unwrap();
    assert_eq!(other.call_facts().facts().await.unwrap().cookie, "");
}

#[tokio::test]
async fn metadata_and_trailers_come_back_every_way() {
    let server = Server::start().await;
    for way in Way::ALL {
        let facts = server.remotes(way).call_facts();
        let response = facts
            .decorate(text("vanilla"))
            .with_response()
            .await
            .unwrap();
        assert_eq!(response.metadata.get("x-before"), Some("early"), "{way:?}");
        assert_eq!(response.trailers.get("x-after"), Some("late"), "{way:?}");
        assert_eq!(
            response.metadata.get_bytes("x-before-bin"),
            Some(vec![0, 255]),
            "{way:?}"
        );
        assert_eq!(
            response.trailers.get_bytes("x-after-bin"),
            Some(vec![255, 0]),
            "{way:?}"
        );
        let cookie = response.metadata.get("set-cookie").unwrap();
        assert!(cookie.starts_with("flavour=vanilla"), "{way:?} {cookie}");

        let mut numbers = facts.decorate_stream().await.unwrap();
        assert_eq!(numbers.metadata().get("x-before"), Some("early"), "{way:?}");
        assert_eq!(numbers.next().await.unwrap().unwrap().number, 1, "{way:?}");
        assert!(numbers.next().await.is_none(), "{way:?}");
        assert_eq!(numbers.trailers().get("x-after"), Some("late"), "{way:?}");
    }
}

#[tokio::test]
async fn names_with_several_values_keep_all_of_them_in_their_order() {
    let server = Server::start().await;
    let texts = ["one", "two", "one"];
    let bytes = [[0, 159], [1, 255], [0, 159]];
    let holds = |metadata: &Metadata| {
        metadata.get_all("x-repeated").eq(texts)
            && metadata.get_all_bytes("x-repeated-bin").eq(bytes)
    };
    for way in Way::ALL {
        let facts = server.remotes(way).call_facts();
        let mut call = facts.facts();
        for (text, bytes) in texts.iter().zip(&bytes) {
            call = call
                .metadata("x-word", text)
                .metadata_bytes("x-bytes-bin", bytes);
        }
        let received = call.await.unwrap();
        assert_eq!(received.metadata, "one+two+one", "{way:?}");
        assert_eq!(received.binary, bytes.concat(), "{way:?}");

        let response = facts.decorate(text("vanilla")).with_response();
        let response = response.await.unwrap();
        assert!(holds(&response.metadata), "{way:?} {:?}", response.metadata);
        assert!(holds(&response.trailers), "{way:?} {:?}", response.trailers);

        let mut numbers = facts.decorate_stream().await.unwrap();
        assert!(
            holds(numbers.metadata()),
            "{way:?} {:?}",
            numbers.metadata()
        );
        while numbers.message().await.unwrap().is_some() {}
        assert!(
            holds(numbers.trailers()),
            "{way:?} {:?}",
            numbers.trailers()
        );
    }
    // gRPC's proxies may join binary values in one line ("Binary headers" in `PROTOCOL-HTTP2.md`).
    let request = RawRequest::post_json("/testing.v1.CallFacts/Facts", "{}")
        .header("x-bytes-bin", "AJ8,Af8= , AJ8=")
        .header("x-bytes-bin", "no base64!")
        .header("x-bytes-bin", "AQ");
    let facts = server.send(request).await.json();
    assert_eq!(facts["binary"], "AJ8B/wCfAQ==");
}

#[tokio::test]
async fn the_deadline_reaches_the_procedure() {
    let server = Server::start().await;
    for way in Way::ALL {
        let facts = server.remotes(way).call_facts();
        let remaining = facts
            .facts()
            .deadline(Duration::from_secs(60))
            .await
            .unwrap()
            .remaining;
        let remaining = remaining.unwrap();
        assert!(
            (50_000..=60_000).contains(&remaining),
            "{way:?} {remaining}"
        );
    }
}

/// So long that a call has begun before it, however busy the machine is.
const AMPLE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_passed_deadline_ends_the_call_and_drops_the_procedure() {
    // All at once, since each of them waits for the end of its time.
    let mut calls = JoinSet::new();
    for way in Way::ALL {
        let (alone, streaming) = (Server::start().await, Server::start().await);
        calls.spawn(async move {
            let call = alone.remotes(way).failures().hang().deadline(AMPLE);
            let error = call.await.unwrap_err();
            assert_eq!(error.code, ErrorCode::IrisCommunicationError, "{way:?}");
            assert_eq!(error.status, Status::DeadlineExceeded, "{way:?}");
            let began = alone.probe.started.notified().now_or_never();
            assert!(began.is_some(), "{way:?}: its time ended before it began");
            alone.probe.dropped.notified().await;
        });
        calls.spawn(async move {
            let failures = streaming.remotes(way).failures();
            let numbers = failures.hang_in_stream().deadline(AMPLE).await;
            let mut numbers = numbers.unwrap().collect::<Vec<_>>().await.into_iter();
            assert_eq!(numbers.next().unwrap().unwrap().number, 0, "{way:?}");
            let error = numbers.next().unwrap().unwrap_err();
            assert_eq!(error.status, Status::DeadlineExceeded, "{way:?}");
            assert!(numbers.next().is_none(), "{way:?}");
            streaming.probe.dropped.notified().await;
        });
    }
    calls.join_all().await;
}

#[tokio::test]
async fn a_calls_own_metadata_stand_in_place_of_the_clients() {
    let server = Server::start().await;
    let client = Client::builder(&server.url())
        .metadata("x-word", "client")
        .metadata("cookie", "flavour=own")
        .keep_cookies();
    let facts = Remotes::new(client.build().unwrap()).call_facts();
    assert_eq!(facts.facts().await.unwrap().metadata, "client");
    assert_eq!(
        facts
            .facts()
            .metadata("x-word", "call")
            .await
            .unwrap()
            .metadata,
        "call"
    );
    assert_eq!(facts.facts().await.unwrap().cookie, "own");
}

#[tokio::test]
async fn a_caller_who_stops_reading_does_not_hold_the_procedure_beyond_its_deadline() {
    let server = Server::start().await;
    // The answer fills the window, which nobody empties, long before its end.
    let mut blobs = server
        .remotes(Way::GrpcProto)
        .failures()
        .flood()
        .deadline(Duration::from_millis(500))
        .await
        .unwrap();
    blobs.next().await.unwrap().unwrap();
    server.probe.dropped.notified().await;
    drop(blobs);
}

#[tokio::test]
async fn a_call_that_came_too_late_does_not_begin() {
    let server = Server::start().await;
    let late = |path: &str| {
        RawRequest::post_json(path, r#"{"text":"zero"}"#).header("connect-timeout-ms", "0")
    };
    let answer = server.send(late("/testing.v1.Failures/Fail")).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (504, 900));
    let answer = server.send(late("/testing.v1.Shapes/Echo")).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (504, 900));
    assert_eq!(server.probe.calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_wrong_deadline_header_is_refused() {
    use crate::support::RawRequest;
    let server = Server::start().await;
    let request =
        RawRequest::post_json("/testing.v1.Shapes/Ping", "{}").header("connect-timeout-ms", "soon");
    let response = server.send(request).await;
    assert_eq!(response.status, 400);
    assert!(
        response.text().contains("connect-timeout-ms"),
        "{}",
        response.text()
    );
}

/// Calls another server on its caller's behalf.
struct Relay {
    remotes: Remotes,
}

#[remote(package = "relay.v1")]
impl Relay {
    /// Says how long the other server was given.
    #[procedure]
    async fn forward(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        let facts = self
            .remotes
            .call_facts()
            .facts()
            .await
            .map_err(iris_core::IrisError::internal)?;
        Err(iris_core::IrisError::new(
            1,
            format!("{:?}", facts.remaining),
        ))
    }
}

#[tokio::test]
async fn a_call_made_by_a_procedure_inherits_its_deadline() {
    let server = Server::start().await;
    let relay = Relay {
        remotes: server.remotes(Way::GrpcProto),
    };
    let relaying = Iris::without_context()
        .add_remote(relay)
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap();
    let client = Client::builder(&relaying.url()).build().unwrap();
    const FORWARD: Method<(), ()> = Method::new("/relay.v1.Relay/Forward");
    let given = async |deadline: Option<Duration>| {
        let call = client.unary::<_, _, i32>(FORWARD, ());
        let call = match deadline {
            Some(deadline) => call.deadline(deadline),
            None => call,
        };
        call.await.unwrap_err().internal_message
    };
    assert_eq!(given(None).await, "None");
    let remaining = given(Some(Duration::from_secs(30))).await;
    let remaining: i64 = remaining
        .trim_start_matches("Some(")
        .trim_end_matches(')')
        .parse()
        .unwrap();
    assert!((20_000..=30_000).contains(&remaining), "{remaining}");
}

/// Asks another server, and tells of its failure as it came or on purpose.
struct Asking {
    client: Client,
}

const FAIL: Method<Text, ()> = Method::new("/testing.v1.Failures/Fail");

#[remote(package = "relay.v1")]
impl Asking {
    /// `?` on a call of its own.
    #[procedure]
    async fn ask(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        self.client.unary::<_, _, i32>(FAIL, text("zero")).await
    }

    /// The same, told on purpose.
    #[procedure]
    async fn relay(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        let call = self.client.unary::<_, _, i32>(FAIL, text("zero"));
        call.await.map_err(iris_core::IrisError::forwarded)
    }
}

#[tokio::test]
async fn the_failure_of_a_procedures_own_call_is_not_told_unless_on_purpose() {
    let server = Server::start().await;
    let url = server.url();
    let nowhere = {
        // Bound and closed: nobody listens there.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (asked, relayed) in [(url, 0), (nowhere.clone(), 900)] {
        let client = Client::connect(&asked).unwrap();
        let running = Iris::without_context()
            .add_remote(Asking { client })
            .add_server(HttpServer::bind("127.0.0.1:0"))
            .start()
            .await
            .unwrap();
        let client = Client::connect(&running.url()).unwrap();
        let call = async |path| {
            let method = Method::<(), ()>::new(path);
            client.unary::<_, _, i32>(method, ()).await.unwrap_err()
        };
        let error = call("/relay.v1.Asking/Ask").await;
        assert_eq!(error.code, 902, "{error}");
        assert!(error.request_id().is_some());
        assert!(!error.internal_message.contains("127.0.0.1"), "{error}");
        assert_eq!(call("/relay.v1.Asking/Relay").await.code, relayed);
    }
}

/// Says how it was called.
struct Lines;

#[remote(package = "lines.v1")]
impl Lines {
    /// The request's first line, and whether it came with a time beside it.
    #[procedure(idempotent)]
    async fn tell(&self, request: &Request) -> Result<(), iris_core::IrisError> {
        let (method, uri) = (request.method(), request.uri());
        let line = format!("{method} {} {:?}", uri.path(), request.version());
        let time = prost_types::Timestamp {
            seconds: 7,
            nanos: 0,
        };
        Err(iris_core::IrisError::new(1, line).with_detail(&time))
    }
}

#[tokio::test]
async fn the_request_line_and_details_of_errors_arrive() {
    let running = Iris::without_context()
        .add_remote(Lines)
        .add_server(HttpServer::bind("127.0.0.1:0").prefix("/api"))
        .start()
        .await
        .unwrap();
    let url = format!("{}/api", running.url());
    for (protocol, get, line) in [
        (
            Protocol::Connect,
            false,
            "POST /api/lines.v1.Lines/Tell HTTP/1.1",
        ),
        (
            Protocol::Connect,
            true,
            "GET /api/lines.v1.Lines/Tell HTTP/1.1",
        ),
        (
            Protocol::Grpc,
            false,
            "POST /api/lines.v1.Lines/Tell HTTP/2.0",
        ),
    ] {
        let client = Client::builder(&url).protocol(protocol).build().unwrap();
        let method = Method::<(), ()>::new("/lines.v1.Lines/Tell").no_side_effects();
        let call = client.unary::<_, _, i32>(method, ());
        let call = if get { call.get() } else { call };
        let error = call.await.unwrap_err();
        assert_eq!((error.code, error.internal_message.as_str()), (1, line));
        let time: prost_types::Timestamp = error.detail().unwrap();
        assert_eq!(time.seconds, 7);
        assert_eq!(error.details().len(), 1);
    }
}
