//! Unary calls in Connect.

use crate::messages::{ADD, LOOK, Note, add, note};
use crate::server::{Server, answer, encoded, ok, read};
use bytes::Bytes;
use http::{Method, Request, Response, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use iris_client::{Body, Client, Compression, Format, IrisError, Status, Unary};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A server that keeps what it was sent, and answers `ok`.
async fn recording() -> (Server, Arc<Mutex<Option<Request<Bytes>>>>) {
    let seen = Arc::new(Mutex::new(None));
    let kept = seen.clone();
    let server = Server::start(move |request: Request<Incoming>| {
        let kept = kept.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            *kept.lock().unwrap() = Some(Request::from_parts(parts, body));
            ok("well")
        }
    })
    .await;
    (server, seen)
}

#[tokio::test]
async fn a_call_is_a_plain_post_over_http_1() {
    let (server, seen) = recording().await;
    let client = Client::builder(&format!("{}/api/", server.url()))
        .metadata("x-every", "call")
        .build()
        .unwrap();
    let answer = add(&client)
        .deadline(Duration::from_secs(7))
        .metadata("x-one", "call")
        .metadata_bytes("x-raw-bin", &[0, 255])
        .await
        .unwrap();
    assert_eq!(answer, note("well"));

    let request = seen.lock().unwrap().take().unwrap();
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.version(), Version::HTTP_11);
    assert_eq!(request.uri().path(), "/api/test.v1.Notes/Add");
    assert_eq!(request.body(), &encoded("hello"));
    let headers = request.headers();
    assert_eq!(headers["content-type"], "application/proto");
    assert_eq!(headers["connect-protocol-version"], "1");
    assert_eq!(headers["accept-encoding"], Compression::accepted());
    assert_eq!(headers["user-agent"], "iris-client/0.1.0");
    assert_eq!(headers["content-length"], "7");
    assert_eq!(
        (&headers["x-every"], &headers["x-one"]),
        (&"call".parse().unwrap(), &"call".parse().unwrap())
    );
    assert_eq!(headers["x-raw-bin"], "AP8");
    let left: u64 = headers["connect-timeout-ms"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((6_000..=7_000).contains(&left), "{left}");
}

