//! gRPC-Web by hand, over HTTP/1.1 and HTTP/2, in both of its flavors and formats.

use crate::support::{RawRequest, Server};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use end_to_end::messages::testing::v1::{Number, Range, Text};
use http::{HeaderMap, Version};
use iris_core::wire::grpc_web::parse_trailers;
use prost::Message;

const JSON: &str = "application/grpc-web+json";
const JSON_TEXT: &str = "application/grpc-web-text+json";
const PROTO: &str = "application/grpc-web+proto";
const PROTO_TEXT: &str = "application/grpc-web-text+proto";

const VERSIONS: [Version; 2] = [Version::HTTP_11, Version::HTTP_2];

fn envelope(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&[0][..], &length.to_be_bytes(), payload].concat()
}

/// The messages and trailers of an answer.
async fn call(
    server: &Server,
    version: Version,
    content_type: &str,
    path: &str,
    messages: &[Vec<u8>],
) -> (Vec<Vec<u8>>, HeaderMap) {
    let mut body: Vec<u8> = messages
        .iter()
        .flat_map(|message| envelope(message))
        .collect();
    let is_text = content_type.contains("-text");
    if is_text {
        body = STANDARD.encode(body).into_bytes();
    }
    let request = RawRequest::new("POST", path)
        .header("content-type", content_type)
        .body(body);
    let response = server.send_over(version, request).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some(content_type));
    let body = match is_text {
        // Pieces may be padded, and then begin anew.
        true => response
            .text()
            .split_inclusive('=')
            .filter(|piece| *piece != "=")
            .flat_map(|piece| {
                let padded = format!("{piece}{}", "=".repeat((4 - piece.len() % 4) % 4));
                STANDARD.decode(padded).unwrap()
            })
            .collect(),
        false => response.body,
    };
    let mut rest = &body[..];
    let mut answers = Vec::new();
    loop {
        let length = u32::from_be_bytes(rest[1..5].try_into().unwrap()) as usize;
        let payload = &rest[5..5 + length];
        if rest[0] == 0x80 {
            assert_eq!(rest.len(), 5 + length, "nothing follows the trailers");
            return (answers, parse_trailers(payload).unwrap());
        }
        answers.push(payload.to_vec());
        rest = &rest[5 + length..];
    }
}

fn json(messages: &[&str]) -> Vec<Vec<u8>> {
    let messages = messages.iter();
    messages
        .map(|message| message.as_bytes().to_vec())
        .collect()
}

fn number(number: i64) -> Vec<u8> {
    Number { number }.encode_to_vec()
}

