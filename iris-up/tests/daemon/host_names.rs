//! Whom a request is for, by name.

use crate::support::{Daemon, path};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn daemon() -> Daemon {
    let daemon = Daemon::start_with(&["--domain", "box.example"]).await;
    daemon.runs(["push", &path("resident")]).await;
    daemon
}

/// Sends a request by HTTP/2.
async fn by_http2(request: Request<Full<Bytes>>) -> Response<Bytes> {
    let client = Client::builder(TokioExecutor::new())
        .http2_only(true)
        .build_http();
    let (parts, body) = client.request(request).await.unwrap().into_parts();
    Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
}

/// Sends what is written, and reads until the other end closes.
async fn written(daemon: &Daemon, request: &str) -> String {
    let address = daemon.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn by_its_own_name_an_app_has_all_paths() {
    let daemon = daemon().await;
    for path in [
        "/2015-03-31/functions/resident/invocations",
        "/2021-11-15/functions/resident/response-streaming-invocations",
        "/iris.up.v1.Apps/List",
        "/-/websocket",
        "/headers",
    ] {
        for kind in ["application/json", "application/grpc"] {
            let request = Request::post(path)
                .header("host", "Resident.box.example")
                .header("content-type", kind);
            let answer = daemon
                .send(request.body(Bytes::from_static(b"{}")).unwrap())
                .await;
            let text = String::from_utf8_lossy(answer.body());
            let line = text.lines().next().unwrap_or_default();
            assert_eq!(answer.status(), 200, "{path} {kind}: {text}");
            assert!(line.starts_with("POST ") && line.ends_with(path), "{line}");
        }
    }
    // By the daemon's they are its own.
    let answer = daemon
        .post("/2015-03-31/functions/resident/invocations", "{}")
        .await;
    assert_eq!(answer.0, 400, "{answer:?}");
    let request = Request::post("/iris.up.v1.Apps/List").header("content-type", "application/json");
    let answer = daemon
        .send(request.body(Bytes::from_static(b"{}")).unwrap())
        .await;
    let text = String::from_utf8_lossy(answer.body()).into_owned();
    assert!(text.contains("\"name\":\"resident\""), "{text}");
}

#[tokio::test]
async fn by_its_own_name_a_connection_may_go_over_to_another_protocol() {
    let daemon = daemon().await;
    let address = daemon.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = "GET /upgrade HTTP/1.1\r\nhost: resident.box.example\r\nconnection: Upgrade\r\nupgrade: loud\r\n\r\n";
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
    socket.write_all(b"hello").await.unwrap();
    let mut loud = [0; 5];
    socket.read_exact(&mut loud).await.unwrap();
    assert_eq!(&loud, b"HELLO");
}

#[tokio::test]
async fn an_authority_and_a_host_that_differ_are_no_request() {
    let daemon = daemon().await;
    let request = |path: &str, host: Option<&str>| {
        let request = Request::get(format!("{}{path}", daemon.url));
        let request = match host {
            Some(host) => request.header("host", host),
            None => request,
        };
        request.body(Full::default()).unwrap()
    };
    let own = daemon.url.strip_prefix("http://").unwrap();
    for host in [None, Some(own)] {
        let answer = by_http2(request("/resident/headers", host)).await;
        assert_eq!(answer.status(), 200, "{host:?}");
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(text.contains(&format!("host: {own}\n")), "{text}");
        assert!(
            text.contains(&format!("x-forwarded-host: {own}\n")),
            "{text}"
        );
    }
    for host in ["resident.box.example", "other.example", "127.0.0.1:1"] {
        for path in ["/headers", "/resident/headers"] {
            let answer = by_http2(request(path, Some(host))).await;
            assert_eq!(answer.status(), 400, "{host} {path}: {answer:?}");
        }
    }
    for wrong in [
        "",
        "host: a.example\r\nhost: b.example\r\n",
        "host: a b\r\n",
    ] {
        let request = format!("GET /resident/headers HTTP/1.1\r\n{wrong}connection: close\r\n\r\n");
        let answer = written(&daemon, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{wrong}: {answer}");
    }
}

#[tokio::test]
async fn an_app_is_told_one_host() {
    let daemon = daemon().await;
    // By HTTP/1.1 a URI goes before the header.
    let answer = written(
        &daemon,
        "GET http://resident.box.example/headers HTTP/1.1\r\nhost: other.example\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(answer.contains("host: resident.box.example\n"), "{answer}");
    assert!(!answer.contains("other.example"), "{answer}");
    // Nobody takes it away.
    let answer = written(
        &daemon,
        "GET /headers HTTP/1.1\r\nhost: resident.box.example\r\nconnection: close, host, x-forwarded-host\r\n\r\n",
    )
    .await;
    assert!(
        answer.contains("\nhost: resident.box.example\n"),
        "{answer}"
    );
    assert!(
        answer.contains("x-forwarded-host: resident.box.example\n"),
        "{answer}"
    );
    // By HTTP/2 it is the authority, and no header beside it.
    let request = Request::post("/headers")
        .header("host", "resident.box.example")
        .header("content-type", "application/grpc");
    let answer = daemon.send(request.body(Bytes::new()).unwrap()).await;
    let text = String::from_utf8_lossy(answer.body()).into_owned();
    assert!(
        text.starts_with("POST http://resident.box.example/headers\n"),
        "{text}"
    );
    assert!(!text.contains("\nhost: "), "{text}");
}

#[tokio::test]
async fn requests_are_not_hidden_in_another_protocol() {
    let daemon = daemon().await;
    for protocol in ["h2c", "websocket, H2C", "HTTP/2.0"] {
        let answer = written(
            &daemon,
            &format!(
                "GET /headers HTTP/1.1\r\nhost: resident.box.example\r\nconnection: upgrade, http2-settings, close\r\n\
                 upgrade: {protocol}\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n"
            ),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{protocol}: {answer}");
        assert!(!answer.contains("upgrade"), "{protocol}: {answer}");
        assert!(!answer.contains("http2-settings"), "{protocol}: {answer}");
    }
}

/// A handshake of a WebSocket goes to whom it is for, too.
#[tokio::test]
async fn sockets_are_the_daemons_at_its_own_name_alone() {
    let daemon = daemon().await;
    let address = daemon.url.strip_prefix("http://").unwrap();
    for (host, expected) in [
        (address, "HTTP/1.1 101 "),
        ("localhost", "HTTP/1.1 101 "),
        ("resident.box.example", "HTTP/1.1 200 "),
    ] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let handshake = format!(
            "GET /-/websocket HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: iris.v1\r\n\r\n"
        );
        socket.write_all(handshake.as_bytes()).await.unwrap();
        let mut start = [0; 13];
        socket.read_exact(&mut start).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&start), expected, "{host}");
    }
}
