//! Several servers behind one client: which of them calls go to, and when they do not.

use crate::messages::{add, chain, note};
use crate::server::{Server, ok};
use iris_client::{Client, ClientBuilder, Status};
use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// A server that answers with its name.
async fn named(name: &'static str) -> Server {
    Server::start(move |_| async move { ok(name) }).await
}

/// An address where nothing listens.
async fn nowhere() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// Who answered so many calls, one after the other.
async fn answering(client: &Client, calls: usize) -> HashSet<String> {
    let mut names = HashSet::new();
    for _ in 0..calls {
        names.insert(add(client).await.unwrap().text);
    }
    names
}

fn names<const N: usize>(names: [&str; N]) -> HashSet<String> {
    names.map(str::to_owned).into()
}

/// The addresses of a name, which can be changed.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<SocketAddr>>>);

impl Names {
    fn set<const N: usize>(&self, addresses: [SocketAddr; N]) {
        *self.0.lock().unwrap() = addresses.to_vec();
    }

    fn client(&self) -> ClientBuilder {
        let names = self.clone();
        Client::builder("http://notes.internal:80").resolver(move |host, port| {
            assert_eq!((host.as_str(), port), ("notes.internal", 80));
            let found = names.0.lock().unwrap().clone();
            async move {
                match found.is_empty() {
                    true => Err(io::Error::other("no such name")),
                    false => Ok(found),
                }
            }
        })
    }
}

#[tokio::test]
async fn calls_are_spread_over_endpoints() {
    let (one, two) = (named("one").await, named("two").await);
    for http2 in [false, true] {
        let mut builder = Client::builder(&one.url()).endpoint(&two.url());
        if http2 {
            builder = builder.http2();
        }
        let client = builder.build().unwrap();
        assert_eq!(answering(&client, 60).await, names(["one", "two"]));
    }
}

#[tokio::test]
async fn each_server_is_asked_by_its_own_name() {
    let start = || {
        Server::start(|request| async move {
            let uri = request.uri().authority().map(ToString::to_string);
            let host = request.headers().get("host");
            let host = host.map(|host| host.to_str().unwrap().to_owned());
            ok(&uri.or(host).unwrap())
        })
    };
    let (one, two) = (start().await, start().await);
    for http2 in [false, true] {
        let mut builder = Client::builder(&one.url()).endpoint(&two.url());
        if http2 {
            builder = builder.http2();
        }
        let client = builder.build().unwrap();
        let expected = [one.url(), two.url()].map(|url| url["http://".len()..].to_owned());
        assert_eq!(answering(&client, 60).await, expected.into());
    }
}

#[tokio::test]
async fn a_busy_server_gets_fewer_calls() {
    let (open, gate) = tokio::sync::watch::channel(false);
    let (arrived, mut arrivals) = tokio::sync::mpsc::channel(1);
    let slow = Server::start(move |_| {
        let (mut gate, arrived) = (gate.clone(), arrived.clone());
        async move {
            arrived.send(()).await.unwrap();
            gate.wait_for(|open| *open).await.unwrap();
            ok("slow")
        }
    })
    .await;
    let quick = named("quick").await;
    let client = Client::builder(&slow.url()).endpoint(&quick.url()).http2();
    let client = client.build().unwrap();
    let mut calls = tokio::task::JoinSet::new();
    let mut quick_ones = 0;
    // Calls wait at the slow one until one goes by; from then on none goes there, since two addresses are compared.
    for _ in 0..200 {
        let mut call = Box::pin(add(&client).into_future());
        tokio::select! {
            answer = &mut call => quick_ones += usize::from(answer.unwrap() == note("quick")),
            _ = arrivals.recv() => {
                calls.spawn(call);
            }
        }
    }
    assert_eq!((quick_ones, calls.len()), (199, 1));
    open.send_replace(true);
    for answer in calls.join_all().await {
        assert_eq!(answer.unwrap(), note("slow"));
    }
}

#[tokio::test]
async fn endpoints_must_be_alike() {
    for (other, why) in [
        (
            "https://two",
            "same scheme and path as the first, `http://one/api`",
        ),
        ("http://two", "same scheme and path"),
        ("http://two/other", "same scheme and path"),
        ("two:80", "`two:80` is no URL to call"),
    ] {
        let built = Client::builder("http://one/api").endpoint(other).build();
        let error = built.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
        assert!(error.internal_message.contains(why), "{error}");
    }
    #[cfg(unix)]
    {
        let builder = Client::builder("http://one").unix_socket("/nowhere");
        let error = builder.endpoint("http://two").build().unwrap_err();
        assert!(error.internal_message.contains("unix_socket"), "{error}");
    }
}

