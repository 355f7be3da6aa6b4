//! Cookies kept by a client.
#![cfg(feature = "cookies")]

use crate::messages::add;
use crate::server::{Server, ok};
use http::Request;
use iris_client::Client;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A server that sets a cookie, and keeps those it is sent.
async fn setting(cookie: &'static str) -> (Server, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = seen.clone();
    let server = Server::start(move |request: Request<_>| {
        let sent = request
            .headers()
            .get("cookie")
            .map(|value| value.to_str().unwrap().to_owned());
        kept.lock().unwrap().push(sent.unwrap_or_default());
        async move {
            let mut response = ok("well");
            response
                .headers_mut()
                .append("set-cookie", cookie.parse().unwrap());
            response
        }
    })
    .await;
    (server, seen)
}

#[tokio::test]
async fn cookies_are_kept_where_asked_for() {
    let (server, seen) = setting("session=abc; Path=/; HttpOnly").await;
    let client = Client::builder(&server.url())
        .keep_cookies()
        .build()
        .unwrap();
    add(&client).await.unwrap();
    add(&client.clone()).await.unwrap();
    add(&client).metadata("cookie", "own=1").await.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        ["", "session=abc", "own=1; session=abc"]
    );

    let (server, seen) = setting("session=abc; Path=/").await;
    let client = Client::connect(&server.url()).unwrap();
    add(&client).await.unwrap();
    add(&client).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["", ""]);
}

#[tokio::test]
async fn cookies_for_other_paths_and_hosts_are_not_sent() {
    for cookie in [
        "a=b; Path=/other",
        "a=b; Domain=example.com",
        "a=b; Max-Age=0",
        "not a cookie",
    ] {
        let (server, seen) = setting(cookie).await;
        let client = Client::builder(&server.url())
            .keep_cookies()
            .build()
            .unwrap();
        add(&client).await.unwrap();
        add(&client).await.unwrap();
        assert_eq!(*seen.lock().unwrap(), ["", ""], "{cookie}");
    }
}

/// A server that sets others each time would otherwise fill the memory, and make requests that none reads.
#[tokio::test]
async fn no_more_cookies_are_kept_than_a_request_can_hold() {
    let calls = Arc::new(AtomicUsize::new(0));
    let sent = Arc::new(AtomicUsize::new(0));
    let (count, longest) = (calls.clone(), sent.clone());
    let server = Server::start(move |request: Request<_>| {
        let cookies = request.headers().get("cookie");
        longest.store(cookies.map_or(0, http::HeaderValue::len), Ordering::SeqCst);
        let call = count.fetch_add(1, Ordering::SeqCst);
        async move {
            let mut response = ok("well");
            let headers = response.headers_mut();
            for index in 0..20 {
                let cookie = format!("c{call}-{index}=0123456789; Path=/");
                headers.append("set-cookie", cookie.parse().unwrap());
            }
            let huge = format!("huge{call}={}; Path=/", "x".repeat(10_000));
            headers.append("set-cookie", huge.parse().unwrap());
            let same = format!("c0-0={call:010}; Path=/");
            headers.append("set-cookie", same.parse().unwrap());
            // The first one's place is free again.
            let gone = "c0-1=; Path=/; Max-Age=0";
            headers.append("set-cookie", gone.parse().unwrap());
            response
        }
    })
    .await;
    let client = Client::builder(&server.url())
        .keep_cookies()
        .build()
        .unwrap();
    for _ in 0..20 {
        add(&client).await.unwrap();
    }
    let sent = sent.load(Ordering::SeqCst);
    assert!((800..1000).contains(&sent), "{sent} bytes of cookies");
}
