//! Bodies that are wrong, too large, or never come.

use crate::others::Others;
use crate::support::{RawRequest, Server, Way, text};
use end_to_end_client::iris_client::{Client, Status};
use end_to_end_client::messages::testing::v1::{Blob, Number};
use end_to_end_client::{ErrorCode, Remotes};
use iris_core::HttpServer;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Short, so that what waits for it does not wait for long.
pub(crate) const SHORT: Duration = Duration::from_millis(250);

/// A server, and where it listens.
pub(crate) async fn server(
    settings: impl FnOnce(HttpServer) -> HttpServer,
) -> (Server, SocketAddr) {
    let server = Server::with(|application| application, settings).await;
    let address = server.running.addresses()[0].tcp().unwrap();
    (server, address)
}

async fn post(
    server: &Server,
    content_type: &str,
    body: impl Into<Vec<u8>>,
) -> crate::support::RawResponse {
    let request = RawRequest::new("POST", "/testing.v1.Shapes/Tree")
        .header("content-type", content_type)
        .body(body);
    server.send(request).await
}

#[tokio::test]
async fn a_body_that_is_no_message_is_910() {
    let server = Server::start().await;
    for (what, body) in [
        ("a truncated varint", b"\x08\xff".as_slice()),
        ("a wrong wire type", b"\x08\x01"),
        ("a length beyond the end", b"\x0a\x7f\x01"),
        ("an unknown wire type", b"\x0f"),
        ("field number zero", b"\x02\x00"),
        ("a string that is no UTF-8", b"\x0a\x03\x0a\x01\xff"),
    ] {
        let response = post(&server, "application/proto", body).await;
        assert_eq!(
            (response.status.as_u16(), response.code()),
            (400, 910),
            "{what}: {}",
            response.text()
        );
        assert_eq!(response.json()["code"], "invalid_argument", "{what}");
    }
    for body in [
        "nonsense",
        "[]",
        "1",
        "{",
        r#"{"inner":1}"#,
        r#"{"inner":{"text":5}}"#,
        "{}{}",
        "\u{feff}{}",
    ] {
        let response = post(&server, "application/json", body).await;
        assert_eq!(
            (response.status.as_u16(), response.code()),
            (400, 910),
            "{body}: {}",
            response.text()
        );
    }
}

#[tokio::test]
async fn the_field_that_is_wrong_is_named() {
    let server = Server::start().await;
    let json = r#"{"children":[{"inner":{"text":5}}]}"#;
    let message = post(&server, "application/json", json).await.json()["message"].to_string();
    assert!(
        message.contains("testing.v1.Nested")
            && message.contains("children")
            && message.contains("text"),
        "{message}"
    );
    let proto = b"\x12\x05\x0a\x03\x0a\x01\xff";
    let message = post(&server, "application/proto", proto).await.json()["message"].to_string();
    assert!(
        message.contains("testing.v1.Nested") && message.contains("text"),
        "{message}"
    );
}

#[tokio::test]
async fn a_missing_message_is_912() {
    let server = Server::start().await;
    for body in ["", "  \n"] {
        let response = post(&server, "application/json", body).await;
        assert_eq!(
            (response.status.as_u16(), response.code()),
            (400, 912),
            "{}",
            response.text()
        );
        assert!(
            response.text().contains("testing.v1.Nested"),
            "{}",
            response.text()
        );
    }
    // In protobuf no bytes are a message with nothing in it.
    assert_eq!(post(&server, "application/proto", "").await.status, 200);
}

#[tokio::test]
async fn deep_nesting_is_refused_and_not_followed() {
    let server = Server::start().await;
    let others = Others::of(&server.running).await;
    let json = format!(
        "{}{}",
        r#"{"children":[{"inner":{}},"#.repeat(5000),
        "]}".repeat(5000)
    );
    assert_eq!(post(&server, "application/json", json).await.code(), 910);
    let mut proto = Vec::new();
    for _ in 0..2000 {
        let mut outer = vec![0x12];
        let mut length = proto.len();
        while length > 127 {
            outer.push((length & 127) as u8 | 128);
            length >>= 7;
        }
        outer.push(length as u8);
        outer.extend(proto);
        proto = outer;
    }
    assert_eq!(post(&server, "application/proto", proto).await.code(), 910);
    others.were_served().await;
}

