//! How calls share connections, and what becomes of those that are dropped, closed or idle.

use crate::messages::{Note, add, note};
use crate::server::{Server, ok};
use http::Response;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use iris_client::{Body, Client, ClientBuilder, IrisError, Status, Unary};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

/// Serves a connection in HTTP/2 until it ends, or closes it gently once `closing` says so.
async fn serve_http2<F, A>(socket: TcpStream, mut closing: watch::Receiver<bool>, answer: F)
where
    F: Fn() -> A + Send + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let service = service_fn(move |_| {
        let answer = answer();
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(socket), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        _ = closing.wait_for(|closing| *closing) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Waits for what other tasks bring about.
async fn eventually(reached: impl Fn() -> bool) {
    let waiting = async {
        while !reached() {
            tokio::task::yield_now().await;
        }
    };
    let limit = Duration::from_secs(20);
    tokio::time::timeout(limit, waiting)
        .await
        .expect("it comes");
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn a_caller_who_goes_away_while_connecting_takes_nothing_from_others() {
    const CALLS: usize = 50;
    let (acceptor, certified) = crate::tls::acceptor("127.0.0.1", &["h2", "http/1.1"]);
    let (open, gate) = watch::channel(false);
    let server = Server::raw(move |socket, _| {
        let (acceptor, mut gate) = (acceptor.clone(), gate.clone());
        async move {
            gate.wait_for(|open| *open).await.unwrap();
            let stream = acceptor.accept(socket).await.unwrap();
            crate::server::serve(TokioIo::new(stream), |_| async { ok("well") }).await;
        }
    })
    .await;
    for http2 in [true, false] {
        open.send_replace(false);
        let mut builder = Client::builder(&format!("https://127.0.0.1:{}", server.port()))
            .root_certificate(certified.cert.pem());
        if http2 {
            builder = builder.http2();
        }
        let client = builder.build().unwrap();
        let before = server.connections();
        let mut leaving: Vec<_> = (0..CALLS)
            .map(|_| Box::pin(add(&client).into_future()))
            .collect();
        let mut staying: Vec<_> = (0..CALLS)
            .map(|_| Box::pin(add(&client).into_future()))
            .collect();
        std::future::poll_fn(|context| {
            for call in leaving.iter_mut().chain(&mut staying) {
                assert!(call.as_mut().poll(context).is_pending());
            }
            std::task::Poll::Ready(())
        })
        .await;
        eventually(|| server.connections() > before).await;
        drop(leaving);
        open.send_replace(true);
        for call in staying {
            assert_eq!(call.await.unwrap(), note("well"));
        }
        assert_eq!(server.connections(), before + 1, "all share it");
    }
}

#[tokio::test]
async fn many_connections_are_made_as_calls_need_them_and_share_the_calls() {
    const MOST: usize = 3;
    let calls: Arc<[AtomicUsize; MOST]> = Arc::default();
    let (open, gate) = watch::channel(false);
    let (_keep, closing) = watch::channel(false);
    let counts = calls.clone();
    let server = Server::raw(move |socket, number| {
        let (counts, gate) = (counts.clone(), gate.clone());
        serve_http2(socket, closing.clone(), move || {
            counts[number].fetch_add(1, Ordering::SeqCst);
            let mut gate = gate.clone();
            async move {
                gate.wait_for(|open| *open).await.unwrap();
                ok("well")
            }
        })
    })
    .await;
    let builder = Client::builder(&server.url()).http2();
    let client = builder.connections(MOST).build().unwrap();
    let mut open_calls = JoinSet::new();
    for number in 1..=12 {
        open_calls.spawn(add(&client).into_future());
        let sum = || {
            calls
                .iter()
                .map(|calls| calls.load(Ordering::SeqCst))
                .sum::<usize>()
        };
        eventually(|| sum() == number).await;
        // The second call finds the first connection busy, the fourth the first two.
        let least = [1, 2, 2, 3].get(number - 1).copied().unwrap_or(MOST);
        eventually(|| server.connections() == least).await;
    }
    open.send_replace(true);
    for answer in open_calls.join_all().await {
        assert_eq!(answer.unwrap(), note("well"));
    }
    assert_eq!(server.connections(), MOST);
    for calls in calls.iter() {
        assert!(calls.load(Ordering::SeqCst) > 0, "{calls:?}");
    }
}

#[tokio::test]
async fn a_connection_that_the_server_winds_down_finishes_its_calls_and_gets_no_more() {
    let (close, closing) = watch::channel(false);
    let (_never, staying) = watch::channel(false);
    let (open, gate) = watch::channel(false);
    let arrived = Arc::new(AtomicUsize::new(0));
    let arrivals = arrived.clone();
    let server = Server::raw(move |socket, number| {
        // All later connections stay.
        let closing = match number {
            0 => closing.clone(),
            _ => staying.clone(),
        };
        let (gate, arrivals) = (gate.clone(), arrivals.clone());
        serve_http2(socket, closing, move || {
            let first = arrivals.fetch_add(1, Ordering::SeqCst) == 0;
            let mut gate = gate.clone();
            async move {
                if first {
                    gate.wait_for(|open| *open).await.unwrap();
                }
                ok("well")
            }
        })
    })
    .await;
    let client = Client::builder(&server.url()).http2().build().unwrap();
    let first = tokio::spawn(add(&client).into_future());
    eventually(|| arrived.load(Ordering::SeqCst) == 1).await;
    assert_eq!(add(&client).await.unwrap(), note("well"));
    close.send_replace(true);
    while server.connections() == 1 {
        assert_eq!(add(&client).await.unwrap(), note("well"));
    }
    open.send_replace(true);
    assert_eq!(first.await.unwrap().unwrap(), note("well"));
}

#[tokio::test]
async fn what_was_not_sent_goes_to_another_connection() {
    // Each connection ends with its first answer, at the moment in which many calls are made.
    let server = Server::raw(|socket, _| async move {
        let (close, closing) = watch::channel(false);
        let close = Arc::new(close);
        serve_http2(socket, closing, move || {
            let close = close.clone();
            async move {
                close.send_replace(true);
                ok("well")
            }
        })
        .await;
    })
    .await;
    let client = Client::builder(&server.url()).http2().build().unwrap();
    for _ in 0..20 {
        let mut calls = JoinSet::new();
        for _ in 0..10 {
            calls.spawn(add(&client).into_future());
        }
        for answer in calls.join_all().await {
            assert_eq!(answer.unwrap(), note("well"));
        }
    }
    assert!(server.connections() > 1);
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_twenty_seconds() {
    for http2 in [false, true] {
        #[expect(clippy::disallowed_methods, reason = "the test makes few of them")]
        let (ended, mut ends) = mpsc::unbounded_channel();
        let server = Server::raw(move |socket, _| {
            let ended = ended.clone();
            async move {
                crate::server::serve(TokioIo::new(socket), |_| async { ok("well") }).await;
                let _ = ended.send(());
            }
        })
        .await;
        let mut builder = Client::builder(&server.url()).keep_alive(None);
        if http2 {
            builder = builder.http2();
        }
        let client = builder.build().unwrap();
        add(&client).await.unwrap();
        add(&client).await.unwrap();
        assert_eq!(server.connections(), 1);
        // From here nothing comes from outside, so that time can be left to pass by itself.
        tokio::time::pause();
        let started = tokio::time::Instant::now();
        ends.recv().await.unwrap();
        let waited = started.elapsed();
        tokio::time::resume();
        assert!(
            waited.abs_diff(Duration::from_secs(20)) < Duration::from_secs(1),
            "{waited:?}"
        );
        add(&client).await.unwrap();
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn calls_over_http_1_have_a_connection_each_and_leave_it_to_later_ones() {
    let (open, gate) = watch::channel(false);
    let server = Server::start(move |_| {
        let mut gate = gate.clone();
        async move {
            gate.wait_for(|open| *open).await.unwrap();
            ok("well")
        }
    })
    .await;
    let client = Client::connect(&server.url()).unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..5 {
        calls.spawn(add(&client).into_future());
    }
    eventually(|| server.connections() == 5).await;
    open.send_replace(true);
    for answer in calls.join_all().await {
        assert_eq!(answer.unwrap(), note("well"));
    }
    for _ in 0..20 {
        add(&client).await.unwrap();
    }
    assert_eq!(server.connections(), 5);
}

#[test]
fn settings_with_which_no_call_could_be_made_are_named() {
    type Set = fn(ClientBuilder) -> ClientBuilder;
    let settings: [(&str, Set); 4] = [
        ("deadline", |builder| builder.deadline(Duration::ZERO)),
        ("connect_timeout", |builder| {
            builder.connect_timeout(Duration::ZERO)
        }),
        ("max_http1_connections", |builder| {
            builder.max_http1_connections(0)
        }),
        ("health_check", |builder| {
            builder.health_check(Duration::ZERO)
        }),
    ];
    for (name, set) in settings {
        let built = set(Client::builder("http://127.0.0.1:8088")).build();
        let error = built.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
        let text = error.internal_message;
        assert!(text.starts_with(&format!("{name}: 0 ")), "{text}");
    }
}

/// A call that tells the server its number.
fn numbered(client: &Client, number: usize) -> Unary<Note, Note> {
    add(client).metadata("x-number", &number.to_string())
}

/// A server in HTTP/1.1 that tells of each call that has come, and answers as many as it is told to.
async fn gated() -> (Server, mpsc::UnboundedReceiver<usize>, Arc<Semaphore>) {
    #[expect(clippy::disallowed_methods, reason = "the test makes few of them")]
    let (came, coming) = mpsc::unbounded_channel();
    let answers = Arc::new(Semaphore::new(0));
    let gate = answers.clone();
    let server = Server::start(move |request| {
        let number = request.headers()["x-number"].to_str().unwrap();
        came.send(number.parse().unwrap()).unwrap();
        let gate = gate.clone();
        async move {
            gate.acquire().await.unwrap().forget();
            ok("well")
        }
    })
    .await;
    (server, coming, answers)
}

/// A call that is made already.
type Begun = Pin<Box<dyn Future<Output = Result<Note, IrisError>> + Send>>;

/// Begins a call, as far as it comes by itself.
async fn begun(call: Unary<Note, Note>) -> Begun {
    let mut call: Begun = Box::pin(call.into_future());
    std::future::poll_fn(|context| {
        assert!(call.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    call
}

#[tokio::test]
async fn calls_beyond_the_most_connections_over_http_1_wait_in_their_order() {
    let (server, mut coming, answers) = gated().await;
    let builder = Client::builder(&server.url());
    let client = builder.max_http1_connections(2).build().unwrap();
    let mut calls = JoinSet::new();
    for number in [0, 1] {
        calls.spawn(numbered(&client, number).into_future());
        assert_eq!(coming.recv().await, Some(number));
    }
    let mut waiting = Vec::new();
    for number in 2..7 {
        waiting.push(begun(numbered(&client, number)).await);
    }
    // Those who go away, from the front of the line and from within it, leave their places to others.
    drop(waiting.remove(2));
    drop(waiting.remove(0));
    for call in waiting {
        calls.spawn(call);
    }
    for number in [3, 5, 6] {
        answers.add_permits(1);
        assert_eq!(coming.recv().await, Some(number));
    }
    answers.add_permits(2);
    for answer in calls.join_all().await {
        assert_eq!(answer.unwrap(), note("well"));
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_call_that_goes_away_with_its_connection_makes_room_for_another() {
    let (server, mut coming, answers) = gated().await;
    let builder = Client::builder(&server.url());
    let client = builder.max_http1_connections(1).build().unwrap();
    let mut first = begun(numbered(&client, 0)).await;
    tokio::select! {
        biased;
        _ = &mut first => panic!("nothing is answered"),
        came = coming.recv() => assert_eq!(came, Some(0)),
    }
    let second = tokio::spawn(begun(numbered(&client, 1)).await);
    drop(first);
    assert_eq!(coming.recv().await, Some(1));
    // One for what the server had begun for the first, where it does not know yet that nobody waits.
    answers.add_permits(2);
    assert_eq!(second.await.unwrap().unwrap(), note("well"));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn the_deadline_of_a_call_that_waits_for_a_connection_says_so() {
    let (server, mut coming, answers) = gated().await;
    for layered in [false, true] {
        let mut builder = Client::builder(&server.url()).max_http1_connections(1);
        if layered {
            builder = builder.layer(tower::layer::util::Identity::new());
        }
        let client = builder.build().unwrap();
        let first = tokio::spawn(numbered(&client, 0).into_future());
        assert_eq!(coming.recv().await, Some(0));
        let second = numbered(&client, 1).deadline(Duration::from_millis(30));
        let error = second.await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::DeadlineExceeded));
        for words in [
            "HTTP/1.1 connections",
            &server.url(),
            "may be 1 ",
            "max_http1_connections",
            "within the deadline of 30ms",
        ] {
            assert!(error.internal_message.contains(words), "{words}: {error}");
        }
        answers.add_permits(1);
        assert_eq!(first.await.unwrap().unwrap(), note("well"));
        assert_eq!(coming.try_recv().ok(), None, "it was never sent");
    }
}

#[tokio::test]
async fn connections_that_end_with_their_answers_leave_room_for_the_calls_that_wait() {
    let server = Server::start(|_| async {
        let mut answer = ok("well");
        let close = http::HeaderValue::from_static("close");
        answer.headers_mut().insert("connection", close);
        answer
    })
    .await;
    let builder = Client::builder(&server.url());
    let client = builder.max_http1_connections(3).build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..100 {
        calls.spawn(add(&client).into_future());
    }
    for answer in calls.join_all().await {
        assert_eq!(answer.unwrap(), note("well"));
    }
    assert_eq!(server.connections(), 100);
}

#[tokio::test]
async fn where_nothing_listens_the_calls_that_wait_are_told_too() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let builder = Client::builder(&url).max_http1_connections(2);
    let client = builder.build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..100 {
        calls.spawn(add(&client).into_future());
    }
    for answer in calls.join_all().await {
        let error = answer.unwrap_err();
        assert!(
            error.internal_message.contains("connection refused"),
            "{error}"
        );
    }
}

#[test]
fn a_runtime_may_end_whatever_its_connections_do() {
    let serving = tokio::runtime::Runtime::new().unwrap();
    let server = serving.block_on(Server::start(|_| async { ok("well") }));
    let url = server.url();
    let (done, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // Connections are taken back by tasks of their own, of which some are at it just then.
        for _ in 0..200 {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            for _ in 0..30 {
                let client = Client::builder(&url).build().unwrap();
                runtime.spawn(async move { add(&client).await });
            }
            let client = Client::builder(&url).build().unwrap();
            runtime.block_on(async { add(&client).await.unwrap() });
            drop(runtime);
        }
        done.send(()).unwrap();
    });
    let ended = ended.recv_timeout(Duration::from_secs(60));
    assert!(ended.is_ok(), "a runtime does not end");
}

#[test]
fn a_client_outlives_its_runtime() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let serving = runtime();
    let server = serving.block_on(Server::start(|_| async { ok("well") }));
    let (stop, stopping) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        serving.block_on(async {
            while let Err(std::sync::mpsc::TryRecvError::Empty) = stopping.try_recv() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
    });
    for http2 in [false, true] {
        let mut builder = Client::builder(&server.url());
        if http2 {
            builder = builder.http2();
        }
        let client = builder.build().unwrap();
        // The first runtime ends with a connection half made.
        let first = runtime();
        first.block_on(async {
            let mut call = Box::pin(add(&client).into_future());
            let once = std::future::poll_fn(|context| {
                std::task::Poll::Ready(call.as_mut().poll(context).is_pending())
            });
            assert!(once.await);
        });
        drop(first);
        for _ in 0..3 {
            let answer = runtime().block_on(add(&client).into_future());
            assert_eq!(answer.unwrap(), note("well"));
        }
    }
    drop(stop);
    thread.join().unwrap();
}
