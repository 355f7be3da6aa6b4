//! What `tower` layers see and do of a client's calls.

use crate::messages::{add, chain, note};
use crate::server::{Server, ok, read};
use http::{HeaderMap, HeaderValue, Request, Response};
use iris_client::{Body, Client, HttpService, IrisError, Mock, Protocol, Status};
use std::error::Error;
use std::time::Duration;
use tower::ServiceExt;
use tower::layer::layer_fn;
use tower::limit::ConcurrencyLimitLayer;
use tower::timeout::TimeoutLayer;
use tower::timeout::error::Elapsed;
use tower::util::{MapRequestLayer, MapResponseLayer};

/// Adds its name to what the request says of the layers it went through.
fn marks(
    name: &'static str,
) -> MapRequestLayer<impl Fn(Request<Body>) -> Request<Body> + Clone + Send> {
    MapRequestLayer::new(move |mut request: Request<Body>| {
        let headers = request.headers_mut();
        headers.append("x-layer", HeaderValue::from_static(name));
        request
    })
}

fn layers(headers: &HeaderMap) -> String {
    let names = headers.get_all("x-layer").iter();
    let names: Vec<&str> = names.map(|name| name.to_str().unwrap()).collect();
    names.join(" ")
}

#[tokio::test]
async fn the_first_layer_is_the_outermost() {
    let server = Server::start(|request| async move {
        let layers = layers(request.headers());
        read(request).await;
        ok(&layers)
    })
    .await;
    for http2 in [false, true] {
        let mut builder = Client::builder(&server.url())
            .layer(marks("first"))
            .layer(marks("second"))
            .layer(ConcurrencyLimitLayer::new(3));
        if http2 {
            builder = builder.http2();
        }
        let client = builder.build().unwrap();
        assert_eq!(add(&client).await.unwrap(), note("first second"));
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_layer_changes_answers() {
    let server = Server::start(|_| async { ok("well") }).await;
    let stamp = MapResponseLayer::new(|mut response: Response<Body>| {
        let stamp = HeaderValue::from_static("yes");
        response.headers_mut().insert("x-stamped", stamp);
        response
    });
    let client = Client::builder(&server.url()).layer(stamp).build().unwrap();
    let response = add(&client).with_response().await.unwrap();
    assert_eq!(response.message, note("well"));
    assert_eq!(response.metadata.get("x-stamped"), Some("yes"));
}

#[tokio::test]
async fn a_layers_own_error_is_a_900_with_its_causes() {
    let server = Server::start(|_| std::future::pending::<Response<Body>>()).await;
    let client = Client::builder(&server.url())
        .layer(TimeoutLayer::new(Duration::from_millis(5)))
        .build()
        .unwrap();
    let error = add(&client).await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unknown));
    assert!(
        error
            .internal_message
            .contains("a layer of the client let the call"),
        "{error}"
    );
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<Elapsed>() {
            return;
        }
        cause = error.source();
    }
    panic!("{} does not end in the layer's error", chain(&error));
}

#[tokio::test]
async fn an_iris_error_of_a_layer_is_the_calls() {
    let refusing = layer_fn(|inner: HttpService| {
        inner.filter(|_: Request<Body>| {
            let error = IrisError::new(7, "not today").with_status(Status::PermissionDenied);
            Err::<Request<Body>, _>(error)
        })
    });
    let client = Client::builder("http://127.0.0.1:1")
        .layer(refusing)
        .build()
        .unwrap();
    let error = add(&client).await.unwrap_err();
    assert_eq!((error.code, error.status), (7, Status::PermissionDenied));
    assert_eq!(error.internal_message, "not today");
}

#[tokio::test]
async fn what_a_connection_fails_with_is_told_through_layers() {
    let server = Server::raw(|socket, _| async move {
        socket.readable().await.unwrap();
    })
    .await;
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let plain = Client::builder(&server.url()).protocol(protocol);
        let plain = add(&plain.build().unwrap()).await.unwrap_err();
        let layered = Client::builder(&server.url()).protocol(protocol);
        let layered = layered.layer(marks("one")).build().unwrap();
        let layered = add(&layered).await.unwrap_err();
        assert_eq!(layered.status, plain.status);
        assert_eq!(layered.internal_message, plain.internal_message);
    }
}

#[tokio::test]
async fn a_service_in_this_process_has_layers_too() {
    let mock = Mock::new().on(crate::messages::ADD, Ok);
    let stamp = MapResponseLayer::new(|mut response: Response<Body>| {
        let stamp = HeaderValue::from_static("yes");
        response.headers_mut().insert("x-stamped", stamp);
        response
    });
    let client = Client::builder("http://any").layer(stamp);
    let client = client.build_in_process(mock).unwrap();
    let response = add(&client).with_response().await.unwrap();
    assert_eq!(response.metadata.get("x-stamped"), Some("yes"));
}
