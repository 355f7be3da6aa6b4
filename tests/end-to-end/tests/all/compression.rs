//! Compressed messages, as every protocol spells them.

use crate::support::{RawRequest, RawResponse, Server};
use iris_core::wire::compression::Compression;
use serde_json::json;

const ECHO: &str = "/testing.v1.Shapes/Echo";
const COUNT: &str = "/testing.v1.Shapes/Count";

fn packed(compression: Compression, message: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    compression.compress(message, &mut packed).unwrap();
    packed
}

/// An envelope by hand.
fn envelope(flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&[flags][..], &length.to_be_bytes(), payload].concat()
}

/// The envelopes of a body: flags and payload.
fn envelopes(mut body: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut envelopes = Vec::new();
    while !body.is_empty() {
        let length = u32::from_be_bytes(body[1..5].try_into().unwrap()) as usize;
        envelopes.push((body[0], body[5..5 + length].to_vec()));
        body = &body[5 + length..];
    }
    envelopes
}

async fn compressing() -> Server {
    Server::with(|iris| iris.compress_responses(100), |server| server).await
}

/// A text of this length in JSON.
fn long(length: usize) -> serde_json::Value {
    json!({ "text": "iris ".repeat(length / 5) })
}

fn is_refused(response: &RawResponse, code: i64) {
    assert_eq!(response.code(), code, "{}", response.text());
}

#[tokio::test]
async fn unary_calls_may_be_compressed_in_every_way() {
    let server = compressing().await;
    for &compression in Compression::ALL {
        let message = long(1000);
        let request = RawRequest::new("POST", ECHO)
            .header("content-type", "application/json")
            .header("content-encoding", compression.as_str())
            .header("accept-encoding", &format!("unknown, {compression}"))
            .body(packed(compression, message.to_string().as_bytes()));
        let response = server.send(request).await;
        assert_eq!(
            response.header("content-encoding"),
            Some(compression.as_str())
        );
        assert!(response.body.len() < 100, "{compression}");
        let body = compression.decompress(&response.body, 10_000).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body, message, "{compression}");
    }
}

#[tokio::test]
async fn a_get_may_be_compressed() {
    use base64::Engine;
    let server = Server::start().await;
    for &compression in Compression::ALL {
        let packed = packed(compression, br#"{"text":"hi"}"#);
        let message = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(packed);
        let query = format!("connect=v1&encoding=json&compression={compression}&base64=1");
        let path = format!("{ECHO}?{query}&message={message}");
        let response = server.send(RawRequest::new("GET", path)).await;
        assert_eq!(response.json(), json!({ "text": "hi" }), "{compression}");
    }
}

/// A cache must not hand what it keeps to callers who cannot read it.
#[tokio::test]
async fn an_answer_to_get_says_that_it_depends_on_what_its_caller_reads() {
    let server = compressing().await;
    let message = format!("%7B%22text%22:%22{}%22%7D", "iris".repeat(250));
    let path = format!("{ECHO}?connect=v1&encoding=json&message={message}");
    for accepted in ["gzip", "identity"] {
        let request = RawRequest::new("GET", path.as_str()).header("accept-encoding", accepted);
        let response = server.send(request).await;
        assert_eq!(response.status, 200);
        assert_eq!(
            response.header("content-encoding").is_some(),
            accepted == "gzip"
        );
        assert_eq!(response.header("vary"), Some("accept-encoding"));
    }
}

#[tokio::test]
async fn streams_may_be_compressed_envelope_by_envelope() {
    let server = compressing().await;
    let ways = [
        (
            "application/connect+json",
            "connect-content-encoding",
            "connect-accept-encoding",
        ),
        (
            "application/grpc-web+json",
            "grpc-encoding",
            "grpc-accept-encoding",
        ),
    ];
    for &compression in Compression::ALL {
        for (content_type, encoding, accepted) in ways {
            let request = br#"{"from":0,"to":3,"failAt":-1}"#;
            let request = RawRequest::new("POST", COUNT)
                .header("content-type", content_type)
                .header(encoding, compression.as_str())
                .header(accepted, compression.as_str())
                .body(envelope(1, &packed(compression, request)));
            let response = server.send(request).await;
            assert_eq!(response.header(encoding), Some(compression.as_str()));
            let envelopes = envelopes(&response.body);
            // Short messages go as they are, although the stream may have compressed ones.
            assert_eq!(envelopes.len(), 4, "{content_type} {compression}");
            assert!(envelopes[..3].iter().all(|(flags, _)| *flags == 0));
        }
    }
}

#[tokio::test]
async fn only_long_answers_to_callers_that_ask_are_compressed() {
    let server = compressing().await;
    let plain = Server::start().await;
    let request = |length, accepted: &str| {
        RawRequest::post_json(ECHO, &long(length).to_string()).header("accept-encoding", accepted)
    };
    for (server, length, accepted) in [
        (&server, 10, "gzip"),
        (&server, 1000, "identity"),
        (&server, 1000, "gzip;q=0"),
        (&plain, 1000, "gzip"),
    ] {
        let response = server.send(request(length, accepted)).await;
        assert_eq!(
            response.header("content-encoding"),
            None,
            "{length} {accepted}"
        );
        assert_eq!(response.json(), long(length));
    }
}

#[tokio::test]
async fn an_unknown_compression_is_refused_with_those_that_are_known() {
    let server = Server::start().await;
    let request = RawRequest::post_json(ECHO, "{}").header("content-encoding", "snappy");
    let response = server.send(request).await;
    is_refused(&response, 900);
    assert_eq!(response.json()["code"], "unimplemented");
    for &compression in Compression::ALL {
        assert!(response.text().contains(compression.as_str()));
        let accepted = response.header("accept-encoding").unwrap();
        assert!(accepted.contains(compression.as_str()), "{accepted}");
    }
    let request = RawRequest::new("POST", COUNT)
        .header("content-type", "application/connect+json")
        .header("connect-content-encoding", "snappy")
        .body(envelope(0, b"{}"));
    let response = server.send(request).await;
    let end = &envelopes(&response.body)[0].1;
    let end: serde_json::Value = serde_json::from_slice(end).unwrap();
    assert_eq!(end["error"]["code"], "unimplemented");
    let accepted = response.header("connect-accept-encoding").unwrap();
    assert!(accepted.contains("gzip"), "{accepted}");
}

#[tokio::test]
async fn what_is_not_compressed_as_said_is_910() {
    let server = Server::start().await;
    for &compression in Compression::ALL {
        let request =
            RawRequest::post_json(ECHO, "{}").header("content-encoding", compression.as_str());
        is_refused(&server.send(request).await, 910);
    }
}

#[tokio::test]
async fn a_bomb_is_913_and_unpacked_no_further_than_the_limit() {
    let server = Server::with(|iris| iris.max_request_size(10_000), |server| server).await;
    for &compression in Compression::ALL {
        let bomb = packed(compression, &vec![b' '; 4_000_000]);
        assert!(bomb.len() < 10_000, "{compression} {}", bomb.len());
        let request = RawRequest::new("POST", ECHO)
            .header("content-type", "application/json")
            .header("content-encoding", compression.as_str())
            .body(bomb);
        is_refused(&server.send(request).await, 913);
    }
}