#[tokio::test]
async fn json_is_json_on_the_wire() {
    let server = Server::start(|request| async move {
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(read(request).await, r#"{"text":"hello"}"#);
        answer(200, "application/json; charset=utf-8", r#"{"text":"well"}"#)
    })
    .await;
    let client = Client::builder(&server.url())
        .format(Format::Json)
        .build()
        .unwrap();
    assert_eq!(add(&client).await.unwrap(), note("well"));
}

#[tokio::test]
async fn http2_by_choice_is_prior_knowledge() {
    let (server, seen) = recording().await;
    let client = Client::builder(&server.url()).http2().build().unwrap();
    add(&client).await.unwrap();
    assert_eq!(
        seen.lock().unwrap().take().unwrap().version(),
        Version::HTTP_2
    );
}

#[tokio::test]
async fn calls_in_a_row_share_a_connection() {
    let server = Server::start(|_| async { ok("well") }).await;
    let client = Client::connect(&server.url()).unwrap();
    for _ in 0..5 {
        add(&client.clone()).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn metadata_and_trailers_come_with_the_response() {
    let server = Server::start(|_| async {
        let mut response = ok("well");
        for (name, value) in [
            ("x-cost", "3"),
            ("trailer-x-rows", "4"),
            ("trailer-x-rows", "5"),
        ] {
            response.headers_mut().append(name, value.parse().unwrap());
        }
        response
    })
    .await;
    let client = Client::connect(&server.url()).unwrap();
    let response = add(&client).with_response().await.unwrap();
    assert_eq!(response.message, note("well"));
    assert_eq!(response.metadata.get("x-cost"), Some("3"));
    assert_eq!(response.metadata.get("trailer-x-rows"), None);
    assert_eq!(
        response.trailers.get_all("x-rows").collect::<Vec<_>>(),
        ["4", "5"]
    );
}

#[tokio::test]
async fn get_carries_the_message_in_the_url() {
    let (server, seen) = recording().await;
    let client = Client::connect(&server.url()).unwrap();
    let look = |text: String| -> Unary<Note, Note> { client.unary(LOOK, note(text)).get() };

    look("hello".into()).await.unwrap();
    let request = seen.lock().unwrap().take().unwrap();
    assert_eq!(request.method(), Method::GET);
    assert_eq!(
        request.uri(),
        "/test.v1.Notes/Look?connect=v1&base64=1&encoding=proto&message=CgVoZWxsbw"
    );
    assert!(!request.headers().contains_key("content-type"));

    look("x".repeat(10_000)).await.unwrap();
    let request = seen.lock().unwrap().take().unwrap();
    assert_eq!(request.method(), Method::POST, "too long for a URL");
    assert_eq!(request.headers()["content-type"], "application/proto");

    let refused: Unary<Note, Note> = client.unary(ADD, note("hello")).get();
    let error = refused.await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
    assert!(error.internal_message.contains("side effects"), "{error}");
    assert!(seen.lock().unwrap().is_none(), "nothing was sent");
}

#[derive(Debug, PartialEq)]
enum Code {
    WrongPassword,
    Other(i32),
}

impl From<i32> for Code {
    fn from(number: i32) -> Self {
        match number {
            0 => Code::WrongPassword,
            other => Code::Other(other),
        }
    }
}

#[tokio::test]
async fn the_servers_error_comes_with_its_code() {
    let server = Server::start(|_| async {
        let error = IrisError::new(0, "no such user")
            .with_status(Status::Unauthenticated)
            .with_request_id("r-9");
        let body = iris_core::wire::connect::error_body(&error);
        answer(401, "application/json", body)
    })
    .await;
    let client = Client::connect(&server.url()).unwrap();
    let call: Unary<Note, Note, Code> = client.unary(ADD, note("hello"));
    let error = call.await.unwrap_err();
    assert_eq!(error.code, Code::WrongPassword);
    assert_eq!(error.status, Status::Unauthenticated);
    assert_eq!(error.internal_message, "no such user");
    assert_eq!(error.request_id(), Some("r-9"));
    assert_ne!(error.code, Code::Other(900));
}

#[tokio::test]
async fn an_undecodable_answer_is_911() {
    let server =
        Server::start(|_| async { answer(200, "application/proto", &b"\xff\xff"[..]) }).await;
    let error = add(&Client::connect(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.code, error.status), (911, Status::Internal));
    assert!(error.internal_message.contains("test.v1.Note"), "{error}");
}

#[tokio::test]
async fn an_answer_over_the_limit_is_913_with_or_without_its_length() {
    let announced = Server::start(|_| async { ok(&"x".repeat(2000)) }).await;
    let endless = Server::start(|_| async {
        let pieces = futures_util::stream::repeat_with(|| {
            Ok::<_, std::io::Error>(http_body::Frame::data(Bytes::from_static(&[b'x'; 300])))
        });
        let body = Body::new(http_body_util::StreamBody::new(pieces));
        Response::builder()
            .header("content-type", "application/proto")
            .body(body)
            .unwrap()
    })
    .await;
    for server in [announced, endless] {
        let client = Client::builder(&server.url())
            .max_message_size(1000)
            .build()
            .unwrap();
        let error = add(&client).await.unwrap_err();
        assert_eq!((error.code, error.status), (913, Status::ResourceExhausted));
        assert!(error.internal_message.contains("limit of 1000"), "{error}");
    }
}

#[tokio::test]
async fn an_error_over_the_limit_for_messages_is_told_all_the_same() {
    let long = "too long for a message. ".repeat(100);
    let body = iris_core::wire::connect::error_body(&IrisError::new(7, long.clone()));
    let server = Server::start(move |_| {
        let body = body.clone();
        async move { answer(400, "application/json", body) }
    })
    .await;
    let builder = Client::builder(&server.url()).max_message_size(100);
    let error = add(&builder.build().unwrap()).await.unwrap_err();
    assert_eq!((error.code, error.internal_message), (7, long));
}

#[tokio::test]
async fn an_error_without_end_is_not_read_to_it() {
    let server = Server::start(|_| async {
        let body = "x".repeat(100_000);
        answer(400, "application/json", body)
    })
    .await;
    let builder = Client::builder(&server.url()).max_message_size(100);
    let error = add(&builder.build().unwrap()).await.unwrap_err();
    assert_eq!(error.code, 913, "{error}");
}

#[tokio::test]
async fn an_answer_in_many_pieces_is_put_together() {
    let server = Server::start(|_| async {
        let pieces = encoded("put together")
            .into_iter()
            .map(|byte| Ok::<_, std::io::Error>(http_body::Frame::data(Bytes::from(vec![byte]))));
        let pieces: Vec<_> = pieces.collect();
        let body = Body::new(http_body_util::StreamBody::new(futures_util::stream::iter(
            pieces,
        )));
        Response::builder()
            .header("content-type", "application/proto")
            .body(body)
            .unwrap()
    })
    .await;
    let answer = add(&Client::connect(&server.url()).unwrap()).await.unwrap();
    assert_eq!(answer, note("put together"));
}

#[tokio::test]
async fn invalid_metadata_fails_the_call_and_the_builder() {
    let server = Server::start(|_| async { ok("well") }).await;
    let client = Client::connect(&server.url()).unwrap();
    for (name, value) in [
        ("no name", "x"),
        ("content-type", "x"),
        ("x", "größe"),
        ("x-bin", "x"),
    ] {
        let error = add(&client).metadata(name, value).await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
        assert!(
            error.internal_message.contains(&format!("`{name}`")),
            "{error}"
        );
        let built = Client::builder(&server.url()).metadata(name, value).build();
        assert_eq!(built.unwrap_err().status, Status::InvalidArgument);
    }
    let error = add(&client).metadata_bytes("x", b"x").await.unwrap_err();
    assert!(error.internal_message.contains("-bin"), "{error}");
    assert_eq!(server.connections(), 0, "nothing was sent");
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_carries_calls() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("iris.sock");
    let client = Client::builder("http://localhost/api")
        .unix_socket(&path)
        .build()
        .unwrap();
    let error = add(&client).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(error.internal_message.contains("no such socket"), "{error}");

    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    let serving = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        crate::server::serve(
            hyper_util::rt::TokioIo::new(socket),
            |request: Request<Incoming>| async move {
                assert_eq!(request.headers()["host"], "localhost");
                assert_eq!(request.uri().path(), "/api/test.v1.Notes/Add");
                ok("well")
            },
        )
        .await;
    });
    assert_eq!(add(&client).await.unwrap(), note("well"));
    serving.abort();
}
