//! Answers piece by piece by AWS Lambda's own API.

use crate::support::{Daemon, path};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};
use std::collections::BTreeMap;

async fn daemon_with(app: &str) -> Daemon {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path(app), "-L"]).await;
    daemon
}

async fn begin(
    daemon: &Daemon,
    app: &str,
    headers: &[(&str, &str)],
    path: &str,
) -> Response<Incoming> {
    let mut request = Request::post(format!(
        "/2021-11-15/functions/{app}/response-streaming-invocations"
    ));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let event = json!({ "rawPath": path, "document": "{\"errorType\": \"Own\"}", "kind": "Other" });
    let request = request.body(Bytes::from(event.to_string())).unwrap();
    daemon.begin(request).await
}

/// One message: its headers, and its payload.
type Message = (BTreeMap<String, String>, Bytes);

/// The messages of a body.
struct Messages {
    body: Incoming,
    read: BytesMut,
}

impl Messages {
    fn of(response: Response<Incoming>) -> Messages {
        assert_eq!(response.status(), 200);
        let kind = &response.headers()["content-type"];
        assert_eq!(kind, "application/vnd.amazon.eventstream");
        Messages {
            body: response.into_body(),
            read: BytesMut::new(),
        }
    }

    /// The next; `None` at the end of the body.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(length) = self.read.first_chunk::<4>().copied() {
                let length = u32::from_be_bytes(length) as usize;
                if self.read.len() >= length {
                    return Some(message(self.read.split_to(length).freeze()));
                }
            }
            match self.body.frame().await {
                Some(frame) => self.read.extend(frame.unwrap().into_data().unwrap()),
                None => {
                    assert!(self.read.is_empty(), "half a message");
                    return None;
                }
            }
        }
    }

    /// What the rest of the pieces have together, and what is said at their end.
    async fn rest(mut self) -> (Vec<u8>, Value) {
        let mut pieces = Vec::new();
        while let Some((headers, payload)) = self.next().await {
            assert_eq!(headers[":message-type"], "event");
            match headers[":event-type"].as_str() {
                "PayloadChunk" => pieces.extend(payload),
                "InvokeComplete" => {
                    assert_eq!(headers[":content-type"], "application/json");
                    assert!(self.next().await.is_none());
                    return (pieces, serde_json::from_slice(&payload).unwrap());
                }
                other => panic!("{other}"),
            }
        }
        panic!("it has no end")
    }
}

fn message(mut whole: Bytes) -> Message {
    let sum = |bytes: &[u8], sum: &[u8]| {
        assert_eq!(crc32fast::hash(bytes).to_be_bytes(), sum);
    };
    sum(&whole[..8], &whole[8..12]);
    sum(&whole[..whole.len() - 4], &whole[whole.len() - 4..]);
    whole.advance(4);
    let length = whole.get_u32() as usize;
    whole.advance(4);
    let mut headers = whole.split_to(length);
    whole.truncate(whole.len() - 4);
    let mut told = BTreeMap::new();
    let text = |headers: &mut Bytes, length: usize| {
        String::from_utf8(headers.split_to(length).to_vec()).unwrap()
    };
    while headers.has_remaining() {
        let length = headers.get_u8().into();
        let name = text(&mut headers, length);
        assert_eq!(headers.get_u8(), 7, "text");
        let length = headers.get_u16().into();
        told.insert(name, text(&mut headers, length));
    }
    (told, whole)
}

#[tokio::test]
async fn an_answer_comes_as_the_function_gives_it() {
    let daemon = daemon_with("official").await;
    let response = begin(&daemon, "official", &[], "/stream").await;
    assert_eq!(response.headers()["x-amz-executed-version"], "1");
    let mut messages = Messages::of(response);
    // With its head, as the function writes it.
    let mut first = Vec::new();
    while !first.ends_with(b"one ") {
        let (headers, payload) = messages.next().await.unwrap();
        assert_eq!(headers[":event-type"], "PayloadChunk");
        assert_eq!(headers[":content-type"], "application/octet-stream");
        first.extend(payload);
    }
    assert!(first.starts_with(b"{"));
    // The function waits for this.
    daemon.give("official", "go");
    let (rest, told) = messages.rest().await;
    assert_eq!((&rest[..], told), (&b"two three"[..], json!({})));
}

