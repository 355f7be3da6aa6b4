//! Rate, errors and duration of every procedure.

use crate::metrics_service::MetricsService;
use crate::procedures::{Procedure, Procedures};
use iris_core::{Ending, Observation, Observer, StartedCall, Status};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// In seconds, as OpenTelemetry advises for RPC (semantic conventions, "RPC metrics").
const BUCKETS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// Rate, errors and duration of every procedure, and how many calls there are now. Give it to
/// [`Iris::observe`](iris_core::Iris::observe). A clone counts the same calls.
///
/// | metric | labels | |
/// |---|---|---|
/// | `rpc_server_call_duration_seconds` (histogram) | `rpc_system_name`, `rpc_method`, `rpc_response_status_code` | how many calls ended, how, and how long they took: from the arrival to the last byte of the answer |
/// | `iris_server_errors_total` | `rpc_method`, `iris_code` | calls that ended with an error, by its number |
/// | `iris_server_calls_in_flight` | `rpc_method` | calls that have begun and not ended, open streams included |
///
/// The first is OpenTelemetry's `rpc.server.call.duration`, as Prometheus spells it. Methods are
/// `users.v1.Users/Create`, statuses gRPC's names in all protocols, `OK` among them; a call that was given up has
/// `CANCELLED`. There are as many series as there are procedures, times the ways in which they really end: paths
/// that nothing answers are not counted.
#[derive(Clone)]
pub struct Metrics {
    calls: Calls,
    procedures: Arc<Procedures>,
    registry: Arc<Registry>,
}

/// The series of all calls.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) durations: Family<Ended, Histogram, Buckets>,
    pub(crate) errors: Family<Failed, Counter>,
    in_flight: Family<Method, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    rpc_method: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Ended {
    pub(crate) rpc_system_name: &'static str,
    pub(crate) rpc_method: Arc<str>,
    pub(crate) rpc_response_status_code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Failed {
    pub(crate) rpc_method: Arc<str>,
    pub(crate) iris_code: i32,
}

/// The upper bounds of a histogram's buckets.
#[derive(Debug, Clone)]
pub(crate) struct Buckets(Arc<[f64]>);

impl Buckets {
    /// A value counts in the first bucket whose bound it does not exceed, so that they have to ascend.
    fn of(bounds: impl IntoIterator<Item = f64>) -> Self {
        let bounds = bounds.into_iter().filter(|bound| bound.is_finite());
        let mut bounds: Vec<f64> = bounds.collect();
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        Buckets(bounds.into())
    }
}

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(self.0.iter().copied())
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics::new()
    }
}

impl Metrics {
    /// Nothing counted yet; durations in the buckets that OpenTelemetry advises, from 5 ms to 10 s.
    pub fn new() -> Self {
        Metrics::with_buckets(BUCKETS)
    }

    /// The same with other buckets: their upper bounds in seconds. They are put in order; one that is there twice counts
    /// once, and one that is infinite or no number is left out, since there always is a bucket without a bound.
    pub fn with_buckets(bounds: impl IntoIterator<Item = f64>) -> Self {
        let calls = Calls {
            durations: Family::new_with_constructor(Buckets::of(bounds)),
            errors: Family::default(),
            in_flight: Family::default(),
        };
        let mut registry = Registry::default();
        calls.register(&mut registry);
        Metrics {
            calls,
            procedures: Arc::default(),
            registry: Arc::new(registry),
        }
    }

    /// Shows them in a registry of yours too, beside metrics of your own.
    pub fn register(&self, registry: &mut Registry) {
        self.calls.register(registry);
    }

    /// What Prometheus reads (OpenMetrics 1.0).
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }

    /// A service that answers GET with [`Metrics::text`]: `Iris::add_service("metrics", metrics.service())`, or a route of
    /// any `tower` server.
    pub fn service(&self) -> MetricsService {
        MetricsService::new(self.clone())
    }
}

impl Calls {
    fn procedure(&self, path: &str, system: &'static str) -> Procedure {
        let method: Arc<str> = path.trim_start_matches('/').into();
        let labels = Method {
            rpc_method: method.clone(),
        };
        let in_flight = self.in_flight.get_or_create_owned(&labels);
        Procedure::new(self.clone(), method, system, in_flight)
    }

    fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "rpc_server_call_duration",
            "Calls that ended, by how long they took",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register(
            "iris_server_errors",
            "Calls that ended with an error, by its number",
            self.errors.clone(),
        );
        registry.register(
            "iris_server_calls_in_flight",
            "Calls that have begun and not ended",
            self.in_flight.clone(),
        );
    }
}

impl Observer for Metrics {
    fn begin(&self, call: &StartedCall<'_>) -> Option<Box<dyn Observation>> {
        let (path, system) = (call.request().path(), call.system());
        let procedure = self
            .procedures
            .get(path, system, || self.calls.procedure(path, system));
        procedure.in_flight.inc();
        Some(Box::new(Counted {
            procedure,
            begun: Instant::now(),
        }))
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// A call that has begun.
struct Counted {
    procedure: Arc<Procedure>,
    begun: Instant,
}

impl Observation for Counted {
    fn end(self: Box<Self>, ending: Ending) {
        let Counted { procedure, begun } = *self;
        procedure.in_flight.dec();
        let took = begun.elapsed().as_secs_f64();
        match ending {
            Ending::Completed => procedure.completed().observe(took),
            Ending::Failed { code, status } => procedure.failed(code, status).observe(took),
            _ => procedure.ended(Status::Canceled.grpc_name()).observe(took),
        }
    }
}
