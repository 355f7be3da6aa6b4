//! Streams in Connect, and what holds for streams in either protocol.

use crate::messages::{CHAT, COLLECT, Note, WATCH, note};
use crate::server::{Server, answer, encoded, envelope, headers, joined};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{Request, Response, Version};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use iris_client::{
    Bidirectional, Body, Client, ClientStreaming, IrisError, Protocol, ServerStreaming, Status,
    Streaming,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

const STREAM: &str = "application/connect+proto";
const END: u8 = 2;

fn connect(server: &Server) -> Client {
    Client::connect(&server.url()).unwrap()
}

async fn watch(client: &Client) -> Result<Streaming<Note>, IrisError> {
    let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("hello"));
    call.await
}

/// What would otherwise be waited for without end where the client did not do its part.
async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("the client did its part")
}

/// The texts of a stream, and how it ended.
async fn drain(stream: &mut Streaming<Note>) -> (Vec<String>, Result<(), IrisError>) {
    let mut texts = Vec::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(note) => texts.push(note.text),
            Err(error) => return (texts, Err(error)),
        }
    }
    (texts, Ok(()))
}

/// What comes of a stream with this body.
async fn outcome(body: &'static [u8]) -> (Vec<String>, Result<(), IrisError>) {
    let server = Server::start(move |_| async move { answer(200, STREAM, body) }).await;
    drain(&mut watch(&connect(&server)).await.unwrap()).await
}

/// A stream of what comes through the channel.
fn received<T: Send + 'static>(
    receiver: mpsc::Receiver<T>,
) -> impl iris_client::Stream<Item = T> + Send + 'static {
    stream::unfold(receiver, |mut receiver| async {
        Some((receiver.recv().await?, receiver))
    })
}

/// An answer whose body is made of what comes through the channel.
fn streamed(content_type: &str, frames: mpsc::Receiver<Frame<Bytes>>) -> Response<Body> {
    let frames = received(frames).map(Ok::<_, std::io::Error>);
    let response = Response::builder().header("content-type", content_type);
    response.body(Body::new(StreamBody::new(frames))).unwrap()
}

#[tokio::test]
async fn a_stream_goes_by_http_2_and_ends_with_its_trailers() {
    let server = Server::start(|request: Request<Incoming>| async move {
        assert_eq!(request.version(), Version::HTTP_2);
        assert_eq!(request.headers()["content-type"], STREAM);
        assert_eq!(request.headers()["connect-protocol-version"], "1");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, envelope(0, &encoded("hello")));
        let end = br#"{"metadata":{"x-rows":["2"]}}"#;
        let body = [
            envelope(0, &encoded("1")),
            envelope(0, &encoded("2")),
            envelope(END, end),
        ];
        answer(200, STREAM, joined(&body))
    })
    .await;
    let mut stream = watch(&connect(&server)).await.unwrap();
    let (texts, end) = drain(&mut stream).await;
    assert_eq!(texts, ["1", "2"]);
    end.unwrap();
    assert_eq!(stream.trailers().get("x-rows"), Some("2"));
}

#[tokio::test]
async fn a_client_for_http_1_alone_streams() {
    let server = Server::start(|request: Request<Incoming>| async move {
        assert_eq!(request.version(), Version::HTTP_11);
        answer(200, STREAM, envelope(END, b"{}"))
    })
    .await;
    let client = Client::builder(&server.url()).http1().build().unwrap();
    for _ in 0..3 {
        drain(&mut watch(&client).await.unwrap()).await.1.unwrap();
    }
    assert_eq!(
        server.connections(),
        1,
        "a stream read to its end leaves its connection usable"
    );
}

#[tokio::test]
async fn a_bidirectional_call_works_half_by_half_over_http_1() {
    let server = Server::start(|request: Request<Incoming>| async move {
        assert_eq!(request.version(), Version::HTTP_11);
        let sent = request.into_body().collect().await.unwrap().to_bytes();
        answer(200, STREAM, joined(&[sent, envelope(END, b"{}")]))
    })
    .await;
    let client = Client::builder(&server.url()).http1().build().unwrap();
    let requests = stream::iter(["1", "2"].map(note));
    let call: Bidirectional<Note, Note> = client.bidirectional(CHAT, requests);
    let (texts, end) = drain(&mut call.await.unwrap()).await;
    end.unwrap();
    assert_eq!(texts, ["1", "2"]);
}

