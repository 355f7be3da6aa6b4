//! Cookies kept by a client.
#![cfg(feature = "cookies")]

use crate::messages::add;
use crate::server::{Server, ok};
use http::Request;
use iris_client::Client;
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
