//! Functions and callers that want too much.

use crate::support::{Daemon, path, until};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

async fn daemon_with<const N: usize>(arguments: [&str; N]) -> Daemon {
    let daemon = Daemon::start().await;
    push(&daemon, arguments).await;
    daemon
}

async fn push<const N: usize>(daemon: &Daemon, arguments: [&str; N]) {
    let program = path("function");
    let arguments = [&["push", program.as_str(), "--lambda"], &arguments[..]].concat();
    let printed = daemon.run(&arguments).await;
    assert_eq!(printed.code, 0, "{printed:?}");
}

/// The daemon's memory, in bytes.
fn memory(daemon: &Daemon) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.unwrap().trim().trim_end_matches(" kB");
    kilobytes.parse::<usize>().unwrap() * 1024
}

fn open_files(daemon: &Daemon) -> usize {
    let files = std::fs::read_dir(format!("/proc/{}/fd", daemon.id()));
    files.unwrap().count()
}

#[tokio::test]
async fn a_process_that_asks_a_thousand_times_has_as_many_connections_as_it_may() {
    let daemon = daemon_with([]).await;
    push(&daemon, ["--name", "other"]).await;
    let before = open_files(&daemon);
    let flooding = daemon.get("/function/flood");
    let meanwhile = async {
        until("the flood", || {
            daemon.log("function").contains(" flooded").then_some(())
        })
        .await;
        until("their end", || {
            (open_files(&daemon) < before + 200).then_some(())
        })
        .await;
        assert_eq!(daemon.get("/other/ok").await.0, 200);
        daemon.give("function", "go");
    };
    let (flooded, ()) = tokio::join!(flooding, meanwhile);
    assert_eq!(flooded.0, 200, "{}", flooded.1);
}

/// Sends all of a request but its end; gives the connection, and what is answered to that.
async fn begin(daemon: &Daemon, length: usize) -> (TcpStream, String) {
    let address = daemon.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /function/wait HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    // It may be refused before it has been sent.
    let sent = socket.write_all(&vec![b'x'; length - 1]).await;
    let mut answer = vec![0; 1000];
    let wait = match sent {
        Ok(()) => Duration::from_millis(1),
        Err(_) => Duration::from_secs(10),
    };
    let read = timeout(wait, socket.read(&mut answer)).await;
    let read = read.map_or(0, Result::unwrap_or_default);
    (
        socket,
        String::from_utf8_lossy(&answer[..read]).into_owned(),
    )
}

#[tokio::test]
async fn what_is_sent_and_not_whole_is_bounded_by_its_bytes() {
    let daemon = daemon_with([]).await;
    let before = memory(&daemon);
    let length = 6_000_000;
    let begun = join_all((0..100).map(|_| begin(&daemon, length))).await;
    let more = memory(&daemon).saturating_sub(before);
    assert!(more < 300 << 20, "{} MiB more", more >> 20);
    // What is small is refused as well, until there is room again.
    drop(begun);
    let begun = std::time::Instant::now();
    while daemon.post("/function/ok", vec![b'x'; 100_000]).await.0 != 200 {
        assert!(begun.elapsed().as_secs() < 60, "there is no room again");
    }
}

#[tokio::test]
async fn headers_without_end_are_not_read() {
    let daemon = daemon_with([]).await;
    let long = format!("x-long: {}", "x".repeat(1 << 20));
    let event = json!({ "rawPath": "/ask", "asks": [
        ["GET", "/2018-06-01/runtime/invocation/next", long, ""],
        ["POST", "/2018-06-01/runtime/invocation/{id}/response", "", "1"],
    ] });
    let invoked = daemon
        .run_as(&["invoke", "function", "-"], |_| {}, &event.to_string())
        .await;
    assert_eq!((invoked.code, invoked.out.as_str()), (0, "1\n"));
    let told: Value = until("the answers", || {
        let log = daemon.log("function");
        let line = log.lines().find_map(|line| line.split_once(" answers "));
        serde_json::from_str(line?.1).ok()
    })
    .await;
    // Or the connection is closed before the answer is read.
    assert!(told[0][0] == 431 || told[0][0] == 0, "{told}");
}

#[tokio::test]
async fn who_is_none_of_the_functions_processes_is_not_given_its_events() {
    // Where apps have users of their own the kernel says who asks.
    let daemon = daemon_with([]).await;
    let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nconnection: close\r\n";
    let event = json!({ "rawPath": "/context" }).to_string();
    let ask = async |daemon: &Daemon, headers: &str| {
        let told = daemon.runs(["invoke", "function", &event]).await;
        let told: Value = serde_json::from_str(&told).unwrap();
        let address = told["environment"]["AWS_LAMBDA_RUNTIME_API"]
            .as_str()
            .unwrap();
        let mut socket = TcpStream::connect(address).await.unwrap();
        let request = format!("{next}{}\r\n", headers.replace("OWN", address));
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        // It may be closed without a word.
        let _ = socket.read_to_string(&mut answer).await;
        answer
    };
    assert_eq!(ask(&daemon, "host: OWN\r\n").await, "");
    // Where they have not, a page in a browser of the same user is known.
    let daemon = Daemon::start_with(&["--sandbox", "off"]).await;
    push(&daemon, []).await;
    for headers in [
        "host: rebound.example\r\n",
        "host: OWN\r\norigin: http://evil.example\r\n",
        "host: OWN\r\nsec-fetch-site: cross-site\r\n",
    ] {
        let answer = ask(&daemon, headers).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{headers}: {answer}");
    }
}
