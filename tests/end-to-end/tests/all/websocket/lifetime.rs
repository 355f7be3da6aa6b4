//! How sockets end: idleness, age, silence, and the server's stop.

use super::speaker::{Heard, Speaker};
use super::{CHAT, FETCH, HANG, STREAM, WAIT};
use crate::hostile::{SHORT, server};
use crate::others::Others;
use crate::support::Server;
use futures_util::StreamExt;
use iris_core::wire::websocket::{Frame, Reset};
use iris_core::{Drained, HttpServer};
use std::time::Duration;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_socket_is_told_to_go_before_the_server_stops() {
    let (server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.begin(1, WAIT, "{}").await;
    server.probe.started.notified().await;
    speaker.head(2, CHAT, &[("content-type", STREAM)]).await;
    speaker.until(2, |answer| answer.status.is_some()).await;
    let probe = server.probe.clone();
    let stopping = tokio::spawn(server.running.shutdown());
    assert_eq!(
        speaker.hear().await,
        Heard::Frame(Frame::GoAway { last: 2 })
    );
    // A stream that was opened too late is not looked at, nor what belongs to it.
    speaker.begin(3, FETCH, "{}").await;
    // Those that run may finish.
    speaker.message(2, r#"{"text":"hi"}"#).await;
    speaker.end(2).await;
    assert_eq!(speaker.answer(2).await.messages().0.len(), 1);
    probe.proceed.notify_one();
    assert_eq!(speaker.answer(1).await.text(), r#"{"text":"done"}"#);
    assert_eq!(
        speaker.closed().await,
        (1001, "the server stops".to_owned())
    );
    assert_eq!(speaker.hear().await, Heard::Gone);
    assert_eq!(stopping.await.unwrap(), Drained::Completely);
}

#[tokio::test]
async fn an_idle_socket_does_not_hold_the_server() {
    let (server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.meet().await;
    let stopping = tokio::spawn(server.running.shutdown());
    assert_eq!(speaker.closed().await.0, 1001);
    drop(speaker);
    assert_eq!(stopping.await.unwrap(), Drained::Completely);
}

#[tokio::test]
async fn a_call_that_never_ends_is_cut_off() {
    let server = Server::with(
        |application| application.drain_timeout(Duration::from_millis(50)),
        |server| server,
    )
    .await;
    let address = server.running.addresses()[0].tcp().unwrap();
    let mut speaker = Speaker::connect(address).await;
    speaker.begin(1, HANG, "{}").await;
    server.probe.started.notified().await;
    let drained = server.running.shutdown().await;
    assert_eq!(drained, Drained::TimedOut { connections: 1 });
    server.probe.dropped.notified().await;
    assert_eq!(speaker.closing().await, Heard::Gone);
}

#[tokio::test]
async fn an_idle_socket_is_closed() {
    let (server, address) = server(|server| server.idle_timeout(SHORT)).await;
    let others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    // A call keeps it open, however long it takes.
    speaker.begin(1, WAIT, "{}").await;
    server.probe.started.notified().await;
    let mut idle = Speaker::connect(address).await;
    assert_eq!(idle.hear().await, Heard::Frame(Frame::GoAway { last: 0 }));
    let why = "there was no call for a while";
    assert_eq!(idle.closed().await, (1001, why.to_owned()));
    server.probe.proceed.notify_one();
    assert_eq!(speaker.answer(1).await.status, Some(200));
    assert_eq!(speaker.closed().await, (1001, why.to_owned()));
    others.were_served().await;
}

#[tokio::test]
async fn a_call_outlives_the_age_of_its_socket() {
    let (server, address) = server(|server| server.max_connection_age(SHORT)).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.begin(1, WAIT, "{}").await;
    server.probe.started.notified().await;
    assert_eq!(
        speaker.hear().await,
        Heard::Frame(Frame::GoAway { last: 1 })
    );
    server.probe.proceed.notify_one();
    assert_eq!(speaker.answer(1).await.text(), r#"{"text":"done"}"#);
    let why = "the socket has lived for its time";
    assert_eq!(speaker.closed().await, (1001, why.to_owned()));
}

#[tokio::test]
async fn the_grace_of_an_old_socket_ends() {
    let settings = |server: HttpServer| {
        server
            .max_connection_age(SHORT)
            .max_connection_age_grace(SHORT)
    };
    let (server, address) = server(settings).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.begin(1, HANG, "{}").await;
    server.probe.started.notified().await;
    assert_eq!(speaker.closed().await.0, 1001);
    server.probe.dropped.notified().await;
}

#[tokio::test]
async fn streams_over_the_limit_are_refused_and_may_be_sent_again() {
    let (server, address) = server(|server| server.max_concurrent_streams(2)).await;
    let others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    for stream in [1, 2] {
        speaker.begin(stream, HANG, "{}").await;
        server.probe.started.notified().await;
    }
    for stream in [3, 4] {
        let refused = speaker.call(stream, FETCH, "{}").await;
        assert_eq!(
            (refused.status, refused.reset),
            (None, Some(Reset::Refused))
        );
    }
    speaker.reset(1).await;
    server.probe.dropped.notified().await;
    assert_eq!(speaker.call(5, FETCH, "{}").await.status, Some(200));
    others.were_served().await;
}

#[tokio::test]
async fn sockets_are_connections_like_others() {
    let (_server, address) = server(|server| server.max_connections(2)).await;
    let mut first = Speaker::connect(address).await;
    let mut second = Speaker::connect(address).await;
    for speaker in [&mut first, &mut second] {
        assert_eq!(speaker.call(1, FETCH, "{}").await.status, Some(200));
    }
    let mut third = TcpStream::connect(address).await.unwrap();
    let mut buffer = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut third, &mut buffer).await;
    assert!(read.is_err() || buffer.is_empty(), "closed at once");
}

#[tokio::test]
async fn a_silent_peer_is_asked_and_then_let_go() {
    let settings = |server: HttpServer| server.keep_alive(SHORT).keep_alive_timeout(SHORT);
    let (server, address) = server(settings).await;
    let mut others = Others::of(&server.running).await;
    // Whoever answers pings, as browsers do by themselves, stays.
    let mut present = Speaker::connect(address).await;
    present.begin(1, HANG, "{}").await;
    server.probe.started.notified().await;
    let mut silent = Speaker::connect(address).await;
    silent.begin(1, HANG, "{}").await;
    server.probe.started.notified().await;
    others.are_served().await;
    let mut dropped = std::pin::pin!(server.probe.dropped.notified());
    // Reading is what answers pings here, so `silent` does not.
    loop {
        tokio::select! {
            () = &mut dropped => break,
            heard = present.socket.next() => assert!(matches!(heard, Some(Ok(_)))),
        }
    }
    assert_eq!(present.call(2, FETCH, "{}").await.status, Some(200));
    assert_eq!(silent.closing().await, Heard::Gone);
    others.were_served().await;
}

#[tokio::test]
async fn a_body_that_stops_fails_its_call_alone() {
    let (server, address) = server(|server| server.body_timeout(SHORT)).await;
    let mut others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    // Between messages the caller may pause, within one it may not.
    speaker.head(1, CHAT, &[("content-type", STREAM)]).await;
    speaker
        .head(2, super::ECHO, &[("content-type", "application/json")])
        .await;
    speaker.data(2, "{").await;
    speaker.head(3, CHAT, &[("content-type", STREAM)]).await;
    speaker.data(3, &b"\0\0\0\0\x0d{"[..]).await;
    others.are_served().await;
    let stopped = speaker.answer(2).await;
    assert_eq!(
        stopped.json()["details"][0]["debug"]["code"],
        900,
        "{}",
        stopped.text()
    );
    let (_, end) = speaker.answer(3).await.messages();
    assert_eq!(end.unwrap()["error"]["details"][0]["debug"]["code"], 900);
    speaker.message(1, r#"{"text":"hi"}"#).await;
    speaker.end(1).await;
    assert_eq!(speaker.answer(1).await.messages().0.len(), 1);
    others.were_served().await;
}
