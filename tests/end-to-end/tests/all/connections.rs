//! Connections that grow old, fall silent, or ask for too much; and that others are served meanwhile.

use crate::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, GOAWAY, HEADERS,
    PING as PING_FRAME, REFUSED_STREAM, RST_STREAM, Speaker, call, cancel, frame, head, open,
};
use crate::hostile_heads::is_refused;
use crate::others::Others;
use crate::support::{Server, Way, text};
use end_to_end_client::iris_client::{Client, Protocol};
use end_to_end_client::messages::testing::v1::Number;
use end_to_end_client::{ErrorCode, Remotes};
use http_body_util::BodyExt;
use iris_core::{Body, Drained, HttpServer, Iris, IrisError, Peer, Request, remote};
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tower::util::MapRequestLayer;

const PING: &str = "/testing.v1.Shapes/Ping";
const ECHO: &str = "/testing.v1.Shapes/Echo";
const WAIT: &str = "/testing.v1.Failures/Wait";
const HANG: &str = "/testing.v1.Failures/Hang";

/// Short, so that what waits for it does not wait for long.
const SHORT: Duration = Duration::from_millis(250);

async fn server(settings: impl FnOnce(HttpServer) -> HttpServer) -> (Server, SocketAddr) {
    let server = Server::with(|application| application, settings).await;
    let address = server.running.addresses()[0].tcp().unwrap();
    (server, address)
}

/// A call by HTTP/1.1, whose connection may be used again.
fn http1(path: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
    )
}

