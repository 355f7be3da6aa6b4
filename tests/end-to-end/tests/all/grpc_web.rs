//! gRPC-Web by hand, over HTTP/1.1, in both of its flavors.

use crate::support::{RawRequest, Server};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use iris_core::wire::grpc_web::parse_trailers;

const JSON: &str = "application/grpc-web+json";
const JSON_TEXT: &str = "application/grpc-web-text+json";

fn envelope(payload: &str) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&[0][..], &length.to_be_bytes(), payload.as_bytes()].concat()
}

/// The messages and trailers of an answer.
async fn call(
    server: &Server,
    content_type: &str,
    path: &str,
    messages: &[&str],
) -> (Vec<String>, HeaderMap) {
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
    let response = server.send(request).await;
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
        answers.push(String::from_utf8(payload.to_vec()).unwrap());
        rest = &rest[5 + length..];
    }
}

#[tokio::test]
async fn every_stream_kind_works_without_http_trailers() {
    let server = Server::start().await;
    for content_type in [JSON, JSON_TEXT] {
        for (procedure, messages, expected) in [
            ("Echo", &[r#"{"text":"hi"}"#][..], &[r#"{"text":"hi"}"#][..]),
            (
                "Count",
                &[r#"{"to":2,"failAt":9}"#],
                &["{}", r#"{"number":"1"}"#],
            ),
            (
                "Sum",
                &[r#"{"number":"2"}"#, r#"{"number":"3"}"#],
                &[r#"{"number":"5"}"#],
            ),
        ] {
            let path = format!("/testing.v1.Shapes/{procedure}");
            let (answers, trailers) = call(&server, content_type, &path, messages).await;
            assert_eq!(answers, expected, "{content_type} {procedure}");
            assert_eq!(trailers["grpc-status"], "0");
        }
    }
}

#[tokio::test]
async fn a_failure_is_told_in_the_body() {
    let server = Server::start().await;
    for content_type in [JSON, JSON_TEXT] {
        for path in ["/testing.v1.Shapes/Nothing", "/unknown.v1.Unknown/Nothing"] {
            let (answers, trailers) = call(&server, content_type, path, &["{}"]).await;
            assert!(answers.is_empty());
            assert_eq!(trailers["grpc-status"], "12", "{content_type} {path}");
        }
        let path = "/testing.v1.Shapes/Echo";
        let (_, trailers) = call(&server, content_type, path, &["no json"]).await;
        assert_eq!(trailers["grpc-status"], "3", "{content_type}");
        // No message at all is a wrong number of them, for which gRPC has a status of its own.
        let (_, trailers) = call(&server, content_type, path, &[]).await;
        assert_eq!(trailers["grpc-status"], "12", "{content_type}");
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
