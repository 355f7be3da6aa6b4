//! Sockets that are spoken to wear a server out: each costs nothing, or ends.

use super::speaker::{Heard, Speaker, call, head};
use super::{CHAT, ECHO, FETCH, HANG, JSON, STREAM};
use crate::hostile::{SHORT, server};
use crate::others::Others;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use iris_core::HttpServer;
use iris_core::wire::websocket::{Frame, Reset};
use tokio_tungstenite::tungstenite::Message;

fn cancel(stream: u32) -> Frame {
    let reason = Reset::Cancelled;
    Frame::Reset { stream, reason }
}

#[tokio::test]
async fn a_flood_of_calls_that_are_given_up_at_once_closes_the_socket() {
    let (server, address) = server(|server| server).await;
    let mut others = Others::of(&server.running).await;
    // Sockets are closed with a reason, which whatever is on its way to them may overtake; so several are tried.
    let mut told = None;
    for _ in 0..20 {
        let flooding = async || {
            let mut speaker = Speaker::connect(address).await;
            let flood = (1..20_000).flat_map(|stream| {
                [
                    head(stream, HANG, &[("content-type", JSON)]),
                    cancel(stream),
                ]
            });
            speaker.say_all(flood).await;
            if let Heard::Closed(code, reason) = speaker.closing().await {
                told = Some((code, reason));
            }
        };
        others.are_served_during(flooding).await;
        if told.is_some() {
            break;
        }
    }
    let reason = "too many streams were given up before they were looked at";
    assert_eq!(told, Some((1008, reason.to_owned())));
    others.were_served().await;
}

#[tokio::test]
async fn calls_that_are_given_up_once_they_run_are_dropped() {
    let (server, address) = server(|server| server.max_concurrent_streams(10)).await;
    let mut others = Others::of(&server.running).await;
    let flooding = async || {
        let mut speaker = Speaker::connect(address).await;
        for stream in 1..500 {
            speaker.begin(stream, HANG, "{}").await;
            server.probe.started.notified().await;
            speaker.reset(stream).await;
            server.probe.dropped.notified().await;
        }
        assert_eq!(speaker.call(1000, FETCH, "{}").await.status, Some(200));
    };
    others.are_served_during(flooding).await;
    others.were_served().await;
}

#[tokio::test]
async fn resets_that_the_server_is_made_to_send_close_the_socket() {
    // As CVE-2025-8671: the server itself gives calls up, for what is sent on their streams.
    let (server, address) = server(|server| server).await;
    let mut others = Others::of(&server.running).await;
    let mut told = None;
    for _ in 0..20 {
        let flooding = async || {
            let mut speaker = Speaker::connect(address).await;
            let flood = (1..20_000).flat_map(|stream| {
                let [open, _, end] = call(stream, HANG, "{}");
                [open, end.clone(), end]
            });
            speaker.say_all(flood).await;
            if let Heard::Closed(code, _) = speaker.closing().await {
                told = Some(code);
            }
        };
        others.are_served_during(flooding).await;
        if told.is_some() {
            break;
        }
    }
    assert_eq!(told, Some(1008));
    others.were_served().await;
}

#[tokio::test]
async fn calls_over_the_limit_without_end_cost_a_reset_each() {
    let (server, address) = server(|server| server.max_concurrent_streams(10)).await;
    let mut others = Others::of(&server.running).await;
    const MANY: u32 = 20_000;
    let flooding = async || {
        let mut speaker = Speaker::connect(address).await;
        for stream in 1..=10 {
            speaker.begin(stream, HANG, "{}").await;
            server.probe.started.notified().await;
        }
        speaker
            .say_all((11..MANY).map(|stream| head(stream, HANG, &[("content-type", JSON)])))
            .await;
        for stream in 11..MANY {
            assert_eq!(speaker.answer(stream).await.reset, Some(Reset::Refused));
        }
    };
    others.are_served_during(flooding).await;
    others.were_served().await;
}

#[tokio::test]
async fn frames_that_only_keep_a_server_busy_do_not_keep_it_from_others() {
    const MANY: usize = 20_000;
    let (server, address) = server(|server| server).await;
    let mut others = Others::of(&server.running).await;
    let nothing = Bytes::new();
    for (what, frame, answers) in [
        ("PING", Frame::Ping("x".into()), MANY),
        ("PONG", Frame::Pong("x".into()), 0),
        (
            "empty DATA",
            Frame::Data {
                stream: 1,
                data: nothing,
            },
            0,
        ),
        ("WINDOW", Frame::Window { stream: 1, more: 1 }, 0),
        (
            "WINDOW of what is over",
            Frame::Window { stream: 2, more: 1 },
            0,
        ),
        ("unknown", Frame::Unknown, 0),
    ] {
        let flooding = async || {
            let mut speaker = Speaker::connect(address).await;
            speaker.head(1, CHAT, &[("content-type", STREAM)]).await;
            assert_eq!(speaker.call(2, FETCH, "{}").await.status, Some(200));
            // Both at once: who only spoke would be held back by what it does not hear.
            let (mut say, mut hear) = speaker.socket.split();
            let flood = async {
                for _ in 0..MANY {
                    say.feed(Message::Binary(frame.encode())).await.unwrap();
                }
                for frame in call(3, ECHO, r#"{"text":"after it"}"#) {
                    say.feed(Message::Binary(frame.encode())).await.unwrap();
                }
                say.flush().await.unwrap();
            };
            let heard = async {
                let mut pongs = 0;
                loop {
                    let Some(Ok(Message::Binary(message))) = hear.next().await else {
                        panic!("{what}: the socket ended");
                    };
                    match Frame::decode(message).unwrap() {
                        Frame::Pong(_) => pongs += 1,
                        Frame::End { stream: 3 } => return pongs,
                        _ => {}
                    }
                }
            };
            let ((), pongs) = tokio::join!(flood, heard);
            assert_eq!(pongs, answers, "{what}");
        };
        others.are_served_during(flooding).await;
    }
    others.were_served().await;
}

