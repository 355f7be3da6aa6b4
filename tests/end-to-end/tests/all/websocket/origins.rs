//! Which pages may open sockets, and as whom.

use super::heads::{LIST, answer, listed, listing};
use super::speaker::Speaker;
use crate::others::Others;
use http::StatusCode;
use iris_core::HttpServer;

const PATH: &str = "/-/websocket";
const PAGE: &str = "https://app.example.com";

/// A handshake as a browser makes it, for somebody who is signed in.
fn signed_in(origin: &'static str) -> [(&'static str, &'static str); 4] {
    [
        ("host", "example.com"),
        ("origin", origin),
        ("cookie", "session=1"),
        ("authorization", "Basic of-the-person"),
    ]
}

async fn opens(address: std::net::SocketAddr, origin: &'static str) -> Vec<String> {
    let speaker = Speaker::open(address, PATH, &signed_in(origin)).await;
    let mut speaker = speaker.unwrap_or_else(|refused| panic!("{origin}: {refused:?}"));
    listed(&answer(&mut speaker, 1, LIST, &[]).await)
}

async fn refused(address: std::net::SocketAddr, origin: &'static str) {
    let response = Speaker::open(address, PATH, &signed_in(origin)).await;
    let response = response
        .err()
        .unwrap_or_else(|| panic!("{origin} opened one"));
    assert_eq!(response.status(), StatusCode::FORBIDDEN, "{origin}");
    let text = response.body();
    assert!(
        text.contains(origin) && text.contains("allow_origins"),
        "{text}"
    );
}

#[tokio::test]
async fn pages_of_the_server_s_own_origin_open_sockets_and_no_others() {
    let (running, address) = listing(|server| server).await;
    let others = Others::of(&running).await;
    for own in ["http://example.com", "https://example.com"] {
        let headers = opens(address, own).await;
        assert!(
            headers.contains(&"cookie: session=1".to_owned()),
            "{headers:?}"
        );
    }
    for foreign in [
        PAGE,
        "https://example.com.evil.com",
        "https://example.com:8443",
        "null",
    ] {
        refused(address, foreign).await;
    }
    others.were_served().await;
}

#[tokio::test]
async fn named_origins_come_as_who_is_signed_in() {
    let (_running, address) = listing(|server| server.allow_origins([PAGE])).await;
    for origin in [PAGE, "https://example.com"] {
        let headers = opens(address, origin).await;
        for kept in ["cookie: session=1", "authorization: Basic of-the-person"] {
            assert!(headers.contains(&kept.to_owned()), "{headers:?}");
        }
    }
    for foreign in [
        "http://app.example.com",
        "https://app.example.com.evil.com",
        "null",
    ] {
        refused(address, foreign).await;
    }
}

#[tokio::test]
async fn with_the_wildcard_strangers_come_as_nobody() {
    let (_running, address) = listing(HttpServer::allow_any_origin).await;
    for stranger in ["https://evil.com", "null"] {
        let headers = opens(address, stranger).await;
        assert!(
            headers.contains(&format!("origin: {stranger}")),
            "{headers:?}"
        );
        let secret =
            |header: &&String| header.starts_with("cookie") || header.starts_with("authorization");
        assert_eq!(headers.iter().find(secret), None, "{headers:?}");
    }
    // What a page knows it may say itself, where nobody has said it in the handshake.
    let page = [("host", "example.com"), ("origin", "https://evil.com")];
    let mut speaker = Speaker::open(address, PATH, &page).await.unwrap();
    let token = [("authorization", "Bearer of-the-page")];
    let headers = listed(&answer(&mut speaker, 1, LIST, &token).await);
    assert!(
        headers.contains(&"authorization: Bearer of-the-page".to_owned()),
        "{headers:?}"
    );
    // The server's own pages are no strangers.
    let headers = opens(address, "https://example.com").await;
    assert!(
        headers.contains(&"cookie: session=1".to_owned()),
        "{headers:?}"
    );
}

#[tokio::test]
async fn a_stranger_says_nothing_that_was_taken_from_its_handshake() {
    let (running, address) = listing(HttpServer::allow_any_origin).await;
    let others = Others::of(&running).await;
    // A proxy knows the visitor by their cookie, and says so; to a stranger's page it counts for nothing.
    let handshake = [
        &signed_in("https://evil.com")[..],
        &[
            ("x-auth-request-user", "ada"),
            ("x-forwarded-user", "ada"),
            ("x-forwarded-email", "ada@example.com"),
            ("x-forwarded-access-token", "of-ada"),
            ("x-forwarded-client-cert", "of-ada"),
            ("client-cert", "of-ada"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-proto", "https"),
        ],
    ]
    .concat();
    let mut speaker = Speaker::open(address, PATH, &handshake).await.unwrap();
    let headers = listed(&answer(&mut speaker, 1, LIST, &[]).await);
    let expected = [
        "content-type: application/json",
        "host: example.com",
        "origin: https://evil.com",
        "x-forwarded-for: 192.0.2.1",
        "x-forwarded-proto: https",
    ];
    assert_eq!(headers, expected);
    for (stream, name) in (2..).zip(["x-auth-request-user", "authorization", "client-cert"]) {
        let refused = answer(&mut speaker, stream, LIST, &[(name, "admin")]).await;
        assert_eq!(refused.status, Some(400), "{name}");
        assert!(refused.text().contains(name), "{}", refused.text());
    }
    others.were_served().await;
}

#[tokio::test]
async fn what_is_no_browser_has_no_origin() {
    let (_running, address) = listing(|server| server).await;
    let cookie = [("cookie", "session=1")];
    let mut speaker = Speaker::open(address, PATH, &cookie).await.unwrap();
    let headers = listed(&answer(&mut speaker, 1, LIST, &[]).await);
    assert!(
        headers.contains(&"cookie: session=1".to_owned()),
        "{headers:?}"
    );
}
