//! Stopping: what is in flight is answered, what hangs is cut off.

use crate::support::{Server, Way, text};
use end_to_end::application;
use end_to_end::context::Probe;
use end_to_end_client::iris_client::Client;
use end_to_end_client::{ErrorCode, Remotes};
use iris_core::{Drained, HttpServer};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::sync::oneshot;

#[tokio::test]
async fn a_call_in_flight_is_answered_before_the_server_stops() {
    for way in [Way::ConnectProto, Way::ConnectHttp2, Way::GrpcProto] {
        let server = Server::start().await;
        let address = server.running.addresses()[0].tcp().unwrap();
        let failures = server.remotes(way).failures();
        let waiting = tokio::spawn(async move { failures.wait().await });
        server.probe.started.notified().await;

        let probe = server.probe.clone();
        let stopping = tokio::spawn(server.running.shutdown());
        // Nobody new is let in once stopping has begun.
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        probe.proceed.notify_one();
        assert_eq!(waiting.await.unwrap().unwrap(), text("done"), "{way:?}");
        assert_eq!(stopping.await.unwrap(), Drained::Completely, "{way:?}");
    }
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_server() {
    let server = Server::start().await;
    for way in [Way::ConnectProto, Way::ConnectHttp2, Way::GrpcProto] {
        server.remotes(way).shapes().ping().await.unwrap();
    }
    let silent = TcpStream::connect(server.running.addresses()[0].tcp().unwrap())
        .await
        .unwrap();
    assert_eq!(server.running.shutdown().await, Drained::Completely);
    drop(silent);
}

#[tokio::test]
async fn a_call_that_never_ends_is_cut_off() {
    let server = Server::with(
        |application| application.drain_timeout(Duration::from_millis(50)),
        |server| server,
    )
    .await;
    let failures = server.remotes(Way::GrpcProto).failures();
    let hanging = tokio::spawn(async move { failures.hang().await });
    server.probe.started.notified().await;
    assert_eq!(
        server.running.shutdown().await,
        Drained::TimedOut { connections: 1 }
    );
    let error = hanging.await.unwrap().unwrap_err();
    assert_eq!(error.code, ErrorCode::IrisCommunicationError);
}

#[tokio::test]
async fn several_servers_serve_one_application() {
    let probe = std::sync::Arc::default();
    let running = end_to_end::application(probe)
        .add_server(iris_core::HttpServer::bind("127.0.0.1:0"))
        .add_server(iris_core::HttpServer::bind("127.0.0.1:0").prefix("/api"))
        .start()
        .await
        .unwrap();
    let [first, second] = running.addresses() else {
        panic!("{:?}", running.addresses())
    };
    for url in [first.to_string(), format!("{second}/api")] {
        let remotes = end_to_end_client::Remotes::connect(&url).unwrap();
        assert_eq!(
            remotes.shapes().fetch().await.unwrap(),
            text("fetched"),
            "{url}"
        );
    }
    assert_eq!(running.shutdown().await, Drained::Completely);
}

#[tokio::test]
async fn a_unix_socket_tells_who_calls_and_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.sock");
    // Left behind by a process that is gone.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let running = end_to_end::application(std::sync::Arc::default())
        .add_server(iris_core::HttpServer::unix(&path))
        .start()
        .await
        .unwrap();
    let client = end_to_end_client::iris_client::Client::builder("http://localhost")
        .unix_socket(&path)
        .build()
        .unwrap();
    let facts = end_to_end_client::Remotes::new(client)
        .call_facts()
        .facts()
        .await
        .unwrap();
    assert_eq!(facts.peer, "unix true");
    running.shutdown().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn an_old_server_leaves_its_successors_unix_socket_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.sock");
    let start = || {
        end_to_end::application(std::sync::Arc::default())
            .add_server(iris_core::HttpServer::unix(&path))
            .start()
    };
    let old = start().await.unwrap();
    std::fs::remove_file(&path).unwrap();
    let new = start().await.unwrap();
    old.shutdown().await;
    let client =
        end_to_end_client::iris_client::Client::builder("http://localhost").unix_socket(&path);
    let remotes = end_to_end_client::Remotes::new(client.build().unwrap());
    remotes.shapes().ping().await.unwrap();
    new.shutdown().await;
    assert!(!path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_future_of_the_programs_own_says_when_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let probe = Arc::new(Probe::default());
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(
        application(probe.clone())
            .add_server(HttpServer::unix(&path))
            .serve_until(async { stopped.await.unwrap() }),
    );
    let client = Client::builder("http://localhost").unix_socket(&path);
    let remotes = Remotes::new(client.build().unwrap());
    while remotes.shapes().fetch().await.is_err() {
        tokio::task::yield_now().await;
    }
    let failures = remotes.failures();
    let waiting = tokio::spawn(async move { failures.wait().await });
    probe.started.notified().await;
    stop.send(()).unwrap();
    // Nobody new is let in once stopping has begun.
    while UnixStream::connect(&path).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!serving.is_finished());
    probe.proceed.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap(), text("done"));
    assert_eq!(serving.await.unwrap().unwrap(), Drained::Completely);
}
