//! What unread streams and dead connections do to the other calls of a connection.

use crate::messages::{Note, WATCH, add, note};
use crate::peer::{HEAD, HEADERS, PING, Peer};
use crate::server::{Server, encoded, envelope, ok};
use futures_util::stream;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use hyper::body::Incoming;
use iris_client::{Body, Client, Protocol, ServerStreaming, Status, Streaming};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The bytes of each message of an endless stream; 16 of them are just more than a stream's window of 1 MiB.
const PIECE: usize = 64 * 1024;

/// A server that answers streams without end, and anything else at once; tells how many messages were taken.
async fn endless() -> (Server, watch::Receiver<usize>) {
    let (taken, taking) = watch::channel(0);
    let server = Server::start(move |request: Request<Incoming>| {
        let taken = taken.clone();
        async move {
            if request.uri().path() != WATCH.path() {
                return ok("well");
            }
            let message = envelope(0, &encoded(&"x".repeat(PIECE)));
            let pieces = stream::repeat_with(move || {
                taken.send_modify(|taken| *taken += 1);
                Ok::<_, std::io::Error>(Frame::data(message.clone()))
            });
            let response = Response::builder().header("content-type", "application/connect+proto");
            response.body(Body::new(StreamBody::new(pieces))).unwrap()
        }
    })
    .await;
    (server, taking)
}

async fn reach(taking: &mut watch::Receiver<usize>, count: usize) {
    let reached = taking.wait_for(|taken| *taken >= count);
    tokio::time::timeout(Duration::from_secs(60), reached)
        .await
        .expect("the windows have room for as much")
        .unwrap();
}

async fn open(client: &Client) -> Streaming<Note> {
    let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("hello"));
    call.await.unwrap()
}

#[tokio::test]
async fn unread_streams_leave_room_for_other_calls() {
    const STREAMS: usize = 20;
    let (server, mut taking) = endless().await;
    let client = Client::builder(&server.url()).http2().build().unwrap();
    let mut unread = Vec::new();
    for _ in 0..STREAMS {
        unread.push(open(&client).await);
    }
    reach(&mut taking, STREAMS * 16).await;
    assert_eq!(add(&client).await.unwrap(), note("well"));
    assert_eq!(server.connections(), 1, "it went beside the streams");
}

#[tokio::test]
async fn a_slow_reader_slows_the_server_down() {
    let (server, mut taking) = endless().await;
    let client = Client::builder(&server.url()).http2().build().unwrap();
    let mut stream = open(&client).await;
    reach(&mut taking, 16).await;
    // Each of these calls is a turn of the connection, in which the server would send more if it could.
    for _ in 0..100 {
        add(&client).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    // The window, and what the server's connection holds ready for it to open.
    let taken = *taking.borrow();
    assert!(taken <= 18, "{taken} messages were taken without a reader");

    for _ in 0..16 {
        assert!(stream.message().await.unwrap().is_some());
    }
    reach(&mut taking, taken + 8).await;
}

/// `Duration::MAX` is what many write for never.
#[tokio::test]
async fn a_time_beyond_counting_is_never() {
    let server = Server::start(|_| async { ok("well") }).await;
    let builder = Client::builder(&server.url()).http2();
    let client = builder.keep_alive(Some(Duration::MAX)).build().unwrap();
    add(&client).await.unwrap();
}

#[tokio::test]
async fn a_silent_connection_is_pinged_while_a_call_is_open() {
    let server = Server::raw(|socket, _| async move {
        let mut peer = Peer::accept(socket).await;
        let (mut call, mut pings) = (None, 0);
        while let Some((kind, stream)) = peer.next(true).await {
            match kind {
                HEADERS => call = Some(stream),
                PING => pings += 1,
                _ => {}
            }
            if pings == 3 {
                peer.answer(call.unwrap()).await;
            }
        }
    })
    .await;
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let builder = Client::builder(&server.url()).http2().protocol(protocol);
        let client = builder
            .keep_alive(Some(Duration::from_millis(5)))
            .build()
            .unwrap();
        let answered = tokio::time::timeout(Duration::from_secs(60), add(&client));
        let answered = answered.await.expect("three pings came");
        assert_eq!(
            answered.is_ok(),
            protocol == Protocol::Connect,
            "{answered:?}"
        );
    }
}

/// A server whose first connection is dead after its first answer.
async fn dying() -> Server {
    Server::raw(|socket, number| async move {
        let mut peer = Peer::accept(socket).await;
        let mut alive = true;
        while let Some((kind, stream)) = peer.next(alive).await {
            if kind == HEADERS && alive {
                peer.answer(stream).await;
                alive = number > 0;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_dead_connection_is_given_up_and_replaced() {
    for (protocol, set, expected) in [
        (Protocol::Connect, None, 20 + 10),
        (Protocol::Grpc, None, 300 + 10),
        (Protocol::Grpc, Some(Duration::from_secs(60)), 60 + 10),
    ] {
        let server = dying().await;
        let mut builder = Client::builder(&server.url()).http2().protocol(protocol);
        if set.is_some() {
            builder = builder.keep_alive(set);
        }
        let client = builder.build().unwrap();
        // To a call in gRPC the server's answer makes no sense, but it is one.
        let _ = add(&client).await;

        // From here nothing comes from outside, so that time can be left to pass by itself.
        tokio::time::pause();
        let started = Instant::now();
        let error = add(&client).await.unwrap_err();
        let waited = started.elapsed();
        tokio::time::resume();
        assert_eq!((error.code, error.status), (900, Status::Unavailable));
        assert!(
            error
                .internal_message
                .contains("no answer to a ping within 10s"),
            "{error}"
        );
        let expected = Duration::from_secs(expected);
        assert!(
            waited.abs_diff(expected) < Duration::from_secs(1),
            "{waited:?}"
        );

        let _ = add(&client).await;
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn a_quiet_stream_outlives_the_pool_and_is_pinged_all_the_same() {
    let server = Server::raw(|socket, _| async move {
        let mut peer = Peer::accept(socket).await;
        while let Some((kind, stream)) = peer.next(false).await {
            if kind == HEADERS {
                peer.head(HEAD, stream, b"application/connect+proto").await;
            }
        }
    })
    .await;
    let client = Client::builder(&server.url()).http2().build().unwrap();
    let mut stream = open(&client).await;
    // From here nothing comes from outside, so that time can be left to pass by itself.
    tokio::time::pause();
    let error = stream.message().await.unwrap_err();
    tokio::time::resume();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error
            .internal_message
            .ends_with("in the middle of the answer"),
        "{error}"
    );
}

#[tokio::test]
async fn without_keep_alive_nothing_but_the_deadline_ends_a_call() {
    for none in [None, Some(Duration::ZERO)] {
        let server = dying().await;
        let builder = Client::builder(&server.url()).http2().keep_alive(none);
        let client = builder.build().unwrap();
        add(&client).await.unwrap();
        tokio::time::pause();
        let hour = Duration::from_secs(60 * 60);
        let error = add(&client).deadline(hour).await.unwrap_err();
        tokio::time::resume();
        assert_eq!(error.status, Status::DeadlineExceeded, "{error}");
    }
}
