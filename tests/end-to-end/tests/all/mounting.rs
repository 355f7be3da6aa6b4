//! Iris inside other servers, and others inside Iris.

use crate::support::text;
use axum::Router;
use axum::routing::get;
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, Method, Protocol};
use iris_core::{HttpServer, Running};
use std::convert::Infallible;
use std::task::{Context, Poll};
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;

fn service() -> iris_core::IrisService<end_to_end::context::Trace> {
    end_to_end::application(std::sync::Arc::default())
        .into_service()
        .unwrap()
}

#[tokio::test]
async fn iris_in_axum() {
    let router = Router::new()
        .route("/hello", get(|| async { "hello" }))
        .nest_service("/rpc", service())
        .fallback_service(service());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, router).into_future());
    for url in [url.clone(), format!("{url}/rpc")] {
        for protocol in [Protocol::Connect, Protocol::Grpc] {
            let client = Client::builder(&url).protocol(protocol).build().unwrap();
            let fetched = Remotes::new(client).shapes().fetch().await.unwrap();
            assert_eq!(fetched, text("fetched"), "{url} {protocol:?}");
        }
    }
    serving.abort();
}

/// A tonic service as tonic's own code generator writes it, as far as the router can see.
#[derive(Clone)]
struct Foreign;

impl NamedService for Foreign {
    const NAME: &'static str = "foreign.v1.Foreign";
}

struct Reverse;

impl tonic::server::UnaryService<String> for Reverse {
    type Response = String;
    type Future = BoxFuture<tonic::Response<String>, tonic::Status>;

    fn call(&mut self, request: tonic::Request<String>) -> Self::Future {
        let reversed = request.into_inner().chars().rev().collect();
        Box::pin(async move { Ok(tonic::Response::new(reversed)) })
    }
}

impl Service<http::Request<Body>> for Foreign {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let codec = tonic_prost::ProstCodec::<String, String>::default();
            Ok(tonic::server::Grpc::new(codec)
                .unary(Reverse, request)
                .await)
        })
    }
}

