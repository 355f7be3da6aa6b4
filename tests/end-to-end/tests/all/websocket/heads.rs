//! Heads: what they may say, and what is taken from the handshake.

use super::speaker::{Answer, Speaker, head};
use super::{ECHO, FACTS, FETCH, JSON};
use crate::hostile::server;
use crate::others::{Fetched, Others};
use end_to_end::messages::testing::v1::Order;
use iris_core::wire::websocket::Frame;
use iris_core::{HttpServer, Iris, IrisError, Request, Running, remote};
use std::net::SocketAddr;

/// Says with which headers it was called.
pub(super) struct Headers;

#[remote(package = "testing.v1")]
impl Headers {
    #[procedure]
    async fn list(&self, request: &Request) -> Result<Order, IrisError> {
        let headers = request.metadata().headers().iter();
        let mut steps: Vec<_> = headers
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default()))
            .collect();
        steps.sort_unstable();
        Ok(Order { steps })
    }
}

pub(super) const LIST: &str = "/testing.v1.Headers/List";

pub(super) async fn listing(
    settings: impl FnOnce(HttpServer) -> HttpServer,
) -> (Running, SocketAddr) {
    let running = Iris::without_context()
        .add_remote(Headers)
        .add_remote(Fetched)
        .add_server(settings(HttpServer::bind("127.0.0.1:0")))
        .start()
        .await
        .unwrap();
    let address = running.addresses()[0].tcp().unwrap();
    (running, address)
}

/// What a call without a message answers to these headers.
pub(super) async fn answer(
    speaker: &mut Speaker,
    stream: u32,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    speaker
        .head(stream, path, &[&[("content-type", JSON)], headers].concat())
        .await;
    speaker.data(stream, "{}").await;
    speaker.end(stream).await;
    speaker.answer(stream).await
}

/// The headers of a call that was answered.
pub(super) fn listed(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, Some(200), "{}", answer.text());
    let steps = answer.json()["steps"].clone();
    serde_json::from_value(steps).unwrap()
}

const HANDSHAKE: [(&str, &str); 9] = [
    ("cookie", "flavour=mint; session=1"),
    ("authorization", "Basic of-the-handshake"),
    ("user-agent", "a browser"),
    ("x-forwarded-for", "192.0.2.1"),
    ("forwarded", "for=192.0.2.1"),
    ("x-auth-request-user", "ada"),
    ("x-request-id", "of-the-handshake"),
    ("accept-encoding", "br"),
    (
        "traceparent",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ),
];

#[tokio::test]
async fn calls_have_what_the_handshake_says_of_their_caller() {
    let (_running, address) = listing(|server| server).await;
    let mut speaker = Speaker::open(address, "/-/websocket", &HANDSHAKE)
        .await
        .unwrap();
    let of_its_own = [("x-tenant", "north"), ("traceparent", "of-the-call")];
    let headers = listed(&answer(&mut speaker, 1, LIST, &of_its_own).await);
    let expected = [
        "authorization: Basic of-the-handshake",
        "content-type: application/json",
        "cookie: flavour=mint; session=1",
        "forwarded: for=192.0.2.1",
        "host: localhost",
        "traceparent: of-the-call",
        "user-agent: a browser",
        "x-auth-request-user: ada",
        "x-forwarded-for: 192.0.2.1",
        "x-tenant: north",
    ];
    assert_eq!(headers, expected);
    // A call may say for itself with what program it comes.
    let own = [("user-agent", "a client"), ("accept-language", "fr")];
    let headers = listed(&answer(&mut speaker, 2, LIST, &own).await);
    for (name, value) in own {
        let of_this: Vec<_> = headers
            .iter()
            .filter(|header| header.starts_with(name))
            .collect();
        assert_eq!(of_this, [&format!("{name}: {value}")]);
    }
}

#[tokio::test]
async fn the_cookies_of_the_handshake_reach_the_context() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::open(address, "/-/websocket", &HANDSHAKE)
        .await
        .unwrap();
    let facts = answer(&mut speaker, 1, FACTS, &[]).await.json();
    assert_eq!(facts["cookie"], "mint");
    assert_eq!(facts["peer"], "tcp 127.0.0.1");
}

