//! Bodies that come piece by piece, on their way to apps and back.

use crate::support::{Daemon, PATIENCE, path, until};
use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response, Version};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::convert::Infallible;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A request whose body is written by whoever has the sender, and the answer to it, which is to begin meanwhile.
async fn echo(
    daemon: &Daemon,
    version: Version,
    host: Option<&str>,
    path: &str,
) -> (mpsc::Sender<Bytes>, Response<Incoming>) {
    let (sender, pieces) = mpsc::channel(8);
    let pieces = stream::unfold(pieces, async |mut pieces| {
        let piece = pieces.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(piece)), pieces))
    });
    let client = Client::builder(TokioExecutor::new())
        .http2_only(version == Version::HTTP_2)
        .build_http();
    let mut request = Request::post(format!("{}{path}", daemon.url)).version(version);
    if let Some(host) = host {
        request = request.header("host", host);
    }
    let request = request.body(StreamBody::new(Box::pin(pieces))).unwrap();
    let response = timeout(PATIENCE, client.request(request)).await;
    (sender, response.expect("it does not begin").unwrap())
}

async fn piece(body: &mut Incoming) -> Option<Bytes> {
    let frame = timeout(PATIENCE, body.frame()).await;
    let frame = frame.expect("nothing comes")?.unwrap();
    Some(frame.into_data().unwrap())
}

#[tokio::test]
async fn each_piece_is_answered_before_the_next_is_sent() {
    let daemon = Daemon::start_with(&["--domain", "box.example"]).await;
    daemon.runs(["push", &path("resident")]).await;
    for (version, host, path) in [
        (Version::HTTP_11, None, "/resident/echo"),
        (Version::HTTP_11, Some("resident.box.example"), "/echo"),
        (Version::HTTP_2, None, "/resident/echo"),
    ] {
        let (sender, response) = echo(&daemon, version, host, path).await;
        assert_eq!(response.status(), 200, "{version:?} {path}");
        let mut body = response.into_body();
        for number in 0..5 {
            let text = format!("piece {number}");
            sender.send(text.clone().into()).await.unwrap();
            let back = piece(&mut body).await.unwrap();
            assert_eq!(back, text, "{version:?} {path}");
        }
        // Much at once, which nobody reads at first.
        let large = Bytes::from(vec![7; 1 << 20]);
        let sending = async {
            for _ in 0..8 {
                sender.send(large.clone()).await.unwrap();
            }
            drop(sender);
        };
        let reading = async {
            let mut length = 0;
            while let Some(piece) = piece(&mut body).await {
                length += piece.len();
            }
            length
        };
        let ((), length) = tokio::join!(sending, reading);
        assert_eq!(length, 8 << 20, "{version:?} {path}");
    }
}

#[tokio::test]
async fn a_stream_breaks_off_where_its_app_ends_and_the_next_is_whole() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let (sender, response) = echo(&daemon, version, None, "/resident/echo").await;
        let mut body = response.into_body();
        sender.send(Bytes::from_static(b"one")).await.unwrap();
        assert_eq!(piece(&mut body).await.unwrap(), "one");
        let log = daemon.log("resident").matches("out own ").count();
        daemon.get("/resident/end").await;
        // It is no end: whoever reads it is told.
        let broken = timeout(PATIENCE, body.frame()).await.expect("it goes on");
        assert!(matches!(broken, Some(Err(_))), "{version:?}: {broken:?}");
        until("another process", || {
            (daemon.log("resident").matches("out own ").count() > log).then_some(())
        })
        .await;
        assert_eq!(daemon.get("/resident/").await.0, 200);
    }
}
