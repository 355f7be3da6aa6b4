//! Calls that are given up before their procedure has begun, wherever they are by then.

use crate::frames::{DATA, HEADERS, Speaker as Http2, call, cancel, frame, open};
use crate::support::text;
use crate::websocket::speaker::Speaker as WebSocket;
use end_to_end::messages::testing::v1::Text;
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, Protocol};
use iris_core::{HttpServer, Iris, IrisError, Request, Running, remote};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;

const ECHO: &str = "/testing.v1.Shapes/Echo";

/// Where a call waits for ever.
const INITIALIZER: &str = "initializer";
const FILTER: &str = "filter";

#[derive(Debug, Default)]
struct Seen {
    /// Told when a call is where it waits.
    waits: Notify,
    /// Told when a call is behind its initializer.
    introduced: Notify,
    /// Told when a call was dropped.
    dropped: Notify,
    /// Whether a procedure has begun.
    begun: AtomicBool,
}

/// The context of the calls here; it is there from their initializer to their end.
struct Watched {
    request: Request,
    seen: Arc<Seen>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.seen.dropped.notify_one();
    }
}

impl Watched {
    /// Never ends for calls that are to wait here.
    async fn pass(&self, place: &str) {
        if self.request.metadata().get("x-wait") == Some(place) {
            self.seen.waits.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

async fn passing(watched: &Watched) -> bool {
    watched.pass(FILTER).await;
    true
}

struct Shapes;

#[remote(package = "testing.v1", filters = [passing])]
impl Shapes {
    #[procedure]
    async fn echo(&self, watched: &Watched, message: Text) -> Result<Text, IrisError> {
        watched.seen.begun.store(true, Ordering::SeqCst);
        Ok(message)
    }
}

async fn server() -> (Running, SocketAddr, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let of_calls = seen.clone();
    let running = Iris::new(move |request| {
        let seen = of_calls.clone();
        async move {
            let watched = Watched { request, seen };
            watched.pass(INITIALIZER).await;
            watched.seen.introduced.notify_one();
            Ok::<_, IrisError>(watched)
        }
    })
    .add_remote(Shapes)
    .add_server(HttpServer::bind("127.0.0.1:0"))
    .start()
    .await
    .unwrap();
    let address = running.addresses()[0].tcp().unwrap();
    (running, address, seen)
}

#[tokio::test]
async fn a_call_that_is_given_up_in_its_initializer_or_its_filter_goes_no_further() {
    let (running, _, seen) = server().await;
    for protocol in [
        Protocol::Connect,
        Protocol::Grpc,
        Protocol::GrpcWeb,
        Protocol::GrpcWebText,
    ] {
        for place in [INITIALIZER, FILTER] {
            let client = Client::builder(&running.url()).protocol(protocol).build();
            let shapes = Remotes::new(client.unwrap()).shapes();
            let calling = tokio::spawn(async move {
                let call = shapes.echo(text("never")).metadata("x-wait", place);
                call.await
            });
            seen.waits.notified().await;
            calling.abort();
            seen.dropped.notified().await;
            assert!(!seen.begun.load(Ordering::SeqCst), "{protocol:?} {place}");
        }
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_in_the_midst_of_its_message_is_dropped() {
    let (_running, address, seen) = server().await;
    let mut http1 = TcpStream::connect(address).await.unwrap();
    let begun = format!(
        "POST {ECHO} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{{\"te"
    );
    http1.write_all(begun.as_bytes()).await.unwrap();
    seen.introduced.notified().await;
    drop(http1);
    seen.dropped.notified().await;

    let mut http2 = Http2::connect(address).await;
    http2.say(&open(1, ECHO)).await;
    http2.say(&frame(DATA, 0, 1, b"{\"te")).await;
    seen.introduced.notified().await;
    http2.say(&cancel(1)).await;
    seen.dropped.notified().await;

    let mut socket = WebSocket::connect(address).await;
    let json = [("content-type", "application/json")];
    socket.head(1, ECHO, &json).await;
    socket.data(1, "{\"te").await;
    seen.introduced.notified().await;
    socket.reset(1).await;
    seen.dropped.notified().await;

    assert!(!seen.begun.load(Ordering::SeqCst));
    // Their connections are fit for the next.
    http2.say(&call(3, ECHO)).await;
    let answer = http2.hear_of(HEADERS).await.unwrap();
    assert_eq!((answer.stream, answer.status()), (3, Some(200)));
    assert_eq!(socket.call(2, ECHO, "{}").await.status, Some(200));
}
