//! What Prometheus reads of real calls.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use futures_util::stream::{self, Stream};
use iris_client::{Client, IrisError, Method, Protocol, ServerStreaming};
use iris_core::{HttpServer, Iris, Request, Running, Status, remote};
use iris_telemetry::Metrics;
use prost_types::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

struct Clock;

#[remote(package = "clock.v1")]
impl Clock {
    /// Answers.
    #[procedure]
    async fn tick(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        Ok(())
    }

    /// Fails.
    #[procedure]
    async fn strike(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        Err(iris_core::IrisError::new(7, "broken").with_status(Status::NotFound))
    }

    /// Says that it was called, waits until it may go on, and answers with two messages.
    #[procedure]
    async fn hold(
        &self,
        request: &Request,
    ) -> Result<impl Stream<Item = Result<Timestamp, iris_core::IrisError>>, iris_core::IrisError>
    {
        let gate: Gate = request.extensions().get::<Gate>().unwrap().clone();
        gate.begun.notify_one();
        gate.open.notified().await;
        Ok(stream::iter([
            Ok(Timestamp::default()),
            Ok(Timestamp::default()),
        ]))
    }

    /// Shows that it is being called.
    #[procedure]
    async fn look(&self, request: &Request) -> Result<(), iris_core::IrisError> {
        let metrics: &Metrics = request.extensions().get().unwrap();
        let now = read(&metrics.text());
        match now[r#"iris_server_calls_in_flight{rpc_method="clock.v1.Clock/Look"}"#] {
            1.0 => Ok(()),
            other => Err(iris_core::IrisError::new(8, format!("{other} in flight"))),
        }
    }
}

/// Where calls that wait are, and are let through.
#[derive(Debug, Clone, Default)]
struct Gate {
    begun: Arc<Notify>,
    open: Arc<Notify>,
}

async fn serve(metrics: &Metrics) -> Running {
    serve_with(metrics, &Gate::default()).await
}

async fn serve_with(metrics: &Metrics, gate: &Gate) -> Running {
    let shown = (metrics.clone(), gate.clone());
    let layer = tower_layer::layer_fn(move |inner| {
        let (metrics, gate) = shown.clone();
        tower::util::MapRequest::new(inner, move |mut request: http::Request<iris_core::Body>| {
            request.extensions_mut().insert(metrics.clone());
            request.extensions_mut().insert(gate.clone());
            request
        })
    });
    Iris::without_context()
        .add_remote(Clock)
        .observe(metrics.clone())
        .add_service("metrics", metrics.service())
        .add_server(HttpServer::bind("127.0.0.1:0").layer(layer))
        .start()
        .await
        .unwrap()
}

/// Each sample by its name with labels.
fn read(text: &str) -> HashMap<String, f64> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect()
}

async fn call(client: &Client, path: &'static str) -> Result<(), IrisError> {
    client.unary(Method::<(), ()>::new(path), ()).await
}

#[tokio::test]
async fn every_call_is_counted_by_how_it_ended() {
    let metrics = Metrics::new();
    let running = serve(&metrics).await;
    for protocol in [Protocol::Connect, Protocol::Grpc, Protocol::GrpcWeb] {
        let client = Client::builder(&running.url()).protocol(protocol).build();
        let client = client.unwrap();
        for _ in 0..2 {
            call(&client, "/clock.v1.Clock/Tick").await.unwrap();
        }
        call(&client, "/clock.v1.Clock/Strike").await.unwrap_err();
        call(&client, "/clock.v1.Clock/Look").await.unwrap();
        call(&client, "/clock.v1.Clock/Nothing").await.unwrap_err();
    }
    // Every call has been answered; its end is told a moment after its last byte was handed over.
    running.shutdown().await;
    let samples = read(&metrics.text());
    let count = |system: &str, procedure: &str, status: &str| {
        let labels = format!(
            r#"rpc_system_name="{system}",rpc_method="clock.v1.Clock/{procedure}",rpc_response_status_code="{status}""#
        );
        samples[&format!("rpc_server_call_duration_seconds_count{{{labels}}}")]
    };
    assert_eq!(count("connectrpc", "Tick", "OK"), 2.0);
    assert_eq!(count("grpc", "Tick", "OK"), 4.0, "gRPC-Web is gRPC");
    assert_eq!(count("connectrpc", "Strike", "NOT_FOUND"), 1.0);
    assert_eq!(count("grpc", "Strike", "NOT_FOUND"), 2.0);
    let errors = r#"iris_server_errors_total{rpc_method="clock.v1.Clock/Strike",iris_code="7"}"#;
    assert_eq!(samples[errors], 3.0);
    let in_flight = r#"iris_server_calls_in_flight{rpc_method="clock.v1.Clock/Tick"}"#;
    assert_eq!(samples[in_flight], 0.0);
    assert!(
        !metrics.text().contains("Nothing"),
        "paths of strangers are no labels"
    );
}

