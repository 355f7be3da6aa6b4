//! Calls of every kind.

use super::speaker::{Speaker, envelope, head};
use super::{CHAT, COUNT, ECHO, FACTS, FETCH, LENGTH, STREAM, SUM};
use crate::hostile::server;
use crate::others::Others;
use http::Request;
use iris_core::Body;
use iris_core::wire::compression::Compression;
use iris_core::wire::websocket::Frame;
use serde_json::json;
use std::sync::{Arc, Mutex};
use tower::util::MapRequestLayer;

#[tokio::test]
async fn calls_without_streams() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    let echoed = speaker.call(1, ECHO, r#"{"text":"hi"}"#).await;
    assert_eq!(echoed.status, Some(200));
    assert_eq!(echoed.headers["content-type"], "application/json");
    assert_eq!(echoed.json(), json!({"text": "hi"}));
    // Ids may be left out.
    let fetched = speaker.call(1000, FETCH, "{}").await;
    assert_eq!(fetched.json(), json!({"text": "fetched"}));
    let nothing = speaker
        .call(u32::MAX, "/testing.v1.Shapes/Ping", "{}")
        .await;
    assert_eq!((nothing.status, nothing.text().as_str()), (Some(200), "{}"));
}

#[tokio::test]
async fn protobuf_too() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    speaker
        .head(1, ECHO, &[("content-type", "application/proto")])
        .await;
    speaker.data(1, &b"\x0a\x02hi"[..]).await;
    speaker.end(1).await;
    let answer = speaker.answer(1).await;
    assert_eq!(answer.headers["content-type"], "application/proto");
    assert_eq!(answer.body, b"\x0a\x02hi");
}

#[tokio::test]
async fn a_stream_of_answers() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.head(1, COUNT, &[("content-type", STREAM)]).await;
    speaker.message(1, r#"{"from":1,"to":4,"failAt":-1}"#).await;
    speaker.end(1).await;
    let answer = speaker.answer(1).await;
    assert_eq!(answer.status, Some(200));
    assert_eq!(answer.headers["content-type"], STREAM);
    let (numbers, end) = answer.messages();
    assert_eq!(
        numbers,
        [
            json!({"number": "1"}),
            json!({"number": "2"}),
            json!({"number": "3"})
        ]
    );
    assert_eq!(end, Some(json!({})));
}