/// What comes until the connection ends, in whatever way it does.
async fn rest(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = socket.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_call_outlives_the_age_of_its_http2_connection() {
    let (server, address) = server(|server| server.max_connection_age(SHORT)).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.say(&call(1, WAIT)).await;
    server.probe.started.notified().await;
    let goaway = speaker.hear_of(GOAWAY).await.unwrap();
    assert_eq!(goaway.reason(), 0);
    server.probe.proceed.notify_one();
    let frames = speaker.hear_all().await;
    let answer = frames.iter().find(|frame| frame.kind == HEADERS).unwrap();
    assert_eq!((answer.stream, answer.status()), (1, Some(200)));
    let body = frames.iter().find(|frame| frame.kind == DATA).unwrap();
    assert_eq!(body.payload, br#"{"text":"done"}"#);
}

#[tokio::test]
async fn a_call_outlives_the_age_of_its_http1_connection() {
    let (server, address) = server(|server| server.max_connection_age(SHORT)).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(http1(WAIT).as_bytes()).await.unwrap();
    server.probe.started.notified().await;
    // Each lives for nine tenths of the age at least, so that the first one's is over after two.
    for _ in 0..2 {
        let mut other = TcpStream::connect(address).await.unwrap();
        other.write_all(http1(PING).as_bytes()).await.unwrap();
        assert!(rest(&mut other).await.starts_with("HTTP/1.1 200"));
    }
    server.probe.proceed.notify_one();
    let answer = rest(&mut socket).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("connection: close"),
        "{answer}"
    );
    assert!(answer.ends_with(r#"{"text":"done"}"#), "{answer}");
}

#[tokio::test]
async fn a_call_that_outlives_the_grace_too_is_cut_off() {
    let (server, address) = server(|server| {
        server
            .max_connection_age(SHORT)
            .max_connection_age_grace(SHORT)
    })
    .await;
    let others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.say(&call(1, HANG)).await;
    assert!(speaker.hear_of(GOAWAY).await.is_some());
    speaker.hear_all().await;
    server.probe.dropped.notified().await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(http1(HANG).as_bytes()).await.unwrap();
    assert_eq!(rest(&mut socket).await, "");
    server.probe.dropped.notified().await;
    others.were_served().await;
    assert_eq!(server.running.shutdown().await, Drained::Completely);
}

struct Gate;

#[remote(package = "testing.v1", name = "Shapes")]
impl Gate {
    #[procedure]
    async fn ping(&self, _: &Request) -> Result<(), IrisError> {
        Ok(())
    }
}

#[tokio::test]
async fn no_call_fails_because_connections_grow_old() {
    let peers = Arc::new(Mutex::new(HashSet::new()));
    let running = Iris::new({
        let peers = peers.clone();
        move |request: Request| {
            peers
                .lock()
                .unwrap()
                .insert(request.peer().and_then(Peer::address));
            async move { Ok::<_, IrisError>(request) }
        }
    })
    .add_remote(Gate)
    .add_server(HttpServer::bind("127.0.0.1:0").max_connection_age(Duration::from_millis(20)))
    .start()
    .await
    .unwrap();
    let builder = || Client::builder(&running.url());
    for client in [
        builder().http2().build(),
        builder().protocol(Protocol::Grpc).build(),
    ] {
        let shapes = Remotes::new(client.unwrap()).shapes();
        peers.lock().unwrap().clear();
        while peers.lock().unwrap().len() < 4 {
            shapes.ping().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_connection_without_calls_is_closed_and_one_with_a_call_is_not() {
    let (server, address) = server(|server| server.idle_timeout(SHORT)).await;
    let mut busy = Speaker::connect(address).await;
    busy.say(&call(1, WAIT)).await;
    server.probe.started.notified().await;
    let mut idle = Speaker::connect(address).await;
    idle.say(&call(1, PING)).await;
    let frames = idle.hear_all().await;
    assert!(
        frames.iter().any(|frame| frame.kind == HEADERS),
        "{frames:?}"
    );
    let goaway = frames.iter().find(|frame| frame.kind == GOAWAY).unwrap();
    assert_eq!(goaway.reason(), 0);
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(http1(PING).as_bytes()).await.unwrap();
    assert!(rest(&mut socket).await.starts_with("HTTP/1.1 200"));

    server.probe.proceed.notify_one();
    let answer = busy.hear_of(HEADERS).await.unwrap();
    assert_eq!((answer.stream, answer.status()), (1, Some(200)));
    // Now that it has none, it is closed as well.
    assert!(busy.hear_of(GOAWAY).await.is_some());
    busy.hear_all().await;
}

#[tokio::test]
async fn a_stream_that_is_being_read_is_a_call() {
    let (server, _) = server(|server| server.idle_timeout(SHORT)).await;
    let failures = server.remotes(Way::ConnectHttp2).failures();
    let mut numbers = failures.hang_in_stream().await.unwrap();
    numbers.next().await.unwrap().unwrap();
    // Two others come and go, one after the other.
    let address = server.running.addresses()[0].tcp().unwrap();
    for _ in 0..2 {
        let mut idle = Speaker::connect(address).await;
        idle.say(&call(1, PING)).await;
        idle.hear_all().await;
    }
    let next = tokio::spawn(async move { numbers.next().await });
    server
        .remotes(Way::ConnectHttp2)
        .shapes()
        .ping()
        .await
        .unwrap();
    assert!(!next.is_finished());
    next.abort();
    server.probe.dropped.notified().await;
}

#[tokio::test]
async fn connections_over_the_limit_are_closed_at_once() {
    let (server, address) = server(|server| server.max_connections(2)).await;
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut speaker = Speaker::connect(address).await;
        speaker.say(&call(1, PING)).await;
        assert!(speaker.hear_of(HEADERS).await.is_some());
        kept.push(speaker);
    }
    for _ in 0..50 {
        let mut one_more = TcpStream::connect(address).await.unwrap();
        assert_eq!(rest(&mut one_more).await, "");
    }
    let error = server
        .remotes(Way::ConnectProto)
        .shapes()
        .ping()
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisCommunicationError);
    for speaker in &mut kept {
        speaker.say(&call(3, PING)).await;
        assert_eq!(speaker.hear_of(HEADERS).await.unwrap().stream, 3);
    }
    kept.pop();
    // As soon as the server has noticed, there is room.
    let remotes = server.remotes(Way::ConnectProto);
    while remotes.shapes().ping().await.is_err() {}
}

#[tokio::test]
async fn a_body_that_stops_fails_its_call_alone() {
    let (server, address) = server(|server| server.body_timeout(SHORT)).await;
    let mut others = Others::of(&server.running).await;
    let stopped = "content-type: application/json\r\ncontent-length: 20\r\n\r\n{\"text\":";
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = format!("POST /testing.v1.Shapes/Echo HTTP/1.1\r\nhost: x\r\n{stopped}");
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut speaker = Speaker::connect(address).await;
    speaker.say(&open(1, "/testing.v1.Shapes/Echo")).await;
    speaker.say(&frame(DATA, 0, 1, b"{")).await;
    others.are_served().await;

    let answer = rest(&mut socket).await;
    assert!(
        answer.starts_with("HTTP/1.1 4") && answer.contains("broke off"),
        "{answer}"
    );
    // Over HTTP/2 the connection lives on.
    assert_eq!(speaker.hear_of(HEADERS).await.unwrap().stream, 1);
    speaker.say(&call(3, PING)).await;
    let answer = speaker.hear_of(HEADERS).await.unwrap();
    assert_eq!((answer.stream, answer.status()), (3, Some(200)));
    others.were_served().await;
}

#[tokio::test]
async fn a_body_that_comes_slowly_is_read() {
    let (_server, address) = server(|server| server.body_timeout(Duration::from_secs(5))).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    let body = format!("{{\"text\":\"{}\"}}", "slow".repeat(20));
    let head = format!(
        "POST /testing.v1.Shapes/Echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    socket.set_nodelay(true).unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    for byte in body.as_bytes() {
        socket.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let answer = rest(&mut socket).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with(&body),
        "{answer}"
    );
}

#[tokio::test]
async fn a_stream_may_pause_between_messages_and_not_within_one() {
    let (server, address) = server(|server| server.body_timeout(SHORT)).await;
    may_pause_between_messages_alone(&server, address).await;
}

#[tokio::test]
async fn a_stream_may_pause_as_well_where_a_layer_wraps_its_body() {
    let wrap =
        |request: http::Request<Body>| request.map(|body| Body::new(body.map_frame(|frame| frame)));
    let wrapping = MapRequestLayer::new(wrap);
    let (server, address) = server(|server| server.body_timeout(SHORT).layer(wrapping)).await;
    may_pause_between_messages_alone(&server, address).await;
}

async fn may_pause_between_messages_alone(server: &Server, address: SocketAddr) {
    for way in [Way::ConnectHttp2, Way::GrpcProto] {
        let (numbers, stream) = mpsc::channel(1);
        let shapes = server.remotes(way).shapes();
        let sum = tokio::spawn(async move { shapes.sum(ReceiverStream::new(stream)).await });
        numbers.send(Number { number: 1 }).await.unwrap();
        // Others stop within theirs, one after the other, and are given up.
        for [content_type, beginning] in [
            ["connect+json", "8\r\n\0\0\0\0\x20{\"n"],
            ["grpc-web+json", "8\r\n\0\0\0\0\x20{\"n"],
            // The same in base64, and a beginning of less than a group of four.
            ["grpc-web-text+json", "b\r\nAAAAACB7Im4"],
            ["grpc-web-text+json", "1\r\nA"],
        ] {
            let mut socket = TcpStream::connect(address).await.unwrap();
            let call = format!(
                "POST /testing.v1.Shapes/Sum HTTP/1.1\r\nhost: x\r\ncontent-type: application/{content_type}\r\ntransfer-encoding: chunked\r\n\r\n{beginning}\r\n"
            );
            socket.write_all(call.as_bytes()).await.unwrap();
            let answer = rest(&mut socket).await;
            let is_text = content_type.contains("-text");
            assert!(is_text || answer.contains("broke off"), "{answer}");
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        numbers.send(Number { number: 2 }).await.unwrap();
        drop(numbers);
        assert_eq!(sum.await.unwrap().unwrap().number, 3, "{way:?}");
    }
}

/// `Duration::MAX` is what many write for never.
#[tokio::test]
async fn times_beyond_counting_are_no_limits() {
    let (never, _) = server(|server| {
        server
            .header_timeout(Duration::MAX)
            .body_timeout(Duration::MAX)
            .idle_timeout(Duration::MAX)
            .max_connection_age(Duration::MAX)
            .max_connection_age_grace(Duration::MAX)
            .keep_alive(Duration::MAX)
    })
    .await;
    for way in Way::ALL {
        let fetched = never.remotes(way).shapes().fetch().await;
        assert_eq!(fetched.unwrap(), text("fetched"), "{way:?}");
    }
    let (patient, address) = server(|server| {
        server
            .keep_alive(Duration::from_millis(5))
            .keep_alive_timeout(Duration::MAX)
    })
    .await;
    let others = Others::of(&patient.running).await;
    let mut speaker = Speaker::connect(address).await.without_pongs();
    speaker.hear_of(PING_FRAME).await.unwrap();
    speaker.say(&call(1, PING)).await;
    let answer = speaker.hear_of(HEADERS).await.unwrap();
    assert_eq!(answer.status(), Some(200));
    others.were_served().await;
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_given_up() {
    let (server, address) = server(|server| server.header_timeout(SHORT)).await;
    let mut others = Others::of(&server.running).await;
    for beginning in ["POST / HTTP/1.1\r\nhost: x\r\nx-slow: ", "PRI * HTTP"] {
        let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
        write.write_all(beginning.as_bytes()).await.unwrap();
        let dripping = tokio::spawn(async move {
            let mut pace = tokio::time::interval(Duration::from_millis(5));
            // The preface allows one continuation alone; a header's value goes on for ever.
            while write.write_all(b"x").await.is_ok() {
                pace.tick().await;
            }
        });
        others.are_served().await;
        let _ = read.read_to_end(&mut Vec::new()).await;
        drop(read);
        dripping.await.unwrap();
    }
    others.were_served().await;
}

#[tokio::test]
async fn a_peer_that_is_not_there_any_more_is_found_out() {
    let (server, address) =
        server(|server| server.keep_alive(SHORT).keep_alive_timeout(4 * SHORT)).await;
    let mut there = Speaker::connect(address).await;
    let mut vanished = Speaker::connect(address).await.without_pongs();
    vanished.say(&call(1, HANG)).await;
    server.probe.started.notified().await;
    let (pings, ()) = tokio::join!(
        async {
            let mut pings = 0;
            while pings < 4 {
                there.hear_of(crate::frames::PING).await.unwrap();
                pings += 1;
            }
            pings
        },
        async {
            vanished.hear_all().await;
        }
    );
    assert_eq!(pings, 4);
    server.probe.dropped.notified().await;
    there.say(&call(1, PING)).await;
    assert_eq!(there.hear_of(HEADERS).await.unwrap().status(), Some(200));
}

#[tokio::test]
async fn calls_over_the_limit_of_a_connection_are_refused() {
    let (server, address) = server(|server| server.max_concurrent_streams(10)).await;
    let mut others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    let calls: Vec<u8> = (0..15)
        .flat_map(|index| open(2 * index + 1, HANG))
        .collect();
    speaker.say(&calls).await;
    for index in 10..15 {
        let refused = speaker.hear_of(RST_STREAM).await.unwrap();
        assert_eq!(
            (refused.stream, refused.reason()),
            (2 * index + 1, REFUSED_STREAM)
        );
    }
    others.are_served().await;
    // Where some are given up, there is room again.
    speaker.say(&cancel(1)).await;
    speaker.say(&call(31, PING)).await;
    assert_eq!(speaker.hear_of(HEADERS).await.unwrap().stream, 31);
    others.were_served().await;
}

#[tokio::test]
async fn a_flood_of_calls_that_are_given_up_at_once_ends_its_connection() {
    let (server, address) = server(|server| server.max_pending_resets(20)).await;
    let mut others = Others::of(&server.running).await;
    let flood: Vec<u8> = (0..5_000)
        .flat_map(|index| [open(2 * index + 1, HANG), cancel(2 * index + 1)].concat())
        .collect();
    let mut told = 0;
    for _ in 0..3 {
        let flooding = async || {
            let frames = Speaker::connect(address).await.flood(&flood).await;
            // Whatever is on its way to a server that has closed may reset the connection before the
            // reason is read.
            if let Some(goaway) = frames.iter().find(|frame| frame.kind == GOAWAY) {
                assert_eq!(goaway.reason(), ENHANCE_YOUR_CALM);
                told += 1;
            }
        };
        others.are_served_during(flooding).await;
    }
    assert!(told > 0);
    others.were_served().await;
    assert_eq!(server.running.shutdown().await, Drained::Completely);
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let (server, address) = server(|server| server).await;
    let mut others = Others::of(&server.running).await;
    let many: String = (0..200).map(|index| format!("x-{index}: y\r\n")).collect();
    let long = format!("x: {}\r\n", "y".repeat(2_000_000));
    for (what, headers) in [("many", many), ("long", long)] {
        let head = format!("POST {PING} HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
        is_refused(address, &head, 431, what).await;
    }

    // 60 headers of 1,000 bytes, in frames as large as they may be.
    let value: Vec<u8> = [&b"\x00\x01x\x7f\xe9\x06"[..], &[b'y'; 1000]].concat();
    let mut speaker = Speaker::connect(address).await;
    speaker
        .say(&frame(HEADERS, END_STREAM, 1, &head(PING)))
        .await;
    for flags in [0, 0, 0, END_HEADERS] {
        let headers = value.repeat(15);
        speaker.say(&frame(CONTINUATION, flags, 1, &headers)).await;
    }
    let refused = speaker.hear_of(HEADERS).await.unwrap();
    assert_eq!((refused.stream, refused.status()), (1, Some(431)));
    speaker.say(&call(3, PING)).await;
    let answer = speaker.hear_of(HEADERS).await.unwrap();
    assert_eq!((answer.stream, answer.status()), (3, Some(200)));

    // Frames without end.
    let continuing = frame(CONTINUATION, 0, 1, &value);
    let flooding = async || {
        let mut speaker = Speaker::connect(address).await;
        speaker
            .say(&frame(HEADERS, END_STREAM, 1, &head(PING)))
            .await;
        let frames = speaker.flood(&continuing).await;
        assert!(
            frames.iter().all(|frame| frame.kind != HEADERS),
            "{frames:?}"
        );
    };
    others.are_served_during(flooding).await;
    others.were_served().await;
}

#[tokio::test]
async fn stopping_ends_though_peers_do_not_close() {
    let server = Server::with(
        |application| application.drain_timeout(SHORT),
        |server| server.max_connection_age(SHORT).idle_timeout(SHORT),
    )
    .await;
    let address = server.running.addresses()[0].tcp().unwrap();
    // It neither answers nor closes, whatever it is told.
    let mut deaf = Speaker::connect(address).await.without_pongs();
    deaf.say(&call(1, HANG)).await;
    server.probe.started.notified().await;
    assert_eq!(
        server.running.shutdown().await,
        Drained::TimedOut { connections: 1 }
    );
    deaf.hear_all().await;
}

#[tokio::test]
async fn an_answer_before_the_requests_end_arrives_and_closes_the_connection() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {PING} HTTP/1.1\r\nhost: x\r\ncontent-type: text/html\r\ncontent-length: 200000\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let body = vec![b' '; 100_000];
    // The second half is sent after the answer has come: that must not reset the connection.
    socket.write_all(&body).await.unwrap();
    let mut answer = vec![0; 12];
    socket.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 415");
    socket.write_all(&body).await.unwrap();
    let mut rest = String::new();
    socket.read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("connection: close"), "{rest}");
    assert!(rest.contains("application/json"), "{rest}");

    // One that was read leaves the connection for the next.
    let mut socket = TcpStream::connect(address).await.unwrap();
    for _ in 0..2 {
        socket.write_all(http1(PING).as_bytes()).await.unwrap();
        let mut answer = vec![0; 12];
        socket.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, b"HTTP/1.1 200");
        let mut rest = Vec::new();
        while !rest.ends_with(b"\r\n\r\n{}") {
            rest.push(socket.read_u8().await.unwrap());
        }
        assert!(!String::from_utf8_lossy(&rest).contains("close"));
    }
    others.were_served().await;
}

#[tokio::test]
async fn a_small_request_that_was_answered_unread_leaves_the_connection_for_the_next() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    for (path, kind, status) in [
        ("/no.Such/Thing", "application/json", "404"),
        (PING, "text/html", "415"),
        (ECHO, "application/json", "200"),
    ] {
        let body = r#"{"text":"hello"}"#;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        // The body comes by itself, in two pieces.
        for piece in [head.as_str(), &body[..5], &body[5..]] {
            socket.write_all(piece.as_bytes()).await.unwrap();
            tokio::task::yield_now().await;
        }
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(socket.read_u8().await.unwrap());
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        assert!(!answer.contains("connection: close"), "{answer}");
        let length = answer.split("content-length: ").nth(1).unwrap();
        let length = length.split("\r\n").next().unwrap().parse().unwrap();
        socket.read_exact(&mut vec![0; length]).await.unwrap();
    }

    // Whoever waits to be asked for its body is not waited for.
    let head = "POST /no.Such/Thing HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 16\r\nexpect: 100-continue\r\n\r\n";
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    others.were_served().await;
}
