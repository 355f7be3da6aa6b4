//! The server of Iris with observers: `metrics`, or `traces` besides; or `unused`, where they are only linked.

use iris_core::{Address, HttpServer, Iris};
use iris_telemetry::{Metrics, trace_calls};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use rpc_iris::remotes::bench::Bench;
use rpc_peer::{Counting, Failure, server};
use std::process::ExitCode;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

fn main() -> ExitCode {
    server::run(&ALLOCATIONS, async |ready| {
        let application = Iris::without_context().add_remote(Bench);
        let application = match std::env::args().nth(1).as_deref() {
            Some("unused") => application,
            Some("metrics") => application.observe(Metrics::new()),
            Some("traces") => {
                record_spans()?;
                let application = application.observe(Metrics::new());
                application.observe(trace_calls())
            }
            _ => return Err("usage: unused | metrics | traces".into()),
        };
        let running = application
            .add_server(HttpServer::bind("127.0.0.1:0"))
            .start()
            .await?;
        let address = running.addresses().first().and_then(Address::tcp);
        ready.at(address.ok_or("the server has no address")?)?;
        std::future::pending::<Result<(), Failure>>().await
    })
}

/// As docs/operating.md sets them up.
fn record_spans() -> Result<(), Failure> {
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(Nowhere)
        .build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("bench"));
    opentelemetry::global::set_tracer_provider(provider);
    // Without it h2 makes spans of its own, hundreds a call.
    let filtered = tracing_subscriber::registry().with(LevelFilter::INFO);
    Ok(filtered.with(spans).try_init()?)
}

/// What a collector would take is not Iris's.
#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}
