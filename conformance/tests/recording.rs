//! The two programs call each other as the suite would call them, and leave what they said.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its support functions too"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use conformance::framing;
use conformance::messages::connectrpc::conformance::v1::{
    ClientCompatRequest, ClientCompatResponse, Codec, Compression, Header, HttpVersion, Protocol,
    ServerCompatRequest, ServerCompatResponse, StreamType, UnaryRequest, UnaryResponseDefinition,
    client_compat_response, unary_response_definition,
};
use conformance::record::FOLDER;
use prost::{Message, Name};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A program under test that records into a folder.
fn start(program: &str, folder: &Path) -> Child {
    Command::new(program)
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// The only message of its kind that was recorded.
fn recorded(folder: &Path) -> Value {
    let files: Vec<_> = fs::read_dir(folder).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let path = files.into_iter().next().unwrap().unwrap().path();
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn frames(recorded: &Value) -> Vec<u8> {
    let pieces = recorded["body"].as_array().unwrap().iter();
    let pieces = pieces.map(|piece| STANDARD.decode(piece.as_str().unwrap()).unwrap());
    pieces.collect::<Vec<_>>().concat()
}

fn has(recorded: &Value, part: &str, name: &str, value: &str) -> bool {
    let pairs = recorded[part].as_array().unwrap();
    pairs.contains(&json!([name, value]))
}

/// A call of `Unary` whose message asks for this to be answered.
fn asking(server: &ServerCompatResponse, case: &str, answer: &'static [u8]) -> ClientCompatRequest {
    let message = UnaryRequest {
        response_definition: Some(UnaryResponseDefinition {
            response: Some(unary_response_definition::Response::ResponseData(
                answer.into(),
            )),
            ..UnaryResponseDefinition::default()
        }),
        ..UnaryRequest::default()
    };
    let header = |name: &str, value: &str| Header {
        name: name.to_owned(),
        value: vec![value.to_owned()],
    };
    ClientCompatRequest {
        test_name: case.to_owned(),
        http_version: HttpVersion::HttpVersion2.into(),
        protocol: Protocol::Grpc.into(),
        codec: Codec::Proto.into(),
        compression: Compression::Identity.into(),
        host: server.host.clone(),
        port: server.port,
        service: Some("connectrpc.conformance.v1.ConformanceService".to_owned()),
        method: Some("Unary".to_owned()),
        stream_type: StreamType::Unary.into(),
        request_headers: vec![
            header("x-test-case-name", case),
            header("x-expect-tls", "false"),
            header("x-kept", "as it is"),
        ],
        request_messages: vec![prost_types::Any {
            type_url: format!("type.googleapis.com/{}", UnaryRequest::full_name()),
            value: message.encode_to_vec(),
        }],
        ..ClientCompatRequest::default()
    }
}

#[tokio::test]
async fn what_either_side_is_told_is_kept_once_for_each_shape() {
    let folder = tempfile::tempdir().unwrap();
    let (of_server, of_client) = (folder.path().join("server"), folder.path().join("client"));
    let talk = timeout(Duration::from_secs(60), talk(&of_server, &of_client)).await;
    talk.expect("the two programs come to an end");
    is_recorded(&of_server, &of_client);
}

/// Has one program call the other, and ends both.
async fn talk(of_server: &Path, of_client: &Path) {
    let mut server = start(env!("CARGO_BIN_EXE_server"), of_server);
    let wanted = ServerCompatRequest {
        protocol: Protocol::Grpc.into(),
        http_version: HttpVersion::HttpVersion2.into(),
        ..ServerCompatRequest::default()
    };
    let mut asks = server.stdin.take().unwrap();
    framing::write(&mut asks, &wanted).await.unwrap();
    let mut told = server.stdout.take().unwrap();
    let listening: ServerCompatResponse = framing::read(&mut told).await.unwrap().unwrap();

    let mut client = start(env!("CARGO_BIN_EXE_client"), of_client);
    let mut asks = client.stdin.take().unwrap();
    let mut told = client.stdout.take().unwrap();
    // Two of one shape, of which the shorter one is kept.
    for (case, answer) in [("long", &b"an answer of some length"[..]), ("short", b"!")] {
        let asked = asking(&listening, case, answer);
        framing::write(&mut asks, &asked).await.unwrap();
        let response: ClientCompatResponse = framing::read(&mut told).await.unwrap().unwrap();
        let result = response.result.unwrap();
        let client_compat_response::Result::Response(result) = result else {
            panic!("{result:?}");
        };
        assert_eq!(result.payloads[0].data, answer, "{:?}", result.error);
    }
    drop(asks);
    assert!(client.wait().await.unwrap().success());
    let pid = server.id().unwrap().to_string();
    Command::new("kill").arg(pid).status().await.unwrap();
    server.wait().await.unwrap();
}

fn is_recorded(of_server: &Path, of_client: &Path) {
    let request = recorded(&of_server.join("requests"));
    assert_eq!(request["case"], "short");
    assert_eq!(request["method"], "POST");
    assert_eq!(
        request["uri"],
        "/connectrpc.conformance.v1.ConformanceService/Unary"
    );
    assert_eq!(request["end"], "whole");
    assert!(has(
        &request,
        "headers",
        "content-type",
        "application/grpc+proto"
    ));
    assert!(has(&request, "headers", "x-kept", "as it is"));
    let names = request["headers"].to_string();
    assert!(!names.contains("x-expect") && !names.contains("x-test-case"));
    let sent = frames(&request);
    assert_eq!(sent[0], 0);
    assert!(UnaryRequest::decode(&sent[5..]).is_ok());

    let answer = recorded(&of_client.join("answers"));
    assert_eq!(
        (&answer["case"], &answer["status"]),
        (&json!("short"), &json!(200))
    );
    assert_eq!(answer["asked"], "application/grpc+proto");
    assert!(has(&answer, "trailers", "grpc-status", "0"));
    // The server under test compresses answers of any length.
    assert_eq!(frames(&answer)[0], 1);
}