#[tokio::test]
async fn streams_are_counted_with_all_of_their_time_and_those_that_are_given_up_too() {
    for (protocol, system) in [(Protocol::Connect, "connectrpc"), (Protocol::Grpc, "grpc")] {
        let (metrics, gate) = (Metrics::new(), Gate::default());
        let running = serve_with(&metrics, &gate).await;
        let client = Client::builder(&running.url())
            .protocol(protocol)
            .http2()
            .build();
        let client = client.unwrap();
        let hold = || -> ServerStreaming<(), Timestamp> {
            client.server_streaming(Method::new("/clock.v1.Clock/Hold"), ())
        };
        let series = |status: &str, what: &str| {
            let labels = format!(
                r#"rpc_system_name="{system}",rpc_method="clock.v1.Clock/Hold",rpc_response_status_code="{status}""#
            );
            let name = format!("rpc_server_call_duration_seconds_{what}{{{labels}}}");
            read(&metrics.text()).get(&name).copied()
        };
        let in_flight = r#"iris_server_calls_in_flight{rpc_method="clock.v1.Clock/Hold"}"#;

        let held = Duration::from_millis(30);
        let begun = Instant::now();
        let answered = async {
            let mut stream = hold().await.unwrap();
            let mut messages = 0;
            while stream.message().await.unwrap().is_some() {
                messages += 1;
            }
            messages
        };
        let letting = async {
            gate.begun.notified().await;
            assert_eq!(read(&metrics.text())[in_flight], 1.0);
            tokio::time::sleep(held).await;
            gate.open.notify_one();
        };
        let (messages, ()) = tokio::join!(answered, letting);
        assert_eq!(messages, 2);

        let given_up = tokio::spawn({
            let call = hold();
            async move { call.await.map(drop) }
        });
        gate.begun.notified().await;
        given_up.abort();
        running.shutdown().await;
        let whole = begun.elapsed().as_secs_f64();
        assert_eq!(series("OK", "count"), Some(1.0), "{system}");
        let took = series("OK", "sum").unwrap();
        assert!(
            took >= held.as_secs_f64() && took <= whole,
            "{took} s of {whole}"
        );
        assert_eq!(series("CANCELLED", "count"), Some(1.0), "{system}");
        assert_eq!(read(&metrics.text())[in_flight], 0.0);
    }
}

#[tokio::test]
async fn metrics_are_read_with_get_beside_the_remotes_and_in_a_registry_of_ones_own() {
    // In whatever order.
    let metrics = Metrics::with_buckets([2.0, f64::NAN, 0.5, f64::INFINITY, 2.0]);
    let running = serve(&metrics).await;
    let client = Client::connect(&running.url()).unwrap();
    call(&client, "/clock.v1.Clock/Tick").await.unwrap();
    let answer = get(&running.url(), "/metrics").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("application/openmetrics-text"), "{head}");
    assert!(body.contains("iris_server_calls_in_flight"), "{body}");
    assert!(body.trim_end().ends_with("# EOF"), "{body}");

    let mut registry = prometheus_client::registry::Registry::default();
    metrics.register(&mut registry);
    running.shutdown().await;
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    for bound in ["0.5", "2.0", "+Inf"] {
        let bound = format!("le=\"{bound}\"");
        assert_eq!(text.matches(&bound).count(), 1, "{bound}: {text}");
    }
    assert!(text.find("le=\"0.5\"") < text.find("le=\"2.0\""), "{text}");
    assert!(!text.contains("NaN"), "{text}");
    assert!(!text.contains("le=\"0.005\""));
}

/// What a server answers to a GET, head and body.
async fn get(url: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = url.trim_start_matches("http://");
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}