#[tokio::test]
async fn a_streams_error_comes_at_its_end() {
    let server = Server::start(|_| async {
        let raised = IrisError::new(7, "no more").with_status(Status::OutOfRange);
        let end = iris_core::wire::connect::end_stream(Some(&raised), &Default::default());
        answer(
            200,
            STREAM,
            joined(&[envelope(0, &encoded("1")), envelope(END, &end)]),
        )
    })
    .await;
    let (texts, end) = drain(&mut watch(&connect(&server)).await.unwrap()).await;
    assert_eq!(texts, ["1"]);
    let error = end.unwrap_err();
    assert_eq!((error.code, error.status), (7, Status::OutOfRange));
}

#[tokio::test]
async fn a_stream_that_ends_without_saying_how_is_an_error() {
    let (texts, end) = outcome(b"\0\0\0\0\x03\x0a\x01a").await;
    assert_eq!(texts, ["a"]);
    let error = end.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Internal));
    assert!(
        error.internal_message.contains("without saying how"),
        "{error}"
    );
}

#[tokio::test]
async fn bad_envelopes_are_told_apart() {
    for (body, code, status, part) in [
        (
            &b"\0\0\0\0\x09\x0a\x01a"[..],
            911,
            Status::Internal,
            "inside an envelope",
        ),
        (b"\0\0", 911, Status::Internal, "inside an envelope"),
        (b"\0\xff\0\0\0", 913, Status::ResourceExhausted, "limit"),
        (b"\x01\0\0\0\0", 900, Status::Internal, "compressed"),
        (b"\x40\0\0\0\0", 900, Status::Internal, "flags"),
        (
            b"\x02\0\0\0\x02no",
            900,
            Status::Internal,
            "no end of a Connect stream",
        ),
        (
            b"\x02\0\0\0\x02{}\0\0\0\0\0",
            900,
            Status::Internal,
            "after the end",
        ),
        (b"\0\0\0\0\x01\xff", 911, Status::Internal, "test.v1.Note"),
    ] {
        let error = outcome(body).await.1.unwrap_err();
        assert_eq!(
            (error.code, error.status),
            (code, status),
            "{body:?}: {error}"
        );
        assert!(error.internal_message.contains(part), "{body:?}: {error}");
    }
}

#[tokio::test]
async fn a_small_limit_is_for_messages_and_not_for_how_the_stream_ended() {
    let long = "too long for a message. ".repeat(100);
    let raised = IrisError::new(7, long.clone());
    let end = iris_core::wire::connect::end_stream(Some(&raised), &Default::default());
    let server = Server::start(move |request: Request<Incoming>| {
        let end = envelope(END, &end);
        async move {
            let asked = request.into_body().collect().await.unwrap().to_bytes();
            let text = match asked == envelope(0, &encoded("long")) {
                true => "x".repeat(99),
                false => "short".to_owned(),
            };
            answer(200, STREAM, joined(&[envelope(0, &encoded(&text)), end]))
        }
    })
    .await;
    let builder = Client::builder(&server.url()).max_message_size(100);
    let client = builder.build().unwrap();
    let (texts, ended) = drain(&mut watch(&client).await.unwrap()).await;
    assert_eq!(texts, ["short"]);
    let error = ended.unwrap_err();
    assert_eq!((error.code, error.internal_message), (7, long));

    let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("long"));
    let error = call.await.unwrap().message().await.unwrap_err();
    assert_eq!((error.code, error.status), (913, Status::ResourceExhausted));
    assert!(error.internal_message.contains("101"), "{error}");
}

#[tokio::test]
async fn a_message_is_refused_by_the_length_that_it_announces() {
    for (protocol, content_type) in [
        (Protocol::Connect, STREAM),
        (Protocol::Grpc, "application/grpc+proto"),
        (Protocol::GrpcWeb, "application/grpc-web+proto"),
    ] {
        let server = Server::start(move |_| async move {
            // Of the message itself nothing comes, and the stream does not end.
            let prefix = Frame::data(Bytes::from_static(b"\0\0\0\x03\xe9"));
            let frames = stream::iter([Ok::<_, std::io::Error>(prefix)]).chain(stream::pending());
            let response = Response::builder().header("content-type", content_type);
            response.body(Body::new(StreamBody::new(frames))).unwrap()
        })
        .await;
        let builder = Client::builder(&server.url()).protocol(protocol);
        let client = builder.max_message_size(1000).build().unwrap();
        let mut stream = watch(&client).await.unwrap();
        let error = in_time(stream.message()).await.unwrap_err();
        assert_eq!(error.code, 913, "{protocol:?} {error}");
        assert!(error.internal_message.contains("1001"), "{error}");
    }
}

