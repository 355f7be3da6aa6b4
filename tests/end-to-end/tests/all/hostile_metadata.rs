//! Servers whose heads, trailers and ends of streams never end, and clients who go on.

use crate::endless::{self, Endless};
use crate::frames::{HEADERS, SETTINGS, frame};
use crate::others::{Fetched, Others};
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, Protocol, RetryPolicy, Status};
use end_to_end_client::messages::testing::v1::Text;
use iris_core::{HttpServer, Iris, Running};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

async fn good() -> Running {
    let server = HttpServer::bind("127.0.0.1:0");
    let application = Iris::without_context().add_remote(Fetched);
    application.add_server(server).start().await.unwrap()
}

/// A server that answers its first connection so, and is a good one to those who come after.
async fn hostile_once(endless: &Endless, good: SocketAddr) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let endless = endless.clone();
    tokio::spawn(async move {
        let (first, _) = listener.accept().await.unwrap();
        let first = first.into_std().unwrap();
        first.set_nonblocking(false).unwrap();
        tokio::task::spawn_blocking(move || endless.say(first));
        while let Ok((mut next, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut good = TcpStream::connect(good).await.unwrap();
                // Either side may go away.
                let _ = copy_bidirectional(&mut next, &mut good).await;
            });
        }
    });
    url
}

#[tokio::test]
async fn metadata_without_end_is_refused_and_the_client_goes_on() {
    let good = good().await;
    let address = good.addresses()[0].tcp().unwrap();
    let others = Others::of(&good).await;
    for endless in endless::all() {
        let url = hostile_once(&endless, address).await;
        let remotes = Remotes::new(endless.asks.client(&url).build().unwrap());
        endless
            .told
            .hold(endless.what, endless.asks.ask(&remotes).await);
        // By another connection where that one is of no use any more.
        let fetched = remotes.shapes().fetch().await;
        fetched.unwrap_or_else(|error| panic!("{}: {error}", endless.what));
    }
    others.were_served().await;
}

/// A server that begins a head and never says more, of whose client others are.
async fn silent_within_a_head(begun: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            socket.write_all(&begun).await.unwrap();
            open.push(socket);
        }
    });
    url
}

#[tokio::test]
async fn a_head_that_stops_ends_at_the_deadline_and_other_calls_of_the_client_are_served() {
    let good = good().await;
    let others = Others::of(&good).await;
    let by_http2 = [frame(SETTINGS, 0, 0, b""), frame(HEADERS, 0, 1, &[0x88])].concat();
    for (protocol, begun) in [
        (Protocol::Connect, b"HTTP/1.1 200 OK\r\nx-long: x".to_vec()),
        (Protocol::Grpc, by_http2),
    ] {
        let silent = silent_within_a_head(begun).await;
        let client = Client::builder(&silent)
            .endpoint(&good.url())
            .protocol(protocol)
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        let shapes = Remotes::new(client).shapes();
        // The server is picked at random, and a good one knows no `Echo`.
        let mut held = 0;
        while held < 2 {
            let deadline = Duration::from_millis(500);
            let stuck = shapes.echo(Text::default()).deadline(deadline);
            let mut stuck = tokio::spawn(async move { stuck.await.unwrap_err() });
            let mut meanwhile = 0;
            let error = loop {
                let fetching = shapes.fetch().deadline(deadline);
                tokio::select! {
                    error = &mut stuck => break error.unwrap(),
                    fetched = async { fetching.await } => meanwhile += usize::from(fetched.is_ok()),
                }
            };
            if error.status == Status::DeadlineExceeded {
                assert!(meanwhile > 0, "{protocol:?}");
                held += 1;
            } else {
                assert_eq!(error.status, Status::Unimplemented, "{error}");
            }
        }
    }
    others.were_served().await;
}