#[tokio::test]
async fn a_request_over_the_limit_is_refused_every_way() {
    let server = Server::with(
        |application| application.max_request_size(1000),
        |server| server,
    )
    .await;
    for way in Way::ALL {
        let shapes = server.remotes(way).shapes();
        let fits = Blob {
            data: vec![1; 500].into(),
        };
        assert_eq!(shapes.length(fits).await.unwrap().number, 500, "{way:?}");
        let error = shapes
            .length(Blob {
                data: vec![1; 2000].into(),
            })
            .await
            .unwrap_err();
        assert_eq!(
            error.code,
            ErrorCode::IrisMessageTooLarge,
            "{way:?} {error}"
        );
        assert_eq!(error.status, Status::ResourceExhausted, "{way:?}");
    }
}

#[tokio::test]
async fn the_default_limit_is_4_mib() {
    let server = Server::start().await;
    let shapes = server.remotes(Way::ConnectProto).shapes();
    let mib4 = 4 * 1024 * 1024;
    assert_eq!(
        shapes
            .length(Blob {
                data: vec![1; mib4 - 10].into()
            })
            .await
            .unwrap()
            .number,
        mib4 as i64 - 10
    );
    let error = shapes
        .length(Blob {
            data: vec![1; mib4].into(),
        })
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisMessageTooLarge);
}

#[tokio::test]
async fn an_answer_over_a_limit_is_refused_on_either_side() {
    let server = Server::with(
        |application| application.max_response_size(1000),
        |server| server,
    )
    .await;
    for way in Way::ALL {
        let error = server
            .remotes(way)
            .shapes()
            .blob(Number { number: 2000 })
            .await
            .unwrap_err();
        assert_eq!(
            error.code,
            ErrorCode::IrisMessageTooLarge,
            "{way:?} {error}"
        );
        assert!(error.internal_message.contains("server"), "{way:?} {error}");
    }
    let server = Server::start().await;
    let small = Client::builder(&server.url())
        .max_message_size(1000)
        .build()
        .unwrap();
    let error = Remotes::new(small)
        .shapes()
        .blob(Number { number: 2000 })
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisMessageTooLarge);
}