#[tokio::test]
async fn a_stream_reset_in_the_middle_says_so() {
    let (seen, told) = oneshot::channel::<()>();
    let told = Arc::new(std::sync::Mutex::new(Some(told)));
    let server = Server::start(move |_| {
        let told = told.lock().unwrap().take();
        async move {
            let first = Frame::data(envelope(0, &encoded("1")));
            let broken = async move {
                let _ = told.unwrap().await;
                Err(std::io::Error::other("the script breaks off here"))
            };
            let frames = stream::iter([Ok(first)]).chain(stream::once(broken));
            let response = Response::builder().header("content-type", STREAM);
            response.body(Body::new(StreamBody::new(frames))).unwrap()
        }
    })
    .await;
    let mut stream = watch(&connect(&server)).await.unwrap();
    assert_eq!(stream.message().await.unwrap(), Some(note("1")));
    seen.send(()).unwrap();
    let error = stream.message().await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Internal));
    assert!(error.internal_message.contains("INTERNAL_ERROR"), "{error}");
    assert!(
        stream.next().await.is_none(),
        "nothing comes after an error"
    );
}

/// A server that tells when the request's body has ended, and whether well; it answers what it is sent.
async fn echo(content_type: &'static str) -> (Server, mpsc::Receiver<Result<(), String>>) {
    let (ended, ends) = mpsc::channel(8);
    let server = Server::start(move |request: Request<Incoming>| {
        let ended = ended.clone();
        async move {
            let (frames, receiver) = mpsc::channel(1);
            tokio::spawn(async move {
                let mut body = request.into_body();
                let mut end = Ok(());
                while let Some(frame) = body.frame().await {
                    match frame {
                        Ok(frame) => {
                            let _ = frames.send(frame).await;
                        }
                        Err(error) => {
                            end = Err(format!("{error:?}"));
                            break;
                        }
                    }
                }
                let last = match content_type {
                    STREAM => Frame::data(envelope(END, b"{}")),
                    _ => Frame::trailers(headers(&[("grpc-status", "0")])),
                };
                let _ = frames.send(last).await;
                let _ = ended.send(end).await;
            });
            streamed(content_type, receiver)
        }
    })
    .await;
    (server, ends)
}

#[tokio::test]
async fn a_bidirectional_call_goes_back_and_forth() {
    for (protocol, content_type) in [
        (Protocol::Connect, STREAM),
        (Protocol::Grpc, "application/grpc"),
    ] {
        let (server, mut ends) = echo(content_type).await;
        let client = Client::builder(&server.url())
            .protocol(protocol)
            .build()
            .unwrap();
        let (sender, receiver) = mpsc::channel(1);
        let call: Bidirectional<Note, Note> = client.bidirectional(CHAT, received(receiver));
        let mut answers = call.await.unwrap();
        for text in ["one", "two", "three"] {
            sender.send(note(text)).await.unwrap();
            assert_eq!(
                answers.message().await.unwrap(),
                Some(note(text)),
                "before the next is sent"
            );
        }
        drop(sender);
        assert_eq!(answers.message().await.unwrap(), None);
        assert_eq!(in_time(ends.recv()).await, Some(Ok(())));
    }
}

#[tokio::test]
async fn dropping_a_bidirectional_stream_resets_its_upload() {
    let (server, mut ends) = echo(STREAM).await;
    let client = connect(&server);
    let (sender, receiver) = mpsc::channel(1);
    let call: Bidirectional<Note, Note> = client.bidirectional(CHAT, received(receiver));
    let mut answers = call.await.unwrap();
    sender.send(note("one")).await.unwrap();
    assert!(answers.message().await.unwrap().is_some());
    drop(answers);
    let end = in_time(ends.recv()).await.unwrap().unwrap_err();
    assert!(end.contains("CANCEL"), "{end}");
    assert!(
        in_time(sender.send(note("two"))).await.is_err(),
        "the requests are dropped"
    );
}