#[tokio::test]
async fn every_stream_kind_works_without_http_trailers() {
    let server = Server::start().await;
    let text = || Text { text: "hi".into() }.encode_to_vec();
    let range = Range {
        from: 0,
        to: 2,
        fail_at: 9,
    };
    // What is said, and what is answered, in JSON and in protobuf.
    let calls = [
        (
            "Echo",
            json(&[r#"{"text":"hi"}"#]),
            json(&[r#"{"text":"hi"}"#]),
            vec![text()],
            vec![text()],
        ),
        (
            "Count",
            json(&[r#"{"to":2,"failAt":9}"#]),
            json(&["{}", r#"{"number":"1"}"#]),
            vec![range.encode_to_vec()],
            vec![number(0), number(1)],
        ),
        (
            "Sum",
            json(&[r#"{"number":"2"}"#, r#"{"number":"3"}"#]),
            json(&[r#"{"number":"5"}"#]),
            vec![number(2), number(3)],
            vec![number(5)],
        ),
    ];
    for version in VERSIONS {
        for content_type in [JSON, JSON_TEXT, PROTO, PROTO_TEXT] {
            for (procedure, in_json, json_answers, in_proto, proto_answers) in &calls {
                let (messages, expected) = match content_type.ends_with("json") {
                    true => (in_json, json_answers),
                    false => (in_proto, proto_answers),
                };
                let path = format!("/testing.v1.Shapes/{procedure}");
                let (answers, trailers) =
                    call(&server, version, content_type, &path, messages).await;
                assert_eq!(&answers, expected, "{version:?} {content_type} {procedure}");
                assert_eq!(trailers["grpc-status"], "0");
            }
        }
    }
}

#[tokio::test]
async fn text_that_names_no_format_is_protobuf() {
    let server = Server::start().await;
    let body = STANDARD.encode(envelope(&Text { text: "hi".into() }.encode_to_vec()));
    let request = RawRequest::new("POST", "/testing.v1.Shapes/Echo")
        .header("content-type", "application/grpc-web-text")
        .body(body.clone());
    let response = server.send(request).await;
    assert_eq!(response.header("content-type"), Some(PROTO_TEXT));
    let whole = body.trim_end_matches('=');
    assert!(response.text().starts_with(&whole[..whole.len() - 1]));
}

#[tokio::test]
async fn the_answer_is_in_the_form_that_is_accepted() {
    let server = Server::start().await;
    let message = envelope(&Text { text: "hi".into() }.encode_to_vec());
    for (sent, accepted, answered) in [
        (PROTO, PROTO_TEXT, PROTO_TEXT),
        (PROTO, "application/grpc-web-text", PROTO_TEXT),
        (
            PROTO,
            "text/html, Application/gRPC-Web-Text;q=0.9",
            PROTO_TEXT,
        ),
        (PROTO, "*/*", PROTO),
        (
            PROTO,
            "application/grpc-web-text, application/grpc-web",
            PROTO,
        ),
        (PROTO, "application/grpc-web-text;q=0", PROTO),
        (
            PROTO_TEXT,
            "application/grpc-web, application/grpc-web-text",
            PROTO_TEXT,
        ),
        (PROTO_TEXT, PROTO, PROTO),
        (PROTO_TEXT, "*/*", PROTO_TEXT),
    ] {
        let body = match sent {
            PROTO => message.clone(),
            _ => STANDARD.encode(&message).into_bytes(),
        };
        for path in ["/testing.v1.Shapes/Echo", "/testing.v1.Shapes/Chat"] {
            let request = RawRequest::new("POST", path)
                .header("content-type", sent)
                .header("accept", accepted)
                .body(body.clone());
            let response = server.send(request).await;
            assert_eq!(
                response.header("content-type"),
                Some(answered),
                "{accepted}"
            );
            let expected = match answered {
                PROTO => 0,
                _ => b'A',
            };
            assert_eq!(response.body[0], expected, "{accepted} {path}");
        }
    }
}

#[tokio::test]
async fn a_failure_is_told_in_the_body() {
    let server = Server::start().await;
    for version in VERSIONS {
        for content_type in [JSON, JSON_TEXT, PROTO, PROTO_TEXT] {
            let call = async |path, messages| {
                let (answers, trailers) =
                    call(&server, version, content_type, path, messages).await;
                assert!(answers.is_empty());
                trailers["grpc-status"].to_str().unwrap().to_owned()
            };
            // Neither JSON nor protobuf.
            let wrong = json(&["no json"]);
            for path in ["/testing.v1.Shapes/Nothing", "/unknown.v1.Unknown/Nothing"] {
                let status = call(path, &wrong[..]).await;
                assert_eq!(status, "12", "{content_type} {path}");
            }
            let path = "/testing.v1.Shapes/Echo";
            assert_eq!(call(path, &wrong[..]).await, "3", "{content_type}");
            // No message at all is a wrong number of them, for which gRPC has a status of its own.
            assert_eq!(call(path, &[]).await, "12", "{content_type}");
        }
    }
}

#[tokio::test]
async fn text_that_is_no_base64_is_refused() {
    let server = Server::start().await;
    for (text, why) in [
        ("!!!! this is no base64", "Invalid symbol"),
        ("AAA", "it ends inside a group of four"),
    ] {
        let request = RawRequest::new("POST", "/testing.v1.Shapes/Echo")
            .header("content-type", JSON_TEXT)
            .body(text);
        let response = server.send(request).await;
        assert_eq!(response.status, 200);
        let body = STANDARD.decode(&response.body).unwrap();
        let trailers = parse_trailers(&body[5..]).unwrap();
        assert_eq!(trailers["grpc-status"], "3", "{trailers:?}");
        let message = trailers["grpc-message"].to_str().unwrap();
        assert!(message.contains(why), "{message}");
    }
}