#[tokio::test]
async fn no_more_is_read_than_the_limit_allows() {
    let server = Server::start().await;
    let address = server.running.addresses()[0].tcp().unwrap();
    // The head announces 1 TB; the refusal comes without a byte of it.
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = "POST /testing.v1.Shapes/Length HTTP/1.1\r\nhost: x\r\ncontent-type: application/proto\r\ncontent-length: 1000000000000\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 429") && answer.contains("913"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_chunked_body_without_end_is_cut_at_the_limit() {
    let server = Server::with(
        |application| application.max_request_size(100_000),
        |server| server,
    )
    .await;
    let address = server.running.addresses()[0].tcp().unwrap();
    let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
    let head = "POST /testing.v1.Shapes/Length HTTP/1.1\r\nhost: x\r\ncontent-type: application/proto\r\ntransfer-encoding: chunked\r\n\r\n";
    write.write_all(head.as_bytes()).await.unwrap();
    let writing = tokio::spawn(async move {
        let chunk = format!("2710\r\n{}\r\n", "x".repeat(10_000));
        let mut sent = 0;
        // The server closes: then writing fails. It must not take this for ever.
        while sent < 100_000_000 && write.write_all(chunk.as_bytes()).await.is_ok() {
            sent += 10_000;
        }
        sent
    });
    let mut answer = Vec::new();
    // The connection may be reset after the answer, since what was sent is not read.
    let _ = read.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(
        answer.starts_with("HTTP/1.1 429") && answer.contains("913"),
        "{answer}"
    );
    assert!(writing.await.unwrap() < 100_000_000);
}

#[tokio::test]
async fn a_client_that_goes_away_drops_its_call_alone() {
    let server = Server::start().await;
    for way in Way::ALL {
        let failures = server.remotes(way).failures();
        let hanging = tokio::spawn({
            let failures = failures.clone();
            async move { failures.hang().await }
        });
        server.probe.started.notified().await;
        hanging.abort();
        server.probe.dropped.notified().await;

        let mut numbers = failures.hang_in_stream().await.unwrap();
        numbers.next().await.unwrap().unwrap();
        drop(numbers);
        server.probe.dropped.notified().await;
        assert_eq!(
            server.remotes(way).shapes().fetch().await.unwrap(),
            text("fetched"),
            "{way:?}"
        );
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_an_error_for_the_procedure() {
    let server = Server::start().await;
    let address = server.running.addresses()[0].tcp().unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    // One whole envelope and half of another.
    let body = b"\0\0\0\0\x02\x08\x05\0\0\0\0\x02\x08";
    let head = format!(
        "POST /testing.v1.Shapes/Sum HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/connect+proto\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(
        answer.contains("invalid_argument") && answer.contains("inside an envelope"),
        "{answer}"
    );
}

#[tokio::test]
async fn more_messages_than_one_are_refused_where_one_is_asked_for() {
    let server = Server::start().await;
    let body = b"\0\0\0\0\0\0\0\0\0\0".to_vec();
    let request = RawRequest::new("POST", "/testing.v1.Shapes/Count")
        .header("content-type", "application/connect+proto")
        .body(body);
    let response = server.send(request).await;
    assert!(
        String::from_utf8_lossy(&response.body).contains("takes one message"),
        "{response:?}"
    );
    let request = RawRequest::new("POST", "/testing.v1.Shapes/Count")
        .header("content-type", "application/connect+proto");
    let response = server.send(request).await;
    assert!(
        String::from_utf8_lossy(&response.body).contains("none was sent"),
        "{response:?}"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_second_message_is_told() {
    let server = Server::start().await;
    for (rest, expected) in [
        (b"\0\0\0".as_slice(), "inside an envelope"),
        (b"\0\xff\xff\xff\xff", "more than the limit"),
    ] {
        let mut body = b"\0\0\0\0\0".to_vec();
        body.extend_from_slice(rest);
        let request = RawRequest::new("POST", "/testing.v1.Shapes/Count")
            .header("content-type", "application/connect+proto")
            .body(body);
        let response = server.send(request).await;
        assert!(
            String::from_utf8_lossy(&response.body).contains(expected),
            "{response:?}"
        );
    }
}

#[tokio::test]
async fn a_limit_is_the_same_in_every_protocol() {
    // A blob of 995 bytes is a message of 998.
    let server = Server::with(
        |application| application.max_response_size(998).max_request_size(998),
        |server| server,
    )
    .await;
    for way in [
        Way::ConnectProto,
        Way::ConnectHttp2,
        Way::GrpcProto,
        Way::InProcessGrpc,
    ] {
        let shapes = server.remotes(way).shapes();
        assert_eq!(
            shapes
                .blob(Number { number: 995 })
                .await
                .unwrap()
                .data
                .len(),
            995,
            "{way:?}"
        );
        assert_eq!(
            shapes
                .length(Blob {
                    data: vec![1; 995].into()
                })
                .await
                .unwrap()
                .number,
            995,
            "{way:?}"
        );
        shapes.blob(Number { number: 996 }).await.unwrap_err();
        shapes
            .length(Blob {
                data: vec![1; 996].into(),
            })
            .await
            .unwrap_err();
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_half_a_preface_is_closed() {
    let server = Server::with(
        |application| application,
        |server| server.header_timeout(std::time::Duration::from_millis(100)),
    )
    .await;
    let others = Others::of(&server.running).await;
    let address = server.running.addresses()[0].tcp().unwrap();
    for said in ["", "P", "PRI * HTTP/2.0\r\n", "POST /x HTTP/1.1\r\nhost"] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(said.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // It ends; whether with a word or a reset is up to HTTP.
        let _ = socket.read_to_end(&mut answer).await;
    }
    others.were_served().await;
}