#[tokio::test]
async fn dropping_a_server_stream_cancels_it() {
    let (gone, told) = oneshot::channel::<()>();
    let gone = Arc::new(std::sync::Mutex::new(Some(gone)));
    let server = Server::start(move |_| {
        let gone = gone.lock().unwrap().take();
        async move {
            // The sender of `told` lives as long as the body does.
            let first = Frame::data(envelope(0, &encoded("1")));
            let frames = stream::iter([Ok::<_, std::io::Error>(first)])
                .chain(stream::pending())
                .inspect(move |_| assert!(gone.is_some()));
            let response = Response::builder().header("content-type", STREAM);
            response.body(Body::new(StreamBody::new(frames))).unwrap()
        }
    })
    .await;
    let mut stream = watch(&connect(&server)).await.unwrap();
    assert_eq!(stream.message().await.unwrap(), Some(note("1")));
    drop(stream);
    assert!(
        in_time(told).await.is_err(),
        "the server's body was dropped"
    );
}

#[tokio::test]
async fn many_small_messages_arrive_as_one() {
    let server = Server::start(|request: Request<Incoming>| async move {
        let mut body = request.into_body();
        let (mut bytes, mut frames) = (0, 0);
        while let Some(frame) = body.frame().await {
            bytes += frame.unwrap().into_data().unwrap().len();
            frames += 1;
        }
        let counted = envelope(0, &encoded(&format!("{bytes} in {}", frames < 50)));
        answer(200, STREAM, joined(&[counted, envelope(END, b"{}")]))
    })
    .await;
    let client = connect(&server);
    let requests = stream::iter((0..10_000).map(|_| note("abc")));
    let call: ClientStreaming<Note, Note> = client.client_streaming(COLLECT, requests);
    assert_eq!(call.await.unwrap(), note("100000 in true"));
}

/// A panic in a stream of requests, at once or once the call is on its way.
#[tokio::test]
async fn a_stream_of_requests_that_panics_fails_its_call_and_no_other() {
    let server = Server::start(|request: Request<Incoming>| async move {
        // Both calls are here, and the first one reads on.
        let _ = request.into_body().collect().await;
        let enough = envelope(0, &encoded("enough"));
        answer(200, STREAM, joined(&[enough, envelope(END, b"{}")]))
    })
    .await;
    let client = connect(&server);
    for panics_at in [0, 1] {
        let (sender, receiver) = mpsc::channel(1);
        let other = client.client_streaming(COLLECT, received(receiver));
        let other = tokio::spawn(async move {
            let other: ClientStreaming<Note, Note> = other;
            other.await
        });
        sender.send(note("one")).await.unwrap();
        sender.send(note("two")).await.unwrap();
        let requests = stream::iter(0..2).then(move |number| async move {
            tokio::task::yield_now().await;
            assert_ne!(number, panics_at, "as some do");
            note("abc")
        });
        let call: ClientStreaming<Note, Note> = client.client_streaming(COLLECT, requests);
        let error = in_time(async { call.await }).await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Internal));
        assert_eq!(error.internal_message, "the stream of requests panicked");
        drop(sender);
        assert_eq!(other.await.unwrap().unwrap(), note("enough"));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_early_answer_ends_the_upload() {
    let server = Server::start(|_| async {
        let enough = envelope(0, &encoded("enough"));
        answer(200, STREAM, joined(&[enough, envelope(END, b"{}")]))
    })
    .await;
    let client = connect(&server);
    let (sender, receiver) = mpsc::channel(1);
    let call: ClientStreaming<Note, Note> = client.client_streaming(COLLECT, received(receiver));
    assert_eq!(call.await.unwrap(), note("enough"));
    // The channel has room for one message, which nobody takes.
    let _ = sender.send(note("one")).await;
    assert!(
        in_time(sender.send(note("two"))).await.is_err(),
        "the requests are dropped"
    );
}

#[tokio::test]
async fn the_deadline_cancels_an_upload() {
    let (server, mut ends) = echo(STREAM).await;
    let client = connect(&server);
    let (_sender, receiver) = mpsc::channel(1);
    let call: ClientStreaming<Note, Note> = client.client_streaming(COLLECT, received(receiver));
    let error = call.deadline(Duration::from_millis(50)).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::DeadlineExceeded));
    assert!(in_time(ends.recv()).await.unwrap().is_err());
}