#[tokio::test]
async fn a_head_says_nothing_that_browsers_and_proxies_say() {
    let trusted = ["X-Signed-In"];
    let (running, address) = listing(|server| server.handshake_headers(trusted)).await;
    let others = Others::of(&running).await;
    let mut speaker = Speaker::open(address, "/-/websocket", &HANDSHAKE)
        .await
        .unwrap();
    let names = [
        "cookie",
        "origin",
        "host",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-real-ip",
        "via",
        "connection",
        "content-length",
        "transfer-encoding",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "sec-fetch-site",
        "sec-websocket-key",
        "proxy-authorization",
        "client-cert",
        "client-cert-chain",
        // Since the handshake has it, whoever set it there.
        "x-auth-request-user",
        "authorization",
        // Since the server says so.
        "x-signed-in",
    ];
    for (stream, name) in (1..).zip(names) {
        let refused = answer(&mut speaker, stream, LIST, &[(name, "trailers")]).await;
        assert_eq!(refused.status, Some(400), "{name}");
        assert_eq!(refused.headers["content-type"], "text/plain; charset=utf-8");
        assert!(
            refused.text().contains(&format!("`{name}`")),
            "{}",
            refused.text()
        );
    }
    // What was refused is over, and the socket is not.
    assert_eq!(answer(&mut speaker, 100, LIST, &[]).await.status, Some(200));
    others.were_served().await;
}

#[tokio::test]
async fn text_that_is_no_head_is_answered_with_400() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    let heads: [&[u8]; 11] = [
        b"",
        b"testing.v1.Shapes/Fetch",
        b"http://localhost/testing.v1.Shapes/Fetch",
        b"/testing.v1.Shapes/Fetch\r\ncontent-type: application/json",
        b"/testing.v1.Shapes/Fetch\n",
        b"/testing.v1.Shapes/Fetch\n\n",
        b"/testing.v1.Shapes/Fetch\ncontent-type:application/json",
        b"/testing.v1.Shapes/Fetch\nContent-Type: application/json",
        b"/testing.v1.Shapes/Fetch\nx-word: caf\xc3\xa9",
        b"/\xff\xfe",
        b"POST /testing.v1.Shapes/Fetch",
    ];
    for (stream, text) in (1..).zip(heads) {
        let head = text.into();
        speaker.say(Frame::Head { stream, head }).await;
        speaker.end(stream).await;
        let refused = speaker.answer(stream).await;
        assert_eq!(refused.status, Some(400), "{text:?}");
        assert!(
            refused.text().contains("HEAD must be"),
            "{}",
            refused.text()
        );
    }
    assert_eq!(speaker.call(100, FETCH, "{}").await.status, Some(200));
}

#[tokio::test]
async fn a_head_that_is_too_large_is_answered_with_431() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    let long = "x".repeat(17_000);
    let many = vec![("a", "b"); 500];
    for (stream, headers) in [(1, vec![("x-long", long.as_str())]), (2, many)] {
        speaker.say(head(stream, ECHO, &headers)).await;
        let refused = speaker.answer(stream).await;
        assert_eq!(refused.status, Some(431));
        assert!(refused.text().contains("16384 bytes"), "{}", refused.text());
    }
    let fits = "x".repeat(16_000);
    assert_eq!(
        answer(&mut speaker, 3, FACTS, &[("x-word", &fits)])
            .await
            .json()["metadata"],
        fits
    );
    others.were_served().await;
}

#[tokio::test]
async fn an_answer_whose_head_is_too_large_resets_its_stream() {
    /// Sends more metadata than a head may have.
    struct Talkative;

    #[remote(package = "testing.v1")]
    impl Talkative {
        #[procedure]
        async fn talk(&self, request: &Request) -> Result<(), IrisError> {
            let metadata = request.append_metadata("x-much", &"x".repeat(17_000));
            metadata.map_err(IrisError::internal)
        }
    }

    let running = Iris::without_context()
        .add_remote(Talkative)
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap();
    let mut speaker = Speaker::connect(running.addresses()[0].tcp().unwrap()).await;
    let answer = speaker.call(1, "/testing.v1.Talkative/Talk", "{}").await;
    assert_eq!(
        answer.reset,
        Some(iris_core::wire::websocket::Reset::Internal)
    );
    assert_eq!(speaker.call(2, FETCH, "{}").await.status, Some(404));
}
