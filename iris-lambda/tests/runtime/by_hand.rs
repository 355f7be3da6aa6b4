//! The same executable where nobody gives events.

use crate::support::{Process, command, in_time};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

struct Server {
    url: String,
    _process: Process,
}

async fn start() -> Server {
    let mut process = Process(command("site").env("PORT", "0").spawn().unwrap());
    let mut lines = BufReader::new(process.0.stdout.take().unwrap()).lines();
    let line = in_time("its address", lines.next_line())
        .await
        .unwrap()
        .unwrap();
    let url = line.strip_prefix("listening at ").unwrap().to_owned();
    Server {
        url,
        _process: process,
    }
}

impl Server {
    async fn send(&self, method: &str, path: &str, body: &'static str) -> Response<Incoming> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        let client = Client::builder(TokioExecutor::new()).build_http();
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        in_time("an answer", client.request(request)).await.unwrap()
    }

    async fn text(&self, method: &str, path: &str, body: &'static str) -> (u16, String) {
        let (head, body) = self.send(method, path, body).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (
            head.status.as_u16(),
            String::from_utf8(body.into()).unwrap(),
        )
    }
}

#[tokio::test]
async fn it_is_a_server_and_the_router_sees_the_same() {
    let server = start().await;
    assert!(
        server.url.starts_with("http://127.0.0.1:"),
        "{}",
        server.url
    );
    let (status, body) = server.text("GET", "/greet/J%C3%B6rg", "").await;
    assert_eq!((status, body.as_str()), (200, "Hello, Jörg\n"));
    let (status, body) = server.text("PUT", "/a%20b?c=1&c=2", "").await;
    assert_eq!(status, 200);
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&told["method"], &told["uri"]),
        (&"PUT".into(), &"/a%20b?c=1&c=2".into())
    );
    assert_eq!(
        (&told["gateway"], &told["source"]),
        (&"Connection".into(), &"127.0.0.1".into())
    );
    assert!(told["id"].as_str().unwrap().starts_with("local-"), "{told}");
    assert_eq!(
        server.text("POST", "/echo", "well").await,
        (200, "well".to_owned())
    );
    let answer = server.send("GET", "/cookies", "").await;
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
    assert_eq!(
        server.text("GET", "/stream", "").await,
        (200, "one two".to_owned())
    );
}

#[tokio::test]
async fn a_panic_is_a_500_and_the_next_request_is_answered() {
    let server = start().await;
    let (status, body) = server.text("GET", "/panic", "").await;
    assert_eq!(
        (status, body.as_str()),
        (500, "Runtime.Panic: the shelf broke")
    );
    assert_eq!(server.text("GET", "/greet/Ada", "").await.0, 200);
}

#[tokio::test]
async fn an_address_that_is_not_to_be_had_is_told() {
    let server = start().await;
    let port = server.url.rsplit(':').next().unwrap();
    for (port, told) in [
        (port, "cannot listen at 127.0.0.1:"),
        ("many", "PORT is `many`"),
    ] {
        let process = Process(command("site").env("PORT", port).spawn().unwrap());
        let (status, printed) = process.ended().await;
        assert_eq!(status.code(), Some(1));
        assert!(printed.contains(told), "{printed}");
    }
}