#[tokio::test]
async fn who_floods_and_does_not_listen_is_cut_off() {
    let settings = |server: HttpServer| server.keep_alive(SHORT).keep_alive_timeout(SHORT);
    let (server, address) = server(settings).await;
    let mut others = Others::of(&server.running).await;
    let ping = Message::Binary(Frame::Ping("x".into()).encode());
    let flooding = async || {
        let mut speaker = Speaker::connect(address).await;
        // Its pongs pile up until nothing more is read, and then nothing more is said.
        while speaker.socket.feed(ping.clone()).await.is_ok() {}
    };
    others.are_served_during(flooding).await;
    others.were_served().await;
}

#[tokio::test]
async fn who_pings_as_rfc_6455_has_it_and_does_not_listen_is_cut_off() {
    let settings = |server: HttpServer| server.keep_alive(SHORT).keep_alive_timeout(SHORT);
    let (server, address) = server(settings).await;
    let mut others = Others::of(&server.running).await;
    let ping = Message::Ping(Bytes::from_static(&[0; 125]));
    let flooding = async || {
        let mut speaker = Speaker::connect(address).await;
        while speaker.socket.feed(ping.clone()).await.is_ok() {}
    };
    others.are_served_during(flooding).await;
    others.were_served().await;
}

#[tokio::test]
async fn pings_as_rfc_6455_has_them_are_answered_however_many() {
    const MANY: usize = 5_000;
    let (server, address) = server(|server| server).await;
    let mut others = Others::of(&server.running).await;
    let flooding = async || {
        let speaker = Speaker::connect(address).await;
        let (mut say, mut hear) = speaker.socket.split();
        let flood = async {
            for _ in 0..MANY {
                let ping = Message::Ping(Bytes::from_static(&[7; 125]));
                say.feed(ping).await.unwrap();
            }
            for frame in call(1, ECHO, r#"{"text":"after it"}"#) {
                say.feed(Message::Binary(frame.encode())).await.unwrap();
            }
            say.flush().await.unwrap();
        };
        let heard = async {
            let mut pongs = 0;
            loop {
                match hear.next().await {
                    Some(Ok(Message::Pong(payload))) => {
                        assert_eq!(payload, [7; 125][..]);
                        pongs += 1;
                    }
                    Some(Ok(Message::Binary(message))) => {
                        if let Frame::End { stream: 1 } = Frame::decode(message).unwrap() {
                            return pongs;
                        }
                    }
                    other => panic!("{other:?}"),
                }
            }
        };
        // RFC 6455 lets a peer answer the last of several alone (section 5.5.3).
        let ((), pongs) = tokio::join!(flood, heard);
        assert!((1..=MANY).contains(&pongs), "{pongs}");
    };
    others.are_served_during(flooding).await;
    others.were_served().await;
}

#[tokio::test]
async fn who_does_not_read_is_cut_off_whatever_it_says() {
    let settings = |server: HttpServer| server.keep_alive(SHORT).keep_alive_timeout(SHORT);
    let (server, address) = server(settings).await;
    let mut others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await.without_reading();
    let flood = (1..=100).flat_map(|stream| {
        let kind = [("content-type", STREAM)];
        let data = super::speaker::envelope("{}");
        [
            head(stream, "/testing.v1.Failures/Flood", &kind),
            Frame::Data { stream, data },
            Frame::End { stream },
        ]
    });
    speaker.say_all(flood).await;
    others.are_served().await;
    let mut dropped = std::pin::pin!(server.probe.dropped.notified());
    // It is there, as it says without being asked; and takes nothing all the same.
    loop {
        tokio::select! {
            biased;
            () = &mut dropped => break,
            _ = speaker.socket.send(Message::Pong(Bytes::new())) => tokio::task::yield_now().await,
        }
    }
    others.were_served().await;
}

#[tokio::test]
async fn answers_that_nobody_reads_hold_nothing_but_themselves() {
    let settings = |server: HttpServer| server.keep_alive(SHORT).keep_alive_timeout(SHORT);
    let (server, address) = server(settings).await;
    let mut others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    let flood = (1..=100).flat_map(|stream| {
        let mut frames: Vec<Frame> = vec![head(
            stream,
            "/testing.v1.Failures/Flood",
            &[("content-type", STREAM)],
        )];
        let data = super::speaker::envelope("{}");
        frames.push(Frame::Data { stream, data });
        frames.push(Frame::End { stream });
        frames
    });
    speaker.say_all(flood).await;
    others.are_served().await;
    // A peer that reads nothing answers no ping either, and its procedures go with the socket.
    server.probe.dropped.notified().await;
    others.were_served().await;
}
