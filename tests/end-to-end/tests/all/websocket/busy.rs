//! Procedures that compute for long, which holds their socket up, and whoever else is on their thread.

#![expect(
    clippy::disallowed_methods,
    reason = "a computation is what is tested: it sleeps so that its thread does nothing else"
)]

use super::STREAM;
use super::speaker::{Speaker, call, envelope, head};
use crate::hostile::SHORT;
use end_to_end::messages::testing::v1::{Blob, Text};
use futures_util::{SinkExt, Stream, StreamExt, stream};
use iris_core::wire::websocket::Frame;
use iris_core::{HttpServer, Iris, IrisError, Request, Running, remote};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_blocking, yield_now};
use tokio_tungstenite::tungstenite::Message;

const TWICE: &str = "/testing.v1.Busy/Twice";
const BESIDE: &str = "/testing.v1.Busy/Beside";
const ONCE: &str = "/testing.v1.Busy/Once";
const FLOOD: &str = "/testing.v1.Busy/Flood";

/// Computes in one go, and so lets nobody else onto its thread. The caller does something meanwhile.
struct Busy {
    begin: Arc<Notify>,
    done: Arc<Mutex<Receiver<()>>>,
    /// How many messages were made.
    made: Arc<AtomicUsize>,
}

/// Computes for so long at least, and until the caller has done what it does, or has failed.
fn compute(done: &Mutex<Receiver<()>>, at_least: Duration) {
    let _ = done.lock().unwrap().recv();
    std::thread::sleep(at_least);
}

#[remote(package = "testing.v1")]
impl Busy {
    #[procedure]
    async fn twice(&self, _: &Request) -> Result<Text, IrisError> {
        // By its end the caller is to be asked whether it is there.
        std::thread::sleep(2 * SHORT);
        turn().await;
        // Which it is in this turn.
        turn().await;
        // It says so now, and the time to do so passes.
        compute(&self.done, 2 * SHORT);
        turn().await;
        Ok(Text::default())
    }

    /// Not in its own task, but on the same thread.
    #[procedure]
    async fn beside(&self, _: &Request) -> Result<Text, IrisError> {
        let computing = async { std::thread::sleep(2 * SHORT) };
        tokio::spawn(computing).await.unwrap();
        let done = self.done.clone();
        let computing = async move { compute(&done, 2 * SHORT) };
        tokio::spawn(computing).await.unwrap();
        turn().await;
        Ok(Text::default())
    }

    #[procedure]
    async fn once(&self, _: &Request) -> Result<Text, IrisError> {
        self.begin.notified().await;
        compute(&self.done, 8 * SHORT);
        turn().await;
        Ok(Text::default())
    }

    #[procedure]
    async fn flood(
        &self,
        _: &Request,
    ) -> Result<impl Stream<Item = Result<Blob, IrisError>>, IrisError> {
        let made = self.made.clone();
        Ok(stream::repeat(vec![7; 100_000]).map(move |data| {
            made.fetch_add(1, Ordering::SeqCst);
            Ok(Blob { data: data.into() })
        }))
    }
}

/// Lets the socket take a turn, before the runtime looks for what has arrived.
async fn turn() {
    tokio::spawn(async {}).await.unwrap();
}

struct Server {
    running: Running,
    made: Arc<AtomicUsize>,
    /// Has `once` begin.
    begin: Arc<Notify>,
    /// By which the caller says that it has done what it does.
    done: Sender<()>,
}

impl Server {
    fn address(&self) -> SocketAddr {
        self.running.addresses()[0].tcp().unwrap()
    }
}

/// A server on this thread, and nothing else on it.
async fn server(settings: impl FnOnce(HttpServer) -> HttpServer) -> Server {
    let begin = Arc::new(Notify::new());
    let made = Arc::new(AtomicUsize::new(0));
    let (done, receiver) = channel();
    let busy = Busy {
        begin: begin.clone(),
        done: Arc::new(Mutex::new(receiver)),
        made: made.clone(),
    };
    let running = Iris::without_context()
        .add_remote(busy)
        .add_server(settings(HttpServer::bind("127.0.0.1:0")))
        .start()
        .await
        .unwrap();
    Server {
        running,
        made,
        begin,
        done,
    }
}

/// A caller on a thread of its own.
fn elsewhere<F>(
    address: SocketAddr,
    done: Sender<()>,
    caller: impl FnOnce(SocketAddr, Sender<()>) -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = ()>,
{
    spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(caller(address, done));
    })
}

#[tokio::test]
async fn whoever_answered_while_a_procedure_computed_was_not_silent() {
    for procedure in [TWICE, BESIDE] {
        let server = server(|server| server.keep_alive(SHORT).keep_alive_timeout(SHORT)).await;
        let caller = elsewhere(
            server.address(),
            server.done,
            move |address, done| async move {
                let mut speaker = Speaker::connect(address).await;
                speaker.begin(1, procedure, "{}").await;
                let asked = speaker.socket.next().await.unwrap().unwrap();
                assert!(matches!(asked, Message::Ping(_)), "{asked:?}");
                // With this goes the answer.
                speaker.socket.flush().await.unwrap();
                done.send(()).unwrap();
                assert_eq!(speaker.answer(1).await.status, Some(200), "{procedure}");
            },
        );
        caller.await.unwrap();
    }
}

#[tokio::test]
async fn whoever_read_while_a_procedure_computed_was_not_stuck() {
    let settings = |server: HttpServer| server.keep_alive(4 * SHORT).keep_alive_timeout(SHORT);
    let server = server(settings).await;
    let (read, may_read) = channel();
    let caller = elsewhere(server.address(), server.done, |address, done| async move {
        let mut speaker = Speaker::connect(address).await.without_reading();
        // More than lies between the two while nobody reads.
        let flood = (1..=100).flat_map(|stream| {
            let data = envelope("{}");
            [
                head(stream, FLOOD, &[("content-type", STREAM)]),
                Frame::Data { stream, data },
                Frame::End { stream },
            ]
        });
        speaker.say_all(flood.chain(call(200, ONCE, "{}"))).await;
        may_read.recv().unwrap();
        speaker.until(1, |answer| answer.body.len() > 100_000).await;
        done.send(()).unwrap();
        assert_eq!(speaker.answer(200).await.status, Some(200));
    });
    // Until nothing more is made, since nothing more can be sent.
    let (mut before, mut unchanged) = (0, 0);
    while before == 0 || unchanged < 100 {
        yield_now().await;
        let made = server.made.load(Ordering::SeqCst);
        unchanged = if made == before { unchanged + 1 } else { 0 };
        before = made;
    }
    read.send(()).unwrap();
    server.begin.notify_one();
    caller.await.unwrap();
}