#[tokio::test]
async fn a_password_in_a_url_is_refused_and_shown_nowhere() {
    for builder in [
        Client::builder("https://me:hunter2@host/api"),
        Client::builder("https://host/api").endpoint("https://me:hunter2@two/api"),
        Client::builder("https://host/api").endpoint("https://me:hunter2@two:a/api"),
    ] {
        let shown = format!("{builder:?}");
        let error = builder.build().unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
        assert!(error.to_string().contains("https://..@"), "{error}");
        for told in [shown, format!("{error} {error:?}")] {
            assert!(!told.contains("hunter2"), "{told}");
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_costs_no_call() {
    let server = named("one").await;
    for http2 in [false, true] {
        let mut builder =
            Client::builder(&format!("http://{}", nowhere().await)).endpoint(&server.url());
        if http2 {
            builder = builder.http2();
        }
        let client = builder.build().unwrap();
        assert_eq!(answering(&client, 60).await, names(["one"]));
    }
}

#[tokio::test]
async fn where_no_server_is_there_the_error_says_which_and_why() {
    let (one, two) = (nowhere().await, nowhere().await);
    let client = Client::builder(&format!("http://{one}")).endpoint(&format!("http://{two}"));
    let client = client.build().unwrap();
    for _ in 0..20 {
        let error = add(&client).await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Unavailable));
        let message = &error.internal_message;
        let named = [one, two].map(|address| format!("cannot reach http://{address}: "));
        assert!(named.iter().any(|named| message.contains(named)), "{error}");
        assert!(message.contains("connection refused"), "{}", chain(&error));
    }
}

#[tokio::test]
async fn a_server_whose_connections_break_is_set_aside_and_tried_again_later() {
    let broken = Server::raw(|mut socket, _| async move {
        let _ = socket.read(&mut [0; 1024]).await;
    })
    .await;
    let server = named("one").await;
    let client = Client::builder(&broken.url()).endpoint(&server.url());
    let client = client.build().unwrap();
    tokio::time::pause();
    let failed = async |calls: usize| {
        let mut failed = 0;
        for _ in 0..calls {
            failed += usize::from(add(&client).await.is_err());
        }
        failed
    };
    // Three breaks in a row are enough; after it was tried again, one is.
    assert_eq!(failed(60).await, 3);
    assert_eq!(failed(20).await, 0);
    tokio::time::advance(Duration::from_millis(1300)).await;
    assert_eq!(failed(60).await, 1);
    tokio::time::advance(Duration::from_millis(1300)).await;
    assert_eq!(failed(60).await, 0, "it is set aside for longer");
    tokio::time::advance(Duration::from_millis(1300)).await;
    assert_eq!(failed(60).await, 1);
}

#[tokio::test]
async fn all_addresses_of_a_name_are_used() {
    let (one, two) = (named("one").await, named("two").await);
    let found = Names::default();
    found.set([one.address(), two.address(), nowhere().await]);
    for http2 in [false, true] {
        let mut builder = found.client();
        if http2 {
            builder = builder.http2();
        }
        let client = builder.build().unwrap();
        assert_eq!(answering(&client, 60).await, names(["one", "two"]));
    }
}

#[tokio::test]
async fn addresses_that_join_are_used_and_those_that_go_are_not() {
    let (one, two) = (named("one").await, named("two").await);
    let found = Names::default();
    found.set([one.address()]);
    let client = found.client().build().unwrap();
    assert_eq!(answering(&client, 20).await, names(["one"]));

    tokio::time::pause();
    found.set([one.address(), two.address()]);
    assert_eq!(answering(&client, 20).await, names(["one"]), "not yet");
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(answering(&client, 60).await, names(["one", "two"]));

    found.set([two.address()]);
    tokio::time::advance(Duration::from_secs(31)).await;
    add(&client).await.unwrap();
    tokio::task::yield_now().await;
    while answering(&client, 20).await != names(["two"]) {}

    found.set([]);
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(
        answering(&client, 20).await,
        names(["two"]),
        "better than none"
    );
}

#[tokio::test]
async fn a_name_is_resolved_again_where_its_server_went_away() {
    let found = Names::default();
    let (gone, two) = (nowhere().await, named("two").await);
    tokio::time::pause();
    found.set([gone]);
    let client = found.client().dns_refresh(Duration::MAX).build().unwrap();
    let error = add(&client).await.unwrap_err();
    let expected = format!("cannot reach http://notes.internal:80 at {gone}: connection refused");
    assert!(error.internal_message.contains(&expected), "{error}");
    found.set([two.address()]);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(answering(&client, 20).await, names(["two"]));
}

#[tokio::test]
async fn a_name_without_addresses_is_looked_up_by_each_call() {
    let found = Names::default();
    let client = found.client().build().unwrap();
    let error = add(&client).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error.internal_message.contains("(DNS): no such name"),
        "{error}"
    );
    let server = named("one").await;
    found.set([server.address()]);
    assert_eq!(answering(&client, 1).await, names(["one"]));
}

#[tokio::test]
async fn a_resolver_that_panics_fails_the_call_and_no_more() {
    let client = Client::builder("http://notes.internal").resolver(|_, _| async {
        panic!("no resolver");
        #[expect(unreachable_code, reason = "says what it would give")]
        Ok(Vec::new())
    });
    let client = client.build().unwrap();
    for _ in 0..2 {
        let error = add(&client).await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Unavailable));
    }
}