#[tokio::test]
async fn what_is_no_stream_comes_in_pieces_too() {
    let daemon = daemon_with("function").await;
    let (answer, told) = Messages::of(begin(&daemon, "function", &[], "/ok").await)
        .rest()
        .await;
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!((&answer["path"], told), (&json!("/ok"), json!({})));
}

#[tokio::test]
async fn failures_are_told_at_the_end() {
    let daemon = daemon_with("function").await;
    let stream = &b"{\"statusCode\": 201}\0\0\0\0\0\0\0\0papart"[..];
    for (path, pieces, kind) in [
        ("/fail", &b""[..], "NoLuck"),
        ("/end", b"", "Runtime.ExitError"),
        ("/stream-and-fail", stream, "NoLuck"),
        ("/stream-and-end", stream, "Runtime.StreamError"),
    ] {
        let mut answered = Messages::of(begin(&daemon, "function", &[], path).await);
        let mut got = Vec::new();
        while got.len() < pieces.len() {
            got.extend(answered.next().await.unwrap().1);
        }
        assert_eq!(got, pieces, "{path}");
        if path == "/stream-and-end" {
            // It ends once they have come.
            daemon.give("function", "go");
        }
        let (rest, told) = answered.rest().await;
        assert!(rest.is_empty(), "{path}");
        assert_eq!(told["ErrorCode"], "Unhandled", "{path}");
        let details: Value = serde_json::from_str(told["ErrorDetails"].as_str().unwrap()).unwrap();
        assert_eq!(details["errorType"], kind, "{path}");
    }
    let answered = Messages::of(begin(&daemon, "function", &[], "/stream-and-fail-with").await);
    let (_, told) = answered.rest().await;
    assert_eq!(
        told["ErrorDetails"],
        r#"{"errorType": "Own", "stackTrace": ["a"]}"#
    );
    // Byte for byte.
    let answered = Messages::of(begin(&daemon, "function", &[], "/fail-with").await);
    let (_, told) = answered.rest().await;
    assert_eq!(told["ErrorDetails"], r#"{"errorType": "Own"}"#);
}

#[tokio::test]
async fn the_end_of_the_log_comes_at_the_end() {
    let daemon = daemon_with("function").await;
    let tail = [("x-amz-log-type", "Tail")];
    for path in ["/print", "/stream-without-head", "/print-and-end"] {
        let (_, told) = Messages::of(begin(&daemon, "function", &tail, path).await)
            .rest()
            .await;
        let log = STANDARD.decode(told["LogResult"].as_str().unwrap());
        let log = String::from_utf8(log.unwrap()).unwrap();
        let printed = match path {
            "/print" => "about it\nEND ",
            "/print-and-end" => "about its end\nEND ",
            _ => "Version: 1\nEND ",
        };
        assert!(log.contains(printed), "{path}: {log}");
    }
}

#[tokio::test]
async fn what_is_not_begun_is_refused_before() {
    let daemon = daemon_with("function").await;
    let kind = |kind| [("x-amz-invocation-type", kind)];
    let dry = begin(&daemon, "function", &kind("DryRun"), "/ok").await;
    assert_eq!(dry.status(), 204);
    let later = begin(&daemon, "function", &kind("Event"), "/ok").await;
    assert_eq!(later.status(), 400);
    let nobody = begin(&daemon, "nobody", &[], "/ok").await;
    assert_eq!(nobody.status(), 404);
    let kind = &nobody.headers()["x-amzn-errortype"];
    assert_eq!(kind, "ResourceNotFoundException");
}
