//! Layers around a server.

use crate::support::{RawRequest, Server, Way, text};
use end_to_end_client::messages::testing::v1::Number;
use http::{HeaderValue, Request, Response, StatusCode};
use iris_core::{Body, HttpService, Peer};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tower::Service;
use tower::layer::layer_fn;

/// Notes who comes by, and lets through who is no stranger.
#[derive(Clone)]
struct Guard {
    name: &'static str,
    seen: Arc<Mutex<Vec<String>>>,
    inner: HttpService,
}

impl Service<Request<Body>> for Guard {
    type Response = Response<Body>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, std::io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let peer = matches!(request.extensions().get(), Some(Peer::Tcp(_)));
        let line = format!("{} {} {peer}", self.name, request.uri().path());
        self.seen.lock().unwrap().push(line);
        let answered = match request
            .headers()
            .get("x-stranger")
            .map(HeaderValue::as_bytes)
        {
            Some(b"turn away") => {
                let mut response = Response::new(Body::full("go away"));
                *response.status_mut() = StatusCode::FORBIDDEN;
                return Box::pin(async { Ok(response) });
            }
            Some(b"break") => {
                return Box::pin(async { Err(std::io::Error::other("the password is hunter2")) });
            }
            Some(_) => panic!("the password is hunter2"),
            None => self.inner.call(request),
        };
        Box::pin(async move {
            let Ok(response) = answered.await;
            Ok(response)
        })
    }
}

async fn guarded() -> (Server, Arc<Mutex<Vec<String>>>) {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let guard = |name| {
        let seen = seen.clone();
        layer_fn(move |inner| Guard {
            name,
            seen: seen.clone(),
            inner,
        })
    };
    let (outer, inner) = (guard("outer"), guard("inner"));
    let server = Server::with(
        |application| application,
        |server| {
            server
                .prefix("/api")
                .allow_origins(["https://app.example.com"])
                .layer(outer)
                .layer(inner)
        },
    )
    .await;
    (server, seen)
}

const ECHO: &str = "/api/testing.v1.Shapes/Echo";

#[tokio::test]
async fn the_first_layer_is_the_outermost_and_sees_what_came() {
    let (server, seen) = guarded().await;
    let answer = server
        .send(RawRequest::post_json(ECHO, r#"{"text":"hello"}"#))
        .await;
    assert_eq!(answer.json()["text"], "hello");
    let expected = [format!("outer {ECHO} true"), format!("inner {ECHO} true")];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_layer_may_answer_by_itself_and_preflights_come_before_it() {
    let (server, seen) = guarded().await;
    let refused = RawRequest::post_json(ECHO, "{}").header("x-stranger", "turn away");
    let answer = server.send(refused).await;
    assert_eq!(
        (answer.status, answer.text()),
        (StatusCode::FORBIDDEN, "go away")
    );
    assert_eq!(seen.lock().unwrap().len(), 1, "the inner one was not asked");

    let preflight = RawRequest::new("OPTIONS", ECHO)
        .header("origin", "https://app.example.com")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    assert!(server.send(preflight).await.status.is_success());
    assert_eq!(seen.lock().unwrap().len(), 1, "no layer was asked");
}

#[tokio::test]
async fn a_layer_that_fails_or_panics_is_902_and_says_nothing_of_why() {
    let (server, _) = guarded().await;
    for stranger in ["break", "panic"] {
        let request = RawRequest::post_json(ECHO, "{}").header("x-stranger", stranger);
        let answer = server.send(request).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.code(), 902, "{stranger}");
        assert!(!answer.text().contains("hunter2"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_stream_may_pause_behind_cors_and_behind_a_layer() {
    let short = Duration::from_millis(50);
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let guard = layer_fn(move |inner| Guard {
        name: "guard",
        seen: seen.clone(),
        inner,
    });
    let cors = Server::with(
        |application| application,
        |server| server.body_timeout(short).allow_any_origin(),
    );
    let layered = Server::with(
        |application| application,
        |server| server.body_timeout(short).layer(guard),
    );
    for server in [cors.await, layered.await] {
        let (numbers, stream) = mpsc::channel(1);
        let shapes = server.remotes(Way::GrpcProto).shapes();
        let sum = tokio::spawn(async move { shapes.sum(ReceiverStream::new(stream)).await });
        numbers.send(Number { number: 1 }).await.unwrap();
        // As long as it takes the server to give up one who stops within a message.
        for _ in 0..2 {
            let stopped = server.remotes(Way::ConnectHttp2).shapes();
            let (_held, never) = mpsc::channel::<Number>(1);
            let call = stopped.sum(ReceiverStream::new(never)).deadline(2 * short);
            call.await.unwrap_err();
        }
        numbers.send(Number { number: 2 }).await.unwrap();
        drop(numbers);
        assert_eq!(sum.await.unwrap().unwrap().number, 3);
        assert_eq!(
            server
                .remotes(Way::ConnectProto)
                .shapes()
                .fetch()
                .await
                .unwrap(),
            text("fetched")
        );
    }
}
