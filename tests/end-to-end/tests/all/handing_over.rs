//! Connections that a service beside the remotes takes over, to speak something else.

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use iris_core::{Drained, HttpServer, Running};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Goes over to a protocol in which everything that is said is said again, in capital letters.
async fn loud(mut request: Request) -> Response {
    let Some(upgraded) = request.extensions_mut().remove::<OnUpgrade>() else {
        return StatusCode::UPGRADE_REQUIRED.into_response();
    };
    tokio::spawn(async move {
        let mut io = TokioIo::new(upgraded.await.unwrap());
        let mut buffer = vec![0; 10_000];
        while let Ok(read @ 1..) = io.read(&mut buffer).await {
            buffer[..read].make_ascii_uppercase();
            if io.write_all(&buffer[..read]).await.is_err() {
                return;
            }
            io.flush().await.unwrap();
        }
    });
    let head = [("connection", "upgrade"), ("upgrade", "loud")];
    (StatusCode::SWITCHING_PROTOCOLS, head).into_response()
}

async fn server() -> Running {
    let pages = Router::new()
        .route("/loud", get(loud))
        .route("/hello", get(async || "hello"));
    end_to_end::application(std::sync::Arc::default())
        .fallback(pages)
        .drain_timeout(Duration::from_millis(300))
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap()
}

/// Sends a request that asks for the other protocol, and reads the head of the answer. `behind` is sent with it.
async fn ask(running: &Running, path: &str, behind: &str) -> (TcpStream, String) {
    let address = running.addresses()[0].tcp().unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: loud\r\n\r\n{behind}"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    (socket, String::from_utf8(head).unwrap())
}

async fn hear(socket: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut heard = vec![0; length];
    socket.read_exact(&mut heard).await.unwrap();
    heard
}

#[tokio::test]
async fn a_service_gets_the_connection_and_what_came_behind_the_request() {
    let running = server().await;
    let (mut socket, head) = ask(&running, "/loud", "early ").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert_eq!(hear(&mut socket, 6).await, b"EARLY ");
    for _ in 0..3 {
        socket.write_all(b"word").await.unwrap();
        assert_eq!(hear(&mut socket, 4).await, b"WORD");
    }
    // More than fits into any buffer between, read while it is written.
    let (mut reading, mut writing) = socket.split();
    let long = vec![b'x'; 3_000_000];
    let mut heard = vec![0; long.len()];
    let (written, read) = tokio::join!(writing.write_all(&long), reading.read_exact(&mut heard));
    written.unwrap();
    read.unwrap();
    assert!(heard.iter().all(|byte| *byte == b'X'));
    drop(socket);
    assert_eq!(running.shutdown().await, Drained::Completely);
}

#[tokio::test]
async fn a_connection_that_was_not_taken_stays_what_it_was() {
    let running = server().await;
    let (mut socket, head) = ask(&running, "/hello", "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(hear(&mut socket, 5).await, b"hello");
    socket
        .write_all(b"GET /loud HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(hear(&mut socket, 12).await, b"HTTP/1.1 426");
    drop(socket);
    assert_eq!(running.shutdown().await, Drained::Completely);
}

#[tokio::test]
async fn a_connection_that_was_taken_is_drained_as_one_and_cut_off_in_the_end() {
    let running = server().await;
    let (mut socket, _) = ask(&running, "/loud", "word").await;
    assert_eq!(hear(&mut socket, 4).await, b"WORD");
    let drained = running.shutdown().await;
    assert_eq!(drained, Drained::TimedOut { connections: 1 });
    let ended = socket.read(&mut [0; 10]).await;
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
}
