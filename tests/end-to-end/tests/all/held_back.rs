//! Callers who are ahead of a procedure that does not read, over HTTP/2: it holds them back, and nobody else.

use crate::others::{Fetched, Others};
use crate::support::text;
use end_to_end::messages::testing::v1::{Number, Text};
use end_to_end_client::iris_client::{
    Client, ClientStreaming, Method, Protocol, Status, Unary, kind,
};
use end_to_end_client::messages::testing::v1 as sent;
use iris_core::{HttpServer, Iris, IrisError, Request, Running, Streaming, remote};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;

const SUM: Method<sent::Blob, sent::Number, kind::ClientStreaming> =
    Method::new("/testing.v1.Slow/Sum");
const ECHO: Method<sent::Text, sent::Text> = Method::new("/testing.v1.Slow/Echo");

/// Reads once it is told to.
struct Slow(Arc<Notify>);

#[remote(package = "testing.v1")]
impl Slow {
    /// How many bytes came.
    #[procedure]
    async fn sum(
        &self,
        _: &Request,
        mut blobs: Streaming<end_to_end::messages::testing::v1::Blob>,
    ) -> Result<Number, IrisError> {
        self.0.notified().await;
        let mut sum = 0;
        while let Some(blob) = blobs.next().await {
            sum += blob?.data.len() as i64;
        }
        Ok(Number { number: sum })
    }

    /// The same text.
    #[procedure]
    async fn echo(&self, _: &Request, request: Text) -> Result<Text, IrisError> {
        Ok(request)
    }
}

async fn slow(settings: impl FnOnce(Iris<Request>) -> Iris<Request>) -> (Running, Arc<Notify>) {
    let read = Arc::new(Notify::new());
    let application = Iris::without_context()
        .add_remote(Slow(read.clone()))
        .add_remote(Fetched)
        .add_server(HttpServer::bind("127.0.0.1:0"));
    (settings(application).start().await.unwrap(), read)
}

/// What would otherwise be waited for without end.
async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("nobody is held back for ever")
}

type Summed = JoinHandle<Result<i64, end_to_end_client::iris_client::IrisError>>;

/// A call whose messages come one by one.
fn summing(client: &Client) -> (mpsc::Sender<sent::Blob>, Summed) {
    let (sender, receiver) = mpsc::channel(1);
    let call: ClientStreaming<sent::Blob, sent::Number> =
        client.client_streaming(SUM, ReceiverStream::new(receiver));
    let summed = tokio::spawn(async move { Ok(call.await?.number) });
    (sender, summed)
}

fn blob(length: usize) -> sent::Blob {
    sent::Blob {
        data: vec![7; length].into(),
    }
}

#[tokio::test]
async fn a_call_that_is_not_read_stops_no_other_of_its_connection() {
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let (running, read) = slow(|iris| iris).await;
        let others = Others::of(&running).await;
        let builder = Client::builder(&running.url()).http2().protocol(protocol);
        let client = builder.build().unwrap();
        let (sender, summed) = summing(&client);
        // Until no more of it leaves, while others are answered.
        let (mut sent, mut refused) = (0, 0);
        while refused < 20 {
            match sender.try_send(blob(100_000)) {
                Ok(()) => (sent, refused) = (sent + 100_000, 0),
                Err(_) => refused += 1,
            }
            let echo: Unary<sent::Text, sent::Text> = client.unary(ECHO, text("others"));
            let answer = in_time(async { echo.await }).await;
            assert_eq!(answer.unwrap(), text("others"), "{protocol:?}");
        }
        // As much as a call may be ahead, and what the client holds of it.
        assert!((1_000_000..2_000_000).contains(&sent), "{sent}");
        read.notify_one();
        drop(sender);
        let sum = in_time(summed).await.unwrap();
        assert_eq!(sum.unwrap(), sent, "{protocol:?}");
        others.were_served().await;
    }
}

#[tokio::test]
async fn calls_that_are_not_read_end_at_the_longest_timeout() {
    let (running, _read) = slow(|iris| iris.max_timeout(Duration::from_millis(250))).await;
    let others = Others::of(&running).await;
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let builder = Client::builder(&running.url()).http2().protocol(protocol);
        let client = builder.build().unwrap();
        let mut all = Vec::new();
        for _ in 0..20 {
            let (sender, summed) = summing(&client);
            sender.send(blob(100_000)).await.unwrap();
            all.push((sender, summed));
        }
        for (_sender, summed) in all {
            let error = in_time(summed).await.unwrap().unwrap_err();
            assert_eq!(error.status, Status::DeadlineExceeded, "{protocol:?}");
        }
    }
    others.were_served().await;
}

#[tokio::test]
async fn small_messages_wait_for_their_procedure_and_cost_no_connection() {
    const MESSAGES: usize = 20_000;
    let (running, read) = slow(|iris| iris).await;
    let client = Client::builder(&running.url()).http2().build().unwrap();
    let (sender, summed) = summing(&client);
    for _ in 0..MESSAGES {
        // One at a time, as they come in life, so that each is a frame of its own.
        if sender.send(blob(1)).await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    read.notify_one();
    drop(sender);
    let sum = in_time(summed).await.unwrap();
    assert_eq!(sum.unwrap(), MESSAGES as i64);
}
