//! Servers that say themselves that they do not serve.

use crate::messages::{add, note};
use crate::server::{Server, answer, envelope, ok};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use iris_client::{Body, Client, Format, Protocol};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;

const OFTEN: Duration = Duration::from_millis(2);

/// A server that answers with its name, and of its health what it is told.
struct Checked {
    server: Server,
    asked: Arc<AtomicUsize>,
}

const SERVING: &[u8] = &[8, 1];
const NOT_SERVING: &[u8] = &[8, 2];

impl Checked {
    async fn start(
        name: &'static str,
        body: &'static [u8],
    ) -> (Self, watch::Sender<&'static [u8]>) {
        let (bodies, body) = watch::channel(body);
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = asked.clone();
        let server = Server::start(move |request: Request<Incoming>| {
            let (counter, body) = (counter.clone(), *body.borrow());
            async move {
                if request.uri().path() != "/grpc.health.v1.Health/Check" {
                    return ok(name);
                }
                let content_type = request.headers()["content-type"]
                    .to_str()
                    .unwrap()
                    .to_owned();
                let message = request.into_body().collect().await.unwrap().to_bytes();
                let empty: &[u8] = match content_type.as_str() {
                    "application/json" => b"{}",
                    _ => b"",
                };
                assert_eq!(message, empty, "the server as a whole is asked for");
                counter.fetch_add(1, Ordering::SeqCst);
                answer(200, &content_type, body)
            }
        })
        .await;
        (Checked { server, asked }, bodies)
    }

    /// Waits until the answer to a question that was asked from now on has been taken up.
    async fn asked_again(&self) {
        let before = self.asked.load(Ordering::SeqCst);
        while self.asked.load(Ordering::SeqCst) < before + 3 {
            tokio::time::sleep(OFTEN).await;
        }
    }
}

async fn answering(client: &Client) -> HashSet<String> {
    let mut names = HashSet::new();
    for _ in 0..60 {
        names.insert(add(client).await.unwrap().text);
    }
    names
}

fn names<const N: usize>(names: [&str; N]) -> HashSet<String> {
    names.map(str::to_owned).into()
}

#[tokio::test]
async fn a_server_that_does_not_serve_gets_no_calls_until_it_does() {
    let (one, _serving) = Checked::start("one", SERVING).await;
    let (two, health) = Checked::start("two", NOT_SERVING).await;
    let client = Client::builder(&one.server.url()).endpoint(&two.server.url());
    let client = client.health_check(OFTEN).build().unwrap();
    add(&client).await.unwrap();
    two.asked_again().await;
    assert_eq!(answering(&client).await, names(["one"]));
    health.send_replace(SERVING);
    two.asked_again().await;
    assert_eq!(answering(&client).await, names(["one", "two"]));
}

#[tokio::test]
async fn where_no_server_serves_calls_are_made_all_the_same() {
    let (one, _not) = Checked::start("one", NOT_SERVING).await;
    let client = Client::builder(&one.server.url()).health_check(OFTEN);
    let client = client.build().unwrap();
    add(&client).await.unwrap();
    one.asked_again().await;
    assert_eq!(add(&client).await.unwrap(), note("one"));
}

#[tokio::test]
async fn the_question_is_in_the_clients_own_format() {
    let (one, _serving) = Checked::start("one", br#"{"status":"SERVING"}"#).await;
    let (two, _not) = Checked::start("two", br#"{"status":"NOT_SERVING"}"#).await;
    let client = Client::builder(&one.server.url()).endpoint(&two.server.url());
    let client = client.health_check(OFTEN).format(Format::Json).build();
    let client = client.unwrap();
    // What the servers answer to the call itself is no JSON.
    let _ = add(&client).await;
    two.asked_again().await;
    let before = two.server.connections();
    for _ in 0..60 {
        let _ = add(&client).await;
    }
    assert_eq!(two.server.connections(), before);
}

#[tokio::test]
async fn a_server_without_health_checks_counts_as_serving() {
    let asked = Arc::new(AtomicUsize::new(0));
    let start = |name: &'static str| {
        let asked = asked.clone();
        Server::start(move |request: Request<Incoming>| {
            let asked = asked.clone();
            async move {
                if request.uri().path() != "/grpc.health.v1.Health/Check" {
                    return ok(name);
                }
                asked.fetch_add(1, Ordering::SeqCst);
                let body = br#"{"code":"unimplemented","message":"no such procedure"}"#;
                answer(404, "application/json", &body[..])
            }
        })
    };
    let (one, two) = (start("one").await, start("two").await);
    let client = Client::builder(&one.url()).endpoint(&two.url());
    let client = client.health_check(OFTEN).build().unwrap();
    add(&client).await.unwrap();
    while asked.load(Ordering::SeqCst) < 6 {
        tokio::time::sleep(OFTEN).await;
    }
    assert_eq!(answering(&client).await, names(["one", "two"]));
}

#[tokio::test]
async fn questions_in_grpc_end_with_the_client() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let server = Server::start(move |request: Request<Incoming>| {
        assert_eq!(request.headers()["content-type"], "application/grpc+proto");
        counter.fetch_add(1, Ordering::SeqCst);
        async move {
            let mut trailers = http::HeaderMap::new();
            trailers.insert("grpc-status", "0".parse().unwrap());
            let body = Body::with_trailers(envelope(0, SERVING), trailers);
            let response = Response::builder().header("content-type", "application/grpc+proto");
            response.body(body).unwrap()
        }
    })
    .await;
    let client = Client::builder(&server.url()).protocol(Protocol::Grpc);
    let client = client.health_check(OFTEN).build().unwrap();
    let _ = add(&client).await;
    while asked.load(Ordering::SeqCst) < 5 {
        tokio::time::sleep(OFTEN).await;
    }
    drop(client);
    tokio::time::sleep(20 * OFTEN).await;
    let after = asked.load(Ordering::SeqCst);
    tokio::time::sleep(20 * OFTEN).await;
    assert_eq!(asked.load(Ordering::SeqCst), after);
}