async fn with_foreign() -> Running {
    let pages = Router::new().route("/hello", get(|| async { "hello" }));
    end_to_end::application(std::sync::Arc::default())
        .add_tonic(Foreign)
        .fallback(pages)
        .add_server(HttpServer::bind("127.0.0.1:0").prefix("/api"))
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn tonic_beside_remotes() {
    let running = with_foreign().await;
    let url = running.addresses()[1].to_string();
    let channel = tonic::transport::Channel::from_shared(url.clone())
        .unwrap()
        .connect()
        .await
        .unwrap();
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static("/foreign.v1.Foreign/Reverse");
    let codec = tonic_prost::ProstCodec::<String, String>::default();
    let reversed = client
        .unary(tonic::Request::new("iris".to_owned()), path, codec)
        .await
        .unwrap();
    assert_eq!(reversed.into_inner(), "siri");
    let remotes = Remotes::connect(&url).unwrap();
    assert_eq!(remotes.shapes().fetch().await.unwrap(), text("fetched"));
}

#[tokio::test]
async fn pages_behind_remotes_see_no_prefix() {
    let running = with_foreign().await;
    let [prefixed, plain] = running.addresses() else {
        panic!()
    };
    for url in [format!("{prefixed}/api/hello"), format!("{plain}/hello")] {
        let client: hyper_util::client::legacy::Client<_, http_body_util::Empty<bytes::Bytes>> =
            hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
                .build_http();
        let response = client.get(url.parse().unwrap()).await.unwrap();
        assert_eq!(response.status(), 200, "{url}");
    }
}

#[test]
fn a_service_that_wants_a_remotes_name_is_refused() {
    #[derive(Clone)]
    struct Impostor;
    impl NamedService for Impostor {
        const NAME: &'static str = "testing.v1.Shapes";
    }
    impl Service<http::Request<iris_core::Body>> for Impostor {
        type Response = http::Response<Body>;
        type Error = Infallible;
        type Future = BoxFuture<http::Response<Body>, Infallible>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }
        fn call(&mut self, _: http::Request<iris_core::Body>) -> Self::Future {
            Box::pin(async { Ok(http::Response::new(Body::empty())) })
        }
    }
    let application = end_to_end::application(std::sync::Arc::default())
        .add_service("testing.v1.Shapes", Impostor);
    let error = application.into_service().unwrap_err().to_string();
    for named in ["/testing.v1.Shapes/", "remotes::shapes::Shapes", "Impostor"] {
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn two_services_of_one_name_and_two_fallbacks_are_named() {
    #[derive(Clone)]
    struct Other;
    impl Service<http::Request<iris_core::Body>> for Other {
        type Response = http::Response<Body>;
        type Error = Infallible;
        type Future = std::future::Ready<Result<http::Response<Body>, Infallible>>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }
        fn call(&mut self, _: http::Request<iris_core::Body>) -> Self::Future {
            std::future::ready(Ok(http::Response::new(Body::empty())))
        }
    }
    let application = end_to_end::application(std::sync::Arc::default())
        .add_service("a.v1.A", Other)
        .add_service("a.v1.A", Router::new())
        .fallback(Router::new())
        .fallback(Other);
    let error = application.into_service().unwrap_err().to_string();
    let [services, fallbacks] = error.split("; an").collect::<Vec<_>>()[..] else {
        panic!("{error}")
    };
    for problem in [services, fallbacks] {
        assert!(
            problem.contains("Other") && problem.contains("Router"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_application_below_a_path_of_the_fallback_gets_its_calls() {
    let fallback = Router::new().nest_service("/rpc", service());
    let running = iris_core::Iris::without_context()
        .fallback(fallback)
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap();
    let url = running.url();
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let client = |url: &str| Client::builder(url).protocol(protocol).build().unwrap();
        let below = Remotes::new(client(&format!("{url}/rpc")));
        let fetched = below.shapes().fetch().await.unwrap();
        assert_eq!(fetched, text("fetched"), "{protocol:?}");
        let beside = Remotes::new(client(&url))
            .shapes()
            .fetch()
            .await
            .unwrap_err();
        assert_eq!(i32::from(beside.code), 901, "{protocol:?}");
    }
    running.shutdown().await;
}

#[tokio::test]
async fn what_a_remote_lacks_is_901_and_no_page_of_the_fallback() {
    let running = with_foreign().await;
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let client = client_of(&running, protocol);
        let method = Method::<(), ()>::new("/testing.v1.Shapes/Nothing");
        let error = client.unary::<_, _, i32>(method, ()).await.unwrap_err();
        assert_eq!(error.code, 901, "{protocol:?} {error}");
    }
    let change = || Method::<(), ()>::new("/unknown.v1.Unknown/Nothing");
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        for method in [change(), change().no_side_effects()] {
            let client = client_of(&running, protocol);
            let error = client.unary::<_, _, i32>(method, ()).await.unwrap_err();
            assert_eq!(error.code, 901, "{protocol:?} {error}");
        }
    }
}

fn client_of(running: &Running, protocol: Protocol) -> Client {
    Client::builder(&running.addresses()[1].to_string())
        .protocol(protocol)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_service_that_fails_is_902_in_the_callers_protocol() {
    #[derive(Clone)]
    struct Broken;
    impl Service<http::Request<iris_core::Body>> for Broken {
        type Response = http::Response<Body>;
        type Error = std::io::Error;
        type Future = BoxFuture<http::Response<Body>, std::io::Error>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), std::io::Error>> {
            Poll::Ready(Ok(()))
        }
        fn call(&mut self, _: http::Request<iris_core::Body>) -> Self::Future {
            Box::pin(async {
                Err(std::io::Error::other(
                    "the password of the database is hunter2",
                ))
            })
        }
    }
    let service = end_to_end::application(std::sync::Arc::default())
        .add_service("broken.v1.Broken", Broken)
        .into_service()
        .unwrap();
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let client = Client::builder("http://localhost")
            .protocol(protocol)
            .build_in_process(service.clone())
            .unwrap();
        let method = Method::<(), ()>::new("/broken.v1.Broken/Any");
        let error = client.unary::<_, _, i32>(method, ()).await.unwrap_err();
        assert_eq!(error.code, 902, "{protocol:?} {error:?}");
        assert!(
            error.request_id().is_some() && !format!("{error:?}").contains("hunter2"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_service_that_panics_is_902_and_the_connection_lives() {
    let panicking = tower::service_fn(|_: http::Request<iris_core::Body>| async {
        if true {
            panic!("the password of the database is hunter2");
        }
        Ok::<_, Infallible>(http::Response::new(Body::empty()))
    });
    let running = end_to_end::application(std::sync::Arc::default())
        .add_service("panicking.v1.Panicking", panicking)
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap();
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let client = Client::builder(&running.addresses()[0].to_string())
            .protocol(protocol)
            .build()
            .unwrap();
        let method = Method::<(), ()>::new("/panicking.v1.Panicking/Any");
        let error = client.unary::<_, _, i32>(method, ()).await.unwrap_err();
        assert_eq!(error.code, 902, "{protocol:?} {error:?}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        let fetched = Remotes::new(client).shapes().fetch().await.unwrap();
        assert_eq!(fetched, text("fetched"));
    }
}

#[test]
fn a_wrong_prefix_or_name_is_refused() {
    assert!(service().with_prefix("api").is_err());
    let application = end_to_end::application(std::sync::Arc::default()).add_service(
        "/foreign",
        tower::service_fn(|_: http::Request<iris_core::Body>| async {
            Ok::<_, Infallible>(http::Response::new(Body::empty()))
        }),
    );
    let error = application.into_service().unwrap_err().to_string();
    assert!(error.contains("`/foreign`"), "{error}");
}