#[tokio::test]
async fn a_stream_of_requests() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.head(1, SUM, &[("content-type", STREAM)]).await;
    for number in 1..=100 {
        speaker
            .message(1, &format!(r#"{{"number":"{number}"}}"#))
            .await;
    }
    speaker.end(1).await;
    let (sums, _) = speaker.answer(1).await.messages();
    assert_eq!(sums, [json!({"number": "5050"})]);
}

#[tokio::test]
async fn streams_both_ways_at_once() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.head(1, CHAT, &[("content-type", STREAM)]).await;
    // Each answer comes before the next request is sent.
    for (count, word) in ["one", "two", "three"].into_iter().enumerate() {
        speaker.message(1, &format!(r#"{{"text":"{word}"}}"#)).await;
        let answer = speaker
            .until(1, |answer| answer.messages().0.len() > count)
            .await;
        let (texts, end) = answer.messages();
        assert_eq!(texts[count], json!({"text": word.to_uppercase()}));
        assert_eq!(end, None);
    }
    speaker.end(1).await;
    let (texts, end) = speaker.answer(1).await.messages();
    assert_eq!((texts.len(), end), (3, Some(json!({}))));
}

#[tokio::test]
async fn a_message_may_be_cut_anywhere_and_have_many_frames() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    // Two messages, byte by byte, with frames of nothing between.
    speaker.head(1, SUM, &[("content-type", STREAM)]).await;
    let bytes = envelope(r#"{"number":"20"}"#).repeat(2);
    let pieces = bytes.chunks(1).flat_map(|byte| {
        let data = |data: &[u8]| Frame::Data {
            stream: 1,
            data: data.to_vec().into(),
        };
        [data(byte), data(b"")]
    });
    speaker.say_all(pieces).await;
    speaker.end(1).await;
    let (sums, _) = speaker.answer(1).await.messages();
    assert_eq!(sums, [json!({"number": "40"})]);
    // One of 2 MiB, sent as the window allows.
    let length: usize = 3 << 19;
    let blob = json!({"data": "AAAA".repeat(length / 3)}).to_string();
    speaker
        .head(2, LENGTH, &[("content-type", "application/json")])
        .await;
    let mut sent = 0;
    for piece in blob.as_bytes().chunks(65_536) {
        sent += piece.len();
        if sent > 262_144 {
            let needed = (sent - 262_144) as u32;
            speaker.until(2, |answer| answer.given >= needed).await;
        }
        speaker.data(2, piece.to_vec()).await;
    }
    speaker.end(2).await;
    let answer = speaker.answer(2).await;
    assert_eq!(answer.json(), json!({"number": length.to_string()}));
}

#[tokio::test]
async fn many_streams_at_once_on_one_socket() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    const MANY: u32 = 150;
    for stream in 1..=MANY {
        speaker
            .head(stream, CHAT, &[("content-type", STREAM)])
            .await;
    }
    for round in 0..10 {
        let messages = (1..=MANY).map(|stream| {
            let data = envelope(&format!(r#"{{"text":"round {round} of {stream}"}}"#));
            Frame::Data { stream, data }
        });
        speaker.say_all(messages).await;
    }
    // Beside them calls without streams, which are not held up.
    for stream in MANY + 1..MANY + 20 {
        assert_eq!(speaker.call(stream, FETCH, "{}").await.status, Some(200));
    }
    speaker
        .say_all((1..=MANY).map(|stream| Frame::End { stream }))
        .await;
    for stream in 1..=MANY {
        let (texts, end) = speaker.answer(stream).await.messages();
        assert_eq!(end, Some(json!({})));
        let expected = (0..10).map(|round| json!({"text": format!("ROUND {round} OF {stream}")}));
        assert_eq!(texts, expected.collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn errors_are_what_they_are_over_http() {
    let (server, address) = server(|server| server).await;
    let mut others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    let mut stream = 0;
    for (name, code, status) in [("zero", 0, 401), ("formatted", 2, 404), ("else", 902, 500)] {
        stream += 1;
        let path = "/testing.v1.Failures/Fail";
        let answer = speaker
            .call(stream, path, &format!(r#"{{"text":"{name}"}}"#))
            .await;
        assert_eq!(answer.status, Some(status), "{name}");
        assert_eq!(answer.json()["details"][0]["debug"]["code"], code, "{name}");
    }
    let missing = speaker.call(10, "/testing.v1.Shapes/Nothing", "{}").await;
    assert_eq!(missing.status, Some(404));
    assert_eq!(missing.json()["details"][0]["debug"]["code"], 901);
    // In the middle of a stream.
    speaker.head(11, COUNT, &[("content-type", STREAM)]).await;
    speaker.message(11, r#"{"from":0,"to":9,"failAt":2}"#).await;
    speaker.end(11).await;
    let (numbers, end) = speaker.answer(11).await.messages();
    assert_eq!(numbers.len(), 2);
    assert_eq!(end.unwrap()["error"]["details"][0]["debug"]["code"], 2);
    // Panics, of procedures and of what they leave behind, are of their own call.
    for (stream, name) in (20..).zip(["Panic", "PanicWithABomb", "FailUnshowably"]) {
        let answer = speaker
            .call(stream, &format!("/testing.v1.Failures/{name}"), "{}")
            .await;
        assert_eq!(answer.status, Some(500), "{name}");
    }
    assert_eq!(speaker.call(30, FETCH, "{}").await.status, Some(200));
    others.are_served().await;
    others.were_served().await;
}

#[tokio::test]
async fn deadlines_hold() {
    let (server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    let timeout = ("connect-timeout-ms", "50");
    speaker
        .head(
            1,
            super::HANG,
            &[("content-type", "application/json"), timeout],
        )
        .await;
    speaker.data(1, "{}").await;
    speaker.end(1).await;
    let late = speaker.answer(1).await;
    assert_eq!(late.status, Some(504));
    assert_eq!(late.json()["code"], "deadline_exceeded");
    server.probe.dropped.notified().await;
    // A stream too, and while its caller sends nothing.
    speaker
        .head(2, CHAT, &[("content-type", STREAM), timeout])
        .await;
    let (_, end) = speaker.answer(2).await.messages();
    assert_eq!(end.unwrap()["error"]["code"], "deadline_exceeded");
    // The procedure knows of it.
    speaker
        .head(
            3,
            FACTS,
            &[
                ("content-type", "application/json"),
                ("connect-timeout-ms", "60000"),
            ],
        )
        .await;
    speaker.data(3, "{}").await;
    speaker.end(3).await;
    let facts = speaker.answer(3).await.json();
    let remaining: u64 = facts["remaining"].as_str().unwrap().parse().unwrap();
    assert!((1..=60_000).contains(&remaining), "{facts}");
}

#[tokio::test]
async fn requests_in_no_protocol_are_refused_as_over_http() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    speaker
        .head(1, ECHO, &[("content-type", "text/html")])
        .await;
    assert_eq!(speaker.answer(1).await.status, Some(415));
    speaker.head(2, ECHO, &[("content-type", STREAM)]).await;
    assert_eq!(speaker.answer(2).await.status, Some(415));
    for (stream, kind) in (3..).zip(["application/grpc", "application/grpc+proto"]) {
        speaker.head(stream, ECHO, &[("content-type", kind)]).await;
        let answer = speaker.answer(stream).await;
        assert_eq!(answer.status, Some(415));
        assert!(answer.text().contains("trailers"), "{}", answer.text());
    }
    // gRPC-Web has its trailers in the body.
    speaker
        .head(9, ECHO, &[("content-type", "application/grpc-web+json")])
        .await;
    speaker.message(9, r#"{"text":"hi"}"#).await;
    speaker.end(9).await;
    let answer = speaker.answer(9).await;
    assert!(answer.text().contains("grpc-status"), "{}", answer.text());
}

#[tokio::test]
async fn compressed_messages_both_ways() {
    let running = end_to_end::application(Arc::default())
        .compress_responses(0)
        .add_server(iris_core::HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap();
    let mut speaker = Speaker::connect(running.addresses()[0].tcp().unwrap()).await;
    let text = format!(r#"{{"text":"{}"}}"#, "hi ".repeat(100));
    let mut packed = Vec::new();
    Compression::Gzip
        .compress(text.as_bytes(), &mut packed)
        .unwrap();
    let headers = [
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
        ("accept-encoding", "gzip"),
    ];
    speaker.head(1, ECHO, &headers).await;
    speaker.data(1, packed).await;
    speaker.end(1).await;
    let answer = speaker.answer(1).await;
    assert_eq!(answer.headers["content-encoding"], "gzip");
    let unpacked = Compression::Gzip.decompress(&answer.body, 1024).unwrap();
    assert_eq!(unpacked, text);
}

#[tokio::test]
async fn calls_pass_the_layers_of_their_server() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let noting = seen.clone();
    let layer = MapRequestLayer::new(move |request: Request<Body>| {
        noting.lock().unwrap().push(request.uri().to_string());
        request
    });
    let (_server, address) = server(|server| server.prefix("/api").layer(layer)).await;
    let mut speaker = Speaker::open(address, "/api/-/websocket", &[])
        .await
        .unwrap();
    assert!(seen.lock().unwrap().is_empty(), "handshakes do not");
    assert_eq!(speaker.call(1, FETCH, "{}").await.status, Some(200));
    let echo = format!("{ECHO}?a=b");
    assert_eq!(speaker.call(2, &echo, "{}").await.status, Some(200));
    let expected = [format!("/api{FETCH}"), format!("/api{echo}")];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn with_a_prefix() {
    let (_server, address) = server(|server| server.prefix("/api")).await;
    assert_eq!(
        Speaker::open(address, "/-/websocket", &[])
            .await
            .err()
            .unwrap()
            .status(),
        404
    );
    let mut speaker = Speaker::open(address, "/api/-/websocket", &[])
        .await
        .unwrap();
    // Paths are below the base URL.
    let facts = speaker.call(1, FACTS, "{}").await;
    assert_eq!(facts.json()["path"], FACTS);
    assert_eq!(
        speaker.call(2, &format!("/api{FACTS}"), "{}").await.status,
        Some(404)
    );
}

#[tokio::test]
async fn what_an_answer_says_beside_its_message_arrives() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    let headers = [
        ("content-type", "application/json"),
        ("x-word", "one"),
        ("x-word", "two"),
    ];
    speaker.say(head(1, FACTS, &headers)).await;
    speaker.data(1, "{}").await;
    speaker.end(1).await;
    assert_eq!(speaker.answer(1).await.json()["metadata"], "one+two");
    let answer = speaker
        .call(2, "/testing.v1.CallFacts/Decorate", r#"{"text":"mint"}"#)
        .await;
    assert_eq!(answer.headers["x-before"], "early");
    assert_eq!(answer.headers["trailer-x-after"], "late");
    assert_eq!(answer.headers["set-cookie"], "flavour=mint; Path=/");
}
