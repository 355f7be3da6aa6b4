//! Connections that never get as far as a call, and those that are open when the server stops.

use super::{address, gate, pem, ping, post, secured};
use crate::certificates::{Authority, Connecting};
use crate::others::Others;
use crate::support::Server;
use hyper_util::rt::{TokioExecutor, TokioIo};
use iris_core::Drained;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_handshake_that_does_not_go_on_is_given_up() {
    let authority = Authority::new();
    let tls = pem(&authority.issue("localhost")).handshake_timeout(Duration::from_millis(100));
    let (running, _) = gate(tls).await;
    let (connecting, address) = (Connecting::trusting(&authority), address(&running));
    let mut others = Others::calling(move |_| {
        let connecting = connecting.clone();
        async move { assert_eq!(ping(&connecting, address).await.unwrap(), 200) }
    })
    .await;
    // Nothing; a record's beginning; a whole record that is none; a plain request that never closes.
    for said in [
        b"".as_slice(),
        b"\x16\x03\x01\x40\x00\x01",
        b"\x16\x03\x01\x00\x02\x63\x63",
        b"GET / HTTP/1.1\r\n",
    ] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(said).await.unwrap();
        others.are_served().await;
        let mut answer = Vec::new();
        // It ends; whether with an alert, an answer or a reset is up to what was said.
        let _ = socket.read_to_end(&mut answer).await;
    }
    others.were_served().await;
}

#[tokio::test]
async fn a_secured_server_stops_like_any_other() {
    let authority = Authority::new();
    let server = secured(pem(&authority.issue("localhost"))).await;
    let address = address(&server.running);
    let connecting = Connecting::trusting(&authority);
    // One says nothing, one is in the middle of its handshake, two have theirs behind them.
    let _silent = TcpStream::connect(address).await.unwrap();
    let mut midway = TcpStream::connect(address).await.unwrap();
    midway.write_all(b"\x16\x03\x01").await.unwrap();
    let _idle = connecting.connect(address).await.unwrap();
    let idle = connecting
        .clone()
        .offering(&["h2"])
        .connect(address)
        .await
        .unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(idle))
            .await
            .unwrap();
    tokio::spawn(connection);
    sender
        .send_request(post("/testing.v1.Shapes/Ping"))
        .await
        .unwrap();

    let waiting = sender.send_request(post("/testing.v1.Failures/Wait"));
    let waiting = tokio::spawn(waiting);
    server.probe.started.notified().await;
    let stopping = tokio::spawn(server.running.shutdown());
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    server.probe.proceed.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
    assert_eq!(stopping.await.unwrap(), Drained::Completely);
}

#[tokio::test]
async fn a_secured_peer_that_never_closes_is_cut_off() {
    let authority = Authority::new();
    let tls = pem(&authority.issue("localhost"));
    let server = Server::with(
        |application| application.drain_timeout(Duration::from_millis(50)),
        |server| server.tls(tls),
    )
    .await;
    let mut stream = Connecting::trusting(&authority)
        .connect(address(&server.running))
        .await
        .unwrap();
    let head = "POST /testing.v1.Failures/Hang HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    server.probe.started.notified().await;
    assert_eq!(
        server.running.shutdown().await,
        Drained::TimedOut { connections: 1 }
    );
}
