//! Sockets of an application that is mounted into axum.

use super::speaker::{Heard, Speaker};
use super::{CHAT, FACTS, FETCH, HANG, STREAM, WAIT};
use axum::Router;
use end_to_end::context::{Probe, Trace};
use iris_core::wire::websocket::Frame;
use iris_core::{Drained, IrisService, WebSockets};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::AbortHandle;

const PATH: &str = "/-/websocket";

/// An application inside axum's server, which ends with this.
struct Mounted {
    address: SocketAddr,
    probe: Arc<Probe>,
    serving: AbortHandle,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn mounted(settings: impl FnOnce(IrisService<Trace>) -> Router) -> Mounted {
    let probe = Arc::new(Probe::default());
    let service = end_to_end::application(probe.clone())
        .into_service()
        .unwrap();
    let router = settings(service);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(axum::serve(listener, router).into_future());
    Mounted {
        address,
        probe,
        serving: serving.abort_handle(),
    }
}

#[tokio::test]
async fn calls_through_axum() {
    let mounted = mounted(|service| {
        Router::new()
            .nest_service("/rpc", service.clone())
            .nest_service("/own", service.without_websockets())
            .fallback_service(service.with_prefix("/api").unwrap())
    })
    .await;
    for path in ["/rpc/-/websocket", "/api/-/websocket"] {
        let cookie = [("cookie", "flavour=mint")];
        let mut speaker = Speaker::open(mounted.address, path, &cookie).await.unwrap();
        let facts = speaker.call(1, FACTS, "{}").await.json();
        assert_eq!(
            (&facts["path"], &facts["cookie"]),
            (&FACTS.into(), &"mint".into()),
            "{path}"
        );
        speaker.head(2, CHAT, &[("content-type", STREAM)]).await;
        speaker.message(2, r#"{"text":"hi"}"#).await;
        speaker
            .until(2, |answer| !answer.messages().0.is_empty())
            .await;
        speaker.begin(3, HANG, "{}").await;
        mounted.probe.started.notified().await;
        drop(speaker);
        mounted.probe.dropped.notified().await;
    }
    let refused = Speaker::open(mounted.address, "/own/-/websocket", &[]).await;
    assert_eq!(refused.err().unwrap().status(), 404);
}

#[tokio::test]
async fn origins_are_those_of_its_settings() {
    let page = [("origin", "https://app.example.com")];
    let own = mounted(|service| Router::new().fallback_service(service)).await;
    let refused = Speaker::open(own.address, PATH, &page).await.err().unwrap();
    assert_eq!(refused.status(), 403);

    let sockets = WebSockets::new().allow_origins(["https://app.example.com"]);
    let named = mounted(|service| {
        Router::new().fallback_service(service.with_websockets(&sockets).unwrap())
    })
    .await;
    let mut speaker = Speaker::open(named.address, PATH, &page).await.unwrap();
    assert_eq!(speaker.call(1, FETCH, "{}").await.status, Some(200));

    let service = || {
        end_to_end::application(Arc::default())
            .into_service()
            .unwrap()
    };
    let wrong = WebSockets::new().allow_origins(["*"]);
    let error = service().with_websockets(&wrong).unwrap_err().to_string();
    assert!(error.contains("allow_any_origin"), "{error}");
    let wrong = WebSockets::new().handshake_headers(["no name"]);
    let error = service().with_websockets(&wrong).unwrap_err().to_string();
    assert!(error.contains("`no name`"), "{error}");
}

#[tokio::test]
async fn there_are_as_many_sockets_as_there_may_be() {
    let sockets = WebSockets::new().max_sockets(1);
    let mounted = mounted(|service| {
        Router::new().fallback_service(service.with_websockets(&sockets).unwrap())
    })
    .await;
    let mut first = Speaker::connect(mounted.address).await;
    let refused = Speaker::open(mounted.address, PATH, &[])
        .await
        .err()
        .unwrap();
    assert_eq!(refused.status(), 503);
    assert_eq!(first.call(1, FETCH, "{}").await.status, Some(200));
    drop(first);
    // Its place is free once the server has seen that it is gone.
    while Speaker::open(mounted.address, PATH, &[]).await.is_err() {}
}

#[tokio::test]
async fn the_handle_drains_what_the_server_around_knows_nothing_of() {
    let sockets = WebSockets::new();
    let mounted = mounted(|service| {
        Router::new().fallback_service(service.with_websockets(&sockets).unwrap())
    })
    .await;
    let mut idle = Speaker::connect(mounted.address).await;
    idle.meet().await;
    let mut busy = Speaker::connect(mounted.address).await;
    busy.begin(7, WAIT, "{}").await;
    mounted.probe.started.notified().await;
    let stopping = tokio::spawn(async move {
        let drained = sockets.shutdown(Duration::from_secs(30)).await;
        (sockets, drained)
    });
    assert_eq!(busy.hear().await, Heard::Frame(Frame::GoAway { last: 7 }));
    assert_eq!(idle.hear().await, Heard::Frame(Frame::GoAway { last: 0 }));
    assert_eq!(idle.closed().await.0, 1001);
    let refused = Speaker::open(mounted.address, PATH, &[])
        .await
        .err()
        .unwrap();
    assert_eq!(refused.status(), 503);
    mounted.probe.proceed.notify_one();
    assert_eq!(busy.answer(7).await.status, Some(200));
    assert_eq!(busy.closed().await, (1001, "the server stops".to_owned()));
    drop((idle, busy));
    assert_eq!(stopping.await.unwrap().1, Drained::Completely);
}

#[tokio::test]
async fn what_does_not_end_is_cut_off() {
    let sockets = WebSockets::new();
    let mounted = mounted(|service| {
        Router::new().fallback_service(service.with_websockets(&sockets).unwrap())
    })
    .await;
    let mut speaker = Speaker::connect(mounted.address).await;
    speaker.begin(1, HANG, "{}").await;
    mounted.probe.started.notified().await;
    let drained = sockets.shutdown(Duration::from_millis(50)).await;
    assert_eq!(drained, Drained::TimedOut { connections: 1 });
    mounted.probe.dropped.notified().await;
    assert_eq!(speaker.closing().await, Heard::Gone);
}

#[tokio::test]
async fn without_a_connection_there_is_no_socket() {
    let service = end_to_end::application(Arc::default())
        .into_service()
        .unwrap();
    let request = super::speaker::handshake(PATH, &[]);
    let response = service
        .answer(request.map(|()| iris_core::Body::empty()))
        .await;
    assert_eq!(response.status(), 501);
}
