//! Handshakes, and what is none.

use super::FETCH;
use super::speaker::Speaker;
use crate::hostile::server;
use crate::others::Others;
use crate::support::{RawRequest, get};
use http::Version;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::TokioExecutor;

const PATH: &str = "/-/websocket";

fn handshake(method: &str) -> RawRequest {
    RawRequest::new(method, PATH)
        .header("connection", "keep-alive, Upgrade")
        .header("upgrade", "WebSocket")
}

fn complete() -> RawRequest {
    handshake("GET")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

#[tokio::test]
async fn a_handshake_is_answered_as_rfc_6455_says() {
    let (server, _) = server(|server| server).await;
    let request = complete().header("sec-websocket-protocol", "other, iris.v1, iris.v2");
    let response = server.send(request).await;
    assert_eq!(response.status, 101);
    // The example of section 1.3.
    assert_eq!(
        response.header("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    assert_eq!(response.header("sec-websocket-protocol"), Some("iris.v1"));
    assert_eq!(response.header("upgrade"), Some("websocket"));
    assert_eq!(response.header("sec-websocket-extensions"), None);
}

#[tokio::test]
async fn a_client_that_offers_another_subprotocol_is_told_so() {
    let (server, _) = server(|server| server).await;
    for (offered, shown) in [
        (None, "offers none"),
        (Some("graphql-ws, IRIS.V1"), "offers `graphql-ws, IRIS.V1`"),
        (Some("iris.v10"), "offers `iris.v10`"),
        (Some(""), "offers ``"),
    ] {
        let request = match offered {
            None => complete(),
            Some(offered) => complete().header("sec-websocket-protocol", offered),
        };
        let response = server.send(request).await;
        assert_eq!(response.status, 400, "{offered:?}");
        let text = response.text();
        assert!(text.contains(shown) && text.contains("`iris.v1`"), "{text}");
    }
}

#[tokio::test]
async fn what_is_no_handshake_is_refused_in_words() {
    let (server, _) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let plain = server.send(RawRequest::new("GET", PATH)).await;
    assert_eq!(
        (plain.status.as_u16(), plain.header("upgrade")),
        (426, Some("websocket"))
    );
    assert!(plain.text().contains("WebSocket"), "{}", plain.text());
    let posted = server.send(RawRequest::post_json(PATH, "{}")).await;
    assert_eq!(
        (posted.status.as_u16(), posted.header("allow")),
        (405, Some("GET"))
    );
    let old = handshake("GET").header("sec-websocket-version", "8");
    let old = server.send(old).await;
    assert_eq!(
        (old.status.as_u16(), old.header("sec-websocket-version")),
        (426, Some("13"))
    );
    for key in [
        "",
        "short",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ==AAAA",
    ] {
        let request = handshake("GET")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", key);
        let response = server.send(request).await;
        assert_eq!(response.status, 400, "{key}");
        assert!(
            response.text().contains("sec-websocket-key"),
            "{}",
            response.text()
        );
    }
    let with_body = complete()
        .header("sec-websocket-protocol", "iris.v1")
        .body("hello");
    assert_eq!(server.send(with_body).await.status, 400);
    others.were_served().await;
}

#[tokio::test]
async fn http2_is_told_to_come_by_http1() {
    let (server, _) = server(|server| server).await;
    let client: HttpClient<_, Empty<bytes::Bytes>> = HttpClient::builder(TokioExecutor::new())
        .http2_only(true)
        .build_http();
    let url = format!("{}{PATH}", server.url());
    let response = client.get(url.parse().unwrap()).await.unwrap();
    assert_eq!(
        (response.version(), response.status().as_u16()),
        (Version::HTTP_2, 426)
    );
    let text = response.into_body().collect().await.unwrap().to_bytes();
    assert!(
        String::from_utf8_lossy(&text).contains("HTTP/1.1"),
        "{text:?}"
    );
}

#[tokio::test]
async fn a_server_may_have_none() {
    let (server, address) = server(|server| server.websocket(false)).await;
    let refused = Speaker::open(address, PATH, &[]).await.err().unwrap();
    assert_eq!(refused.status(), 404);
    let plain = get(&format!("{}{PATH}", server.url())).await;
    assert_eq!(plain.status, 404);
}

#[tokio::test]
async fn a_socket_opened_on_a_connection_that_was_used_before() {
    let (_server, address) = server(|server| server).await;
    let mut io = tokio::net::TcpStream::connect(address).await.unwrap();
    let call = format!(
        "POST {FETCH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    tokio::io::AsyncWriteExt::write_all(&mut io, call.as_bytes())
        .await
        .unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(br#"{"text":"fetched"}"#) {
        tokio::io::AsyncReadExt::read_buf(&mut io, &mut answer)
            .await
            .unwrap();
    }
    let mut speaker = Speaker::over(io, PATH, &[]).await.unwrap();
    assert_eq!(speaker.call(1, FETCH, "{}").await.status, Some(200));
}
