//! Peers that stop: in the middle of what they say, before they have heard all, or for good.

use crate::frames::{DATA, HEADERS, Speaker, call, frame, head, open};
use crate::hostile::SHORT;
use crate::others::Others;
use crate::support::{Server, Way};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PING: &str = "/testing.v1.Shapes/Ping";
const HANG: &str = "/testing.v1.Failures/Hang";
const FLOOD: &str = "/testing.v1.Failures/Flood";
const ECHO: &str = "/testing.v1.Shapes/Echo";

/// Far more than any timeout here.
const PATIENCE: Duration = Duration::from_secs(30);

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

fn http1(path: &str, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/{content_type}\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// What a peer may have said before it vanished.
fn last_words() -> Vec<Vec<u8>> {
    let http2 = |frames: Vec<u8>| [PREFACE, &frames].concat();
    vec![
        Vec::new(),
        b"POST / HTTP/1.1\r\nhost: ".to_vec(),
        b"POST /testing.v1.Shapes/Echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 200\r\n\r\n{".to_vec(),
        http1(HANG, "json", "{}"),
        PREFACE[..20].to_vec(),
        http2(Vec::new()),
        // A head of which the rest never comes.
        http2(frame(HEADERS, 0, 1, &head(ECHO))),
        http2(open(1, ECHO)),
        http2([open(1, ECHO), frame(DATA, 0, 1, b"{")].concat()),
        http2(call(1, HANG)),
    ]
}

/// What comes until the connection ends, in whatever way it does.
async fn rest(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = socket.read_to_end(&mut bytes);
    let _ = tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("it ends");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One connection that is served, kept open.
async fn served(address: SocketAddr) -> Option<TcpStream> {
    let mut socket = TcpStream::connect(address).await.ok()?;
    socket.write_all(&http1(PING, "json", "{}")).await.ok()?;
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).await.ok()?;
    (answer == *b"HTTP/1.1 200").then_some(socket)
}

#[tokio::test]
async fn peers_that_vanish_make_room_wherever_they_were() {
    let words = last_words();
    let most = words.len() + 4;
    let server = Server::with(
        |iris| iris.max_timeout(4 * SHORT).max_calls(most),
        |server| {
            server
                .max_connections(most)
                .header_timeout(SHORT)
                .body_timeout(SHORT)
                .keep_alive(SHORT)
                .keep_alive_timeout(SHORT)
        },
    )
    .await;
    let mut others = Others::of(&server.running).await;
    let address = server.running.addresses()[0].tcp().unwrap();
    // Neither read nor closed: nothing tells the server that nobody is there.
    let mut vanished = Vec::new();
    for said in &words {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(said).await.unwrap();
        vanished.push(socket);
    }
    others.are_served().await;
    others.were_served().await;
    // All places are free again once as many connections as there may be are served at the same time. No connection is
    // cut for its age, so that each of them has come to the end of its own timeout.
    let all_are_free = async {
        loop {
            let mut all = Vec::new();
            while let Some(socket) = served(address).await {
                all.push(socket);
                if all.len() == most {
                    return;
                }
            }
        }
    };
    let freed = tokio::time::timeout(PATIENCE, all_are_free).await;
    freed.expect("each of them was let go");
}

#[tokio::test]
async fn a_connection_that_falls_silent_after_an_answer_is_given_up() {
    let server = Server::with(|iris| iris, |server| server.header_timeout(SHORT)).await;
    let others = Others::of(&server.running).await;
    let address = server.running.addresses()[0].tcp().unwrap();
    for said in ["", "POST / HTTP/1.1\r\nhost: "] {
        let mut socket = served(address).await.unwrap();
        socket.write_all(said.as_bytes()).await.unwrap();
        rest(&mut socket).await;
    }
    // It is the last answer that counts: a call may take longer.
    let mut socket = TcpStream::connect(address).await.unwrap();
    let wait = http1("/testing.v1.Failures/Wait", "json", "{}");
    socket.write_all(&wait).await.unwrap();
    server.probe.started.notified().await;
    rest(&mut TcpStream::connect(address).await.unwrap()).await;
    server.probe.proceed.notify_one();
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    socket.write_all(&http1(PING, "json", "{}")).await.unwrap();
    let rest = rest(&mut socket).await;
    assert!(rest.contains("HTTP/1.1 200"), "{rest}");
    others.were_served().await;
}

#[tokio::test]
async fn answers_that_nobody_reads_go_with_the_age_of_their_connection() {
    // Nothing else ends a call here.
    let server = Server::with(
        |iris| iris,
        |server| {
            server
                .max_connection_age(2 * SHORT)
                .max_connection_age_grace(SHORT)
        },
    )
    .await;
    let others = Others::of(&server.running).await;
    let address = server.running.addresses()[0].tcp().unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let flood = http1(FLOOD, "connect+json", "\0\0\0\0\x02{}");
    socket.write_all(&flood).await.unwrap();
    server.probe.dropped.notified().await;
    for way in [Way::ConnectHttp2, Way::GrpcProto] {
        let failures = server.remotes(way).failures();
        let mut unread = Vec::new();
        for _ in 0..20 {
            let mut flood = failures.flood().await.unwrap();
            flood.next().await.unwrap().unwrap();
            unread.push(flood);
        }
        server.probe.dropped.notified().await;
        for mut flood in unread {
            let error = loop {
                match flood.next().await.unwrap() {
                    Ok(_) => {}
                    Err(error) => break error,
                }
            };
            assert!(error.is_transport(), "{way:?} {error}");
        }
    }
    others.were_served().await;
}

#[tokio::test]
async fn a_body_that_drips_ends_at_the_longest_timeout() {
    let server = Server::with(
        |iris| iris.max_timeout(4 * SHORT),
        |server| server.body_timeout(Duration::from_secs(100)),
    )
    .await;
    let mut others = Others::of(&server.running).await;
    let address = server.running.addresses()[0].tcp().unwrap();
    let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
    let head = http1(ECHO, "json", "");
    let head = String::from_utf8(head).unwrap();
    let head = head.replace("content-length: 0", "content-length: 1000000");
    write.write_all(head.as_bytes()).await.unwrap();
    let dripping = tokio::spawn(async move {
        let mut pace = tokio::time::interval(Duration::from_millis(5));
        while write.write_all(b" ").await.is_ok() {
            pace.tick().await;
        }
    });
    let mut speaker = Speaker::connect(address).await;
    speaker.say(&open(1, ECHO)).await;
    speaker.say(&frame(DATA, 0, 1, b"{")).await;
    others.are_served().await;

    let mut answer = Vec::new();
    let _ = read.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.starts_with("HTTP/1.1 504") && answer.contains("deadline_exceeded"),
        "{answer}"
    );
    dripping.await.unwrap();
    assert_eq!(speaker.hear_of(HEADERS).await.unwrap().stream, 1);
    speaker.say(&call(3, PING)).await;
    let answer = speaker.hear_of(HEADERS).await.unwrap();
    assert_eq!((answer.stream, answer.status()), (3, Some(200)));
    others.were_served().await;
}

#[tokio::test]
async fn who_stops_reading_keeps_no_place() {
    // A place for the other callers, one for a call that is not read, and one for it while it is let go.
    let server = Server::with(
        |iris| iris.max_calls(3).max_timeout(4 * SHORT),
        |server| server,
    )
    .await;
    let others = Others::of(&server.running).await;
    let mut unread = Vec::new();
    for way in [
        Way::ConnectProto,
        Way::ConnectHttp2,
        Way::GrpcProto,
        Way::GrpcWebHttp1,
        Way::GrpcWebHttp2,
    ] {
        let mut flood = server.remotes(way).failures().flood().await.unwrap();
        flood.next().await.unwrap().unwrap();
        // Its procedure is dropped at the deadline; the connection stays.
        server.probe.dropped.notified().await;
        unread.push(flood);
    }
    others.were_served().await;
}
