//! WebSockets on their way to apps: both ends speak a library's, and nothing of the gateway's.

use crate::support::{Daemon, PATIENCE, path, runs, until};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use iris_up_client::messages::iris::up::v1::State;
use rustix::process::{Pid, Signal, kill_process};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// Where the app is, and by which name: below the box's own address, and by its own.
const WAYS: [(Option<&str>, &str); 2] = [(None, "/socket"), (Some("socket.box.example"), "")];

async fn daemon_with(settings: &[&str]) -> Daemon {
    let daemon = Daemon::start_with(&["--domain", "box.example"]).await;
    let program = path("socket");
    let arguments = [&["push", program.as_str()], settings].concat();
    let printed = daemon.run(&arguments).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    daemon
}

/// A connection of a caller's.
struct WebSocket(tokio_tungstenite::WebSocketStream<TcpStream>);

impl WebSocket {
    /// Opens one; gives the process at the other end, and what it was asked for.
    async fn open(daemon: &Daemon, host: Option<&str>, path: &str) -> (WebSocket, i32, String) {
        let address = daemon.url.strip_prefix("http://").unwrap();
        let mut request = format!("ws://{address}{path}")
            .into_client_request()
            .unwrap();
        let headers = request.headers_mut();
        if let Some(host) = host {
            headers.insert("host", HeaderValue::from_str(host).unwrap());
        }
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("talk"));
        let socket = TcpStream::connect(address).await.unwrap();
        let opening = timeout(PATIENCE, client_async(request, socket)).await;
        let (socket, response) = opening.expect("no handshake").unwrap();
        assert_eq!(response.headers()["sec-websocket-protocol"], "talk");
        let mut opened = WebSocket(socket);
        let greeting = opened.hears().await;
        let (id, asked) = greeting.split_once(' ').unwrap();
        (opened, id.parse().unwrap(), asked.to_owned())
    }

    async fn says(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    async fn next(&mut self) -> Option<Message> {
        let next = timeout(PATIENCE, self.0.next()).await;
        next.expect("nothing comes").transpose().unwrap()
    }

    async fn hears(&mut self) -> String {
        match self.next().await {
            Some(Message::Text(text)) => text.to_string(),
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the other end is gone, in whatever way.
    async fn ends(&mut self) {
        let ending = async { while let Some(Ok(_)) = self.0.next().await {} };
        timeout(PATIENCE, ending).await.expect("it goes on");
    }
}

#[tokio::test]
async fn messages_go_both_ways_at_once_and_may_be_large() {
    let daemon = daemon_with(&[]).await;
    let large: Bytes = (0..12_000_000_u32).map(|number| number as u8).collect();
    for (host, prefix) in WAYS {
        let way = format!("{prefix}/room?name=a%20b");
        let (mut socket, _, asked) = WebSocket::open(&daemon, host, &way).await;
        assert_eq!(asked, "/room?name=a%20b");
        // What is said while the other end speaks is heard in its turn.
        socket.says("count 1000").await;
        socket.says("and this").await;
        for number in 0..1_000 {
            assert_eq!(socket.hears().await, number.to_string());
        }
        assert_eq!(socket.hears().await, "and this");
        let message = Message::Binary(large.clone());
        socket.0.send(message).await.unwrap();
        let Some(Message::Binary(back)) = socket.next().await else {
            panic!("something else");
        };
        assert!(back == large, "{} bytes", back.len());
        let ping = Message::Ping(Bytes::from_static(b"there?"));
        socket.0.send(ping).await.unwrap();
        let pong = Message::Pong(Bytes::from_static(b"there?"));
        assert_eq!(socket.next().await, Some(pong));
    }
}

#[tokio::test]
async fn either_end_may_close() {
    let daemon = daemon_with(&[]).await;
    let frame = |code, reason: &'static str| CloseFrame {
        code: CloseCode::from(code),
        reason: reason.into(),
    };
    let ended = async |how: &str| {
        until(how, || {
            let log = daemon.log("socket");
            log.contains(&format!(" ended: {how}")).then_some(())
        })
        .await;
    };
    for (index, (host, prefix)) in WAYS.into_iter().enumerate() {
        // The app does, and says why.
        let (mut socket, ..) = WebSocket::open(&daemon, host, &format!("{prefix}/a")).await;
        socket.says("close").await;
        let told = Message::Close(Some(frame(4001, "as it was told")));
        assert_eq!(socket.next().await, Some(told));
        assert_eq!(socket.next().await, None);
        // The caller does.
        let (mut socket, ..) = WebSocket::open(&daemon, host, &format!("{prefix}/b")).await;
        let why = format!("way {index}");
        let told = CloseFrame {
            reason: why.clone().into(),
            ..frame(4002, "")
        };
        socket.0.close(Some(told)).await.unwrap();
        socket.ends().await;
        ended(&format!("Ok(\"4002 {why}\")")).await;
        // He goes away without a word.
        let (socket, ..) = WebSocket::open(&daemon, host, &format!("{prefix}/gone-{index}")).await;
        drop(socket);
        until("its end", || {
            let log = daemon.log("socket");
            let gone = format!("/gone-{index} ended: Err(");
            log.contains(&gone).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn sockets_that_are_open_outlive_a_restart_and_new_ones_are_the_next_processs() {
    let daemon = daemon_with(&[]).await;
    let (mut before, first, _) = WebSocket::open(&daemon, None, "/socket/").await;
    let restarting = daemon.run(&["restart", "socket"]);
    let meanwhile = async {
        let (mut next, second) = loop {
            let (socket, id, _) = WebSocket::open(&daemon, None, "/socket/").await;
            if id != first {
                break (socket, id);
            }
        };
        for socket in [&mut before, &mut next] {
            socket.says("still there?").await;
            assert_eq!(socket.hears().await, "still there?");
        }
        before.0.close(None).await.unwrap();
        before.ends().await;
        (next, second)
    };
    let (restarted, (mut next, second)) = tokio::join!(restarting, meanwhile);
    assert_eq!(restarted.code, 0, "{restarted:?}");
    // Nothing keeps it any more.
    until("the end of the first", || (!runs(first)).then_some(())).await;
    assert!(runs(second));
    next.says("and now?").await;
    assert_eq!(next.hears().await, "and now?");
}

#[tokio::test]
async fn sockets_end_with_the_process_and_the_next_has_new_ones() {
    let daemon = daemon_with(&[]).await;
    for (host, prefix) in WAYS {
        let way = format!("{prefix}/");
        let (mut socket, id, _) = WebSocket::open(&daemon, host, &way).await;
        let log = daemon.log("socket").matches("out own ").count();
        kill_process(Pid::from_raw(id).unwrap(), Signal::KILL).unwrap();
        socket.ends().await;
        until("another process", || {
            (daemon.log("socket").matches("out own ").count() > log).then_some(())
        })
        .await;
        let (mut socket, next, _) = WebSocket::open(&daemon, host, &way).await;
        assert_ne!(next, id);
        socket.says("here").await;
        assert_eq!(socket.hears().await, "here");
    }
}

#[tokio::test]
async fn an_app_does_not_sleep_while_a_socket_is_open() {
    const IDLE: &str = "0.2";
    let daemon = daemon_with(&["--idle-timeout", IDLE]).await;
    let (mut socket, first, _) = WebSocket::open(&daemon, None, "/socket/").await;
    // Much longer than it may have nothing to do.
    tokio::time::sleep(Duration::from_secs(2)).await;
    socket.says("awake?").await;
    assert_eq!(socket.hears().await, "awake?");
    assert!(runs(first));
    socket.0.close(None).await.unwrap();
    socket.ends().await;
    let remotes = daemon.remotes();
    let asleep = async {
        while remotes.apps().list().await.unwrap().apps[0].state() != State::Asleep {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, asleep).await.expect("it does not sleep");
    // A handshake wakes it.
    let (_, second, _) = WebSocket::open(&daemon, None, "/socket/").await;
    assert_ne!(second, first);
}
