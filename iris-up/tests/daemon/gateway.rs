//! Requests on their way to apps.

use crate::support::{Daemon, path};
use bytes::Bytes;
use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn calls_are_the_apps_too() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    for kind in [
        "application/grpc",
        "application/proto",
        "application/connect+json",
        "application/grpc-web",
    ] {
        let request = Request::post("/resident/echo")
            .header("content-type", kind)
            .header("connect-protocol-version", "1");
        let answer = daemon
            .send(request.body(Bytes::from_static(b"a call")).unwrap())
            .await;
        assert_eq!(
            (answer.status().as_u16(), &answer.body()[..]),
            (200, &b"a call"[..]),
            "{kind}"
        );
    }
    // Those for the daemon are not.
    let request =
        Request::post("/iris.up.v1.Apps/Nothing").header("content-type", "application/proto");
    let answer = daemon.send(request.body(Bytes::new()).unwrap()).await;
    assert_eq!(answer.status(), 404);
    assert!(String::from_utf8_lossy(answer.body()).contains("unimplemented"));
}

#[tokio::test]
async fn a_request_comes_as_it_was_sent_but_for_the_apps_name() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--name", "app"])
        .await;
    let request = Request::put("/app/headers?x=%20y")
        .header("host", "box.example")
        .header("x-word", "one")
        .header("x-forwarded-for", "127.0.0.1")
        .header("connection", "x-secret")
        .header("x-secret", "1");
    let response = daemon
        .send(request.body(Bytes::from("body")).unwrap())
        .await;
    let text = String::from_utf8_lossy(response.body()).into_owned();
    let mut lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.remove(0), "PUT /headers?x=%20y");
    for expected in [
        "host: box.example",
        "x-word: one",
        "x-forwarded-host: box.example",
        "x-forwarded-prefix: /app",
        "x-forwarded-proto: http",
        "x-forwarded-for: 127.0.0.1",
        "content-length: 4",
    ] {
        assert!(lines.contains(&expected), "{expected}: {text}");
    }
    assert!(!text.contains("x-secret"), "{text}");
}

#[tokio::test]
async fn bodies_go_through_both_ways() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let sent: Bytes = (0..3_000_000u32).map(|number| number as u8).collect();
    let (status, back) = daemon.post("/resident/echo", sent.clone()).await;
    assert_eq!(status, 200);
    assert!(back == sent, "{} bytes", back.len());
}

#[tokio::test]
async fn a_connection_may_go_over_to_another_protocol() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let address = daemon.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request =
        "GET /resident/upgrade HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: loud\r\n\r\n";
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(head.contains("upgrade: loud"), "{head}");
    for word in ["hello", "again"] {
        socket.write_all(word.as_bytes()).await.unwrap();
        let mut loud = [0; 5];
        socket.read_exact(&mut loud).await.unwrap();
        assert_eq!(loud, word.to_uppercase().as_bytes());
    }
}

#[tokio::test]
async fn what_is_no_app_is_not_found() {
    let daemon = Daemon::start().await;
    for path in ["/", "/nothing", "/nothing/at/all", "/..%2f", "/UPPER", "//"] {
        let (status, text) = daemon.get(path).await;
        assert_eq!(status, 404, "{path}: {text}");
    }
}

#[tokio::test]
async fn an_app_sees_nothing_of_the_daemons_environment() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let (_, names) = daemon.get("/resident/environment").await;
    let mut names: Vec<&str> = names.lines().collect();
    names.sort_unstable();
    let expected = [
        "HOME",
        "HOST",
        "IRIS_UP_APP",
        "IRIS_UP_DAEMON",
        "IRIS_UP_VERSION",
        "PATH",
        "PORT",
        "TMPDIR",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn one_request_stays_one() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let address = daemon.url.strip_prefix("http://").unwrap();
    let hidden = "GET /resident/environment HTTP/1.1\r\nhost: x\r\n\r\n";
    for head in [
        "content-length: 4\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 4\r\n",
        "transfer-encoding: xchunked\r\ncontent-length: 4\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding : chunked\r\ncontent-length: 4\r\n",
        "transfer-encoding:\r\n chunked\r\ncontent-length: 4\r\n",
        "content-length: 4\r\ncontent-length: 400\r\n",
        "content-length: +4\r\n",
        "connection: content-length\r\ncontent-length: 5\r\n",
        "connection: transfer-encoding\r\ntransfer-encoding: chunked\r\n",
        "te: chunked\r\ntransfer-encoding: chunked\r\n",
    ] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "POST /resident/echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{head}\r\n0\r\n\r\n{hidden}"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // What is behind the first is not read, so that the connection may be reset.
        let _ = socket.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{head}: {answer}");
        assert!(!answer.contains("IRIS_UP_APP"), "{head}: {answer}");
    }
    // The connections to the app are as good as before.
    for _ in 0..20 {
        assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
    }
}
