//! Spans of a caller, a server and the server it calls are one trace.

use futures_util::stream::{self, Stream, StreamExt};
use iris_client::{Client, Method, Protocol, ServerStreaming};
use iris_core::{HttpServer, Iris, Request, Status, remote};
use iris_telemetry::{Propagate, trace_calls};
use opentelemetry::trace::{SpanKind, Status as SpanStatus, TracerProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use prost_types::Timestamp;
use tokio::sync::Notify;
use tower_layer::Layer;
use tracing_subscriber::layer::SubscriberExt;

/// The server at the end of the way.
struct Clock;

#[remote(package = "clock.v1")]
impl Clock {
    /// Answers, and logs that it does.
    #[procedure]
    async fn tick(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        tracing::info!("tick");
        Ok(())
    }

    /// Fails by a fault of the server's.
    #[procedure]
    async fn strike(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        Err(iris_core::IrisError::new(7, "broken").with_status(Status::DataLoss))
    }

    /// Refuses by a fault of the caller's.
    #[procedure]
    async fn refuse(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        Err(iris_core::IrisError::new(8, "no").with_status(Status::InvalidArgument))
    }

    /// Logs each of its answers.
    #[procedure]
    async fn chime(
        &self,
        _: &Request,
    ) -> Result<impl Stream<Item = Result<Timestamp, iris_core::IrisError>>, iris_core::IrisError>
    {
        Ok(stream::iter(0..3).map(|_| {
            tracing::info!("chime");
            Ok(Timestamp::default())
        }))
    }

    /// Says that it was called, and never answers.
    #[procedure]
    async fn stand(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        tracing::info!("stands");
        STANDS.notify_one();
        std::future::pending().await
    }
}

static STANDS: Notify = Notify::const_new();

/// The server between.
struct Relay {
    clock: Client,
}

#[remote(package = "relay.v1")]
impl Relay {
    /// Calls the clock.
    #[procedure]
    async fn relay(&self, _: &Request) -> Result<(), iris_core::IrisError> {
        let tick = Method::<(), ()>::new("/clock.v1.Clock/Tick");
        self.clock.unary::<_, _, i32>(tick, ()).await
    }
}

fn attribute(span: &SpanData, name: &str) -> String {
    let found = span
        .attributes
        .iter()
        .find(|pair| pair.key.as_str() == name);
    found.map(|pair| pair.value.to_string()).unwrap_or_default()
}

// One test, since the propagator and the subscriber are the process's.
#[tokio::test]
async fn a_call_is_a_span_in_its_callers_trace_and_so_are_its_own_calls() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let telemetry = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(telemetry);
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let clock = Iris::without_context()
        .add_remote(Clock)
        .observe(trace_calls())
        .into_service()
        .unwrap();
    let clock = Client::in_process(Propagate.layer(clock));
    let running = Iris::without_context()
        .add_remote(Relay {
            clock: clock.clone(),
        })
        .add_remote(Clock)
        .observe(trace_calls())
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap();

    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let client = Client::connect(&running.url()).unwrap();
    let relay = Method::<(), ()>::new("/relay.v1.Relay/Relay");
    client
        .unary::<_, _, i32>(relay, ())
        .metadata("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"))
        .await
        .unwrap();
    for (path, code) in [("/clock.v1.Clock/Strike", 7), ("/clock.v1.Clock/Refuse", 8)] {
        let call = clock.unary::<_, _, i32>(Method::<(), ()>::new(path), ());
        assert_eq!(call.await.unwrap_err().code, code);
    }
    let grpc = Client::builder(&running.url()).protocol(Protocol::Grpc);
    let grpc = grpc.build().unwrap();
    let chime = Method::new("/clock.v1.Clock/Chime");
    let chimes: ServerStreaming<(), Timestamp> = grpc.server_streaming(chime, ());
    let mut chimes = chimes
        .metadata("traceparent", &format!("00-{trace}-00f067aa0ba902b8-01"))
        .await
        .unwrap();
    while chimes.message().await.unwrap().is_some() {}
    let standing = tokio::spawn({
        let stand = grpc.unary::<_, _, i32>(Method::<(), ()>::new("/clock.v1.Clock/Stand"), ());
        async move { stand.await }
    });
    STANDS.notified().await;
    standing.abort();
    running.shutdown().await;

    let spans = exporter.get_finished_spans().unwrap();
    let span = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let (relay, tick) = (span("relay.v1.Relay/Relay"), span("clock.v1.Clock/Tick"));
    assert_eq!(relay.span_context.trace_id().to_string(), trace);
    assert_eq!(relay.parent_span_id.to_string(), "00f067aa0ba902b7");
    assert_eq!(relay.span_kind, SpanKind::Server);
    assert_eq!(tick.span_context.trace_id().to_string(), trace);
    assert_eq!(tick.parent_span_id, relay.span_context.span_id());
    for (name, value) in [
        ("rpc.system.name", "connectrpc"),
        ("rpc.method", "relay.v1.Relay/Relay"),
        ("rpc.response.status_code", "OK"),
    ] {
        assert_eq!(attribute(relay, name), value);
    }
    assert_eq!(attribute(relay, "request_id").len(), 32);
    assert!(tick.events.iter().any(|event| event.name == "tick"));

    let chime = span("clock.v1.Clock/Chime");
    assert_eq!(attribute(chime, "rpc.system.name"), "grpc");
    assert_eq!(chime.span_context.trace_id().to_string(), trace);
    assert_eq!(chime.parent_span_id.to_string(), "00f067aa0ba902b8");
    let chimes = chime.events.iter().filter(|event| event.name == "chime");
    assert_eq!(chimes.count(), 3, "{chime:?}");
    let stand = span("clock.v1.Clock/Stand");
    assert_eq!(attribute(stand, "rpc.response.status_code"), "CANCELLED");
    assert_eq!(stand.status, SpanStatus::Unset, "nobody's fault");

    let strike = span("clock.v1.Clock/Strike");
    assert!(
        matches!(strike.status, SpanStatus::Error { .. }),
        "{strike:?}"
    );
    assert_eq!(attribute(strike, "error.type"), "DATA_LOSS");
    assert_eq!(attribute(strike, "iris.code"), "7");
    let refuse = span("clock.v1.Clock/Refuse");
    assert_eq!(refuse.status, SpanStatus::Unset, "the caller's fault");
    assert_eq!(
        attribute(refuse, "rpc.response.status_code"),
        "INVALID_ARGUMENT"
    );
}
