//! Calls that stream.

use crate::settled;
use crate::world::{World, both_ways, number, remotes, text};
use end_to_end_client::ErrorCode;
use end_to_end_client::iris_client::{Status, Streams};
use end_to_end_client::messages::testing::v1::{Range, Text};
use futures_util::stream::{self, StreamExt as _};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

fn range(to: i32) -> Range {
    Range {
        from: 0,
        to,
        fail_at: -1,
    }
}

pub(super) async fn a_stream_arrives(world: World) {
    for remotes in both_ways(&world) {
        let mut numbers = remotes.shapes().count(range(1000)).await.unwrap();
        for expected in 0..1000 {
            assert_eq!(numbers.message().await.unwrap(), Some(number(expected)));
        }
        assert_eq!(numbers.message().await.unwrap(), None);
    }
}

pub(super) async fn a_stream_is_sent(world: World) {
    for remotes in both_ways(&world) {
        let numbers = stream::iter((1..=1000).map(number));
        assert_eq!(
            remotes.shapes().sum(numbers).await.unwrap(),
            number(500_500)
        );
        let none = remotes.shapes().sum(stream::empty()).await;
        assert_eq!(none.unwrap(), number(0));
    }
}

/// Texts that are sent as they are said.
#[derive(Clone, Default)]
struct Sayings(Arc<Mutex<Said>>);

#[derive(Default)]
struct Said {
    texts: VecDeque<Text>,
    ended: bool,
    waker: Option<Waker>,
}

impl Sayings {
    fn say(&self, said: &str) {
        self.change(|sayings| sayings.texts.push_back(text(said)));
    }

    fn end(&self) {
        self.change(|sayings| sayings.ended = true);
    }

    fn change(&self, change: impl FnOnce(&mut Said)) {
        let mut said = self.0.lock().unwrap();
        change(&mut said);
        if let Some(waker) = said.waker.take() {
            waker.wake();
        }
    }

    fn stream(&self) -> impl futures_util::Stream<Item = Text> + Send + 'static {
        let sayings = self.clone();
        stream::poll_fn(move |context| {
            let mut said = sayings.0.lock().unwrap();
            match (said.texts.pop_front(), said.ended) {
                (Some(text), _) => Poll::Ready(Some(text)),
                (None, true) => Poll::Ready(None),
                (None, false) => {
                    said.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
    }
}

pub(super) async fn both_sides_stream_at_the_same_time(world: World) {
    for remotes in both_ways(&world) {
        let sayings = Sayings::default();
        sayings.say("a");
        let mut answers = remotes.shapes().chat(sayings.stream()).await.unwrap();
        assert_eq!(answers.message().await.unwrap(), Some(text("A")));
        // The next is sent because of the answer.
        sayings.say("b");
        assert_eq!(answers.message().await.unwrap(), Some(text("B")));
        sayings.end();
        assert_eq!(answers.message().await.unwrap(), None);
    }
}

pub(super) async fn an_answer_may_come_before_the_requests_end(world: World) {
    let endless = stream::repeat_with(|| number(1));
    let error = world
        .remotes()
        .shapes()
        .sum(endless)
        .metadata("x-fail-initializer", "77");
    let error = error.await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unrecognized(77));
}

pub(super) async fn many_calls_share_a_socket(world: World) {
    let remotes = remotes(world.builder().streams(Streams::WebSocket));
    let calls = (0..50).map(|index| {
        let remotes = remotes.clone();
        async move {
            let said = index.to_string();
            let answer = remotes.shapes().echo(text(&said)).await.unwrap();
            assert_eq!(answer, text(&said));
        }
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(world.tell("sockets").await, "1");
}

pub(super) async fn large_streams_go_both_ways(world: World) {
    // Three times the window of a socket's stream, each way.
    let texts: Vec<Text> = (0..30).map(|_| text(&"x".repeat(25_000))).collect();
    let mut answers = world
        .remotes()
        .shapes()
        .chat(stream::iter(texts))
        .await
        .unwrap();
    let mut count = 0;
    while let Some(answer) = answers.message().await.unwrap() {
        assert_eq!(answer.text, "X".repeat(25_000));
        count += 1;
    }
    assert_eq!(count, 30);
}

pub(super) async fn a_slow_reader_slows_the_server(world: World) {
    const ALL: i32 = 20_000_000;
    for remotes in both_ways(&world) {
        let mut numbers = remotes.shapes().count(range(ALL)).await.unwrap();
        assert_eq!(numbers.message().await.unwrap(), Some(number(0)));
        let made = settled::calls(&world).await;
        assert!(made < ALL as u64 / 2, "{made}");
        // It goes on where it stopped.
        for expected in 1..50_000 {
            assert_eq!(numbers.message().await.unwrap(), Some(number(expected)));
        }
    }
}

pub(super) async fn a_slow_server_slows_the_sender(world: World) {
    // A server that reads nothing: the first message it wants never comes to its procedure.
    let sent = Arc::new(AtomicUsize::new(0));
    let texts = stream::repeat_with({
        let sent = sent.clone();
        move || {
            sent.fetch_add(1, Ordering::Relaxed);
            text(&"x".repeat(10_000))
        }
    });
    let remotes = world.remotes();
    // Its answers are not read, so that it reads no requests.
    let answers = remotes.shapes().chat(texts).await.unwrap();
    let mut before = 0;
    loop {
        for _ in 0..50 {
            world.tell("turn").await;
        }
        let now = sent.load(Ordering::Relaxed);
        if now == before {
            break;
        }
        before = now;
    }
    // A window each way, and what the two ends hold beside.
    assert!(before * 10_000 < 4 * 1024 * 1024, "{before}");
    drop(answers);
}

pub(super) async fn without_a_socket_nothing_is_streamed(world: World) {
    let remotes = remotes(world.builder().streams(Streams::Fetch));
    let mut numbers = remotes.shapes().count(range(1)).await.unwrap();
    assert_eq!(numbers.next().await.unwrap().unwrap(), number(0));
    let error = remotes.shapes().sum(stream::empty()).await.unwrap_err();
    assert_eq!(error.status, Status::Unimplemented);
    assert!(error.internal_message.contains("Streams::Fetch"), "{error}");
    let error = remotes
        .shapes()
        .chat(stream::empty().boxed())
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisCommunicationError);
}
