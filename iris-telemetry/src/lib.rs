//! What calls cost and how they end, for Prometheus; where they came from and went, for OpenTelemetry.
//!
//! ```
//! use iris_core::Iris;
//! use iris_telemetry::{Metrics, trace_calls};
//!
//! let metrics = Metrics::new();
//! let application = Iris::without_context()
//!     .observe(trace_calls())
//!     .observe(metrics.clone())
//!     .add_service("metrics", metrics.service());
//! ```
//!
//! `/metrics` then answers what Prometheus reads. Where it is not for everybody, serve it on a port of its own:
//! `Iris::without_context().add_service("metrics", metrics.service()).add_server(..)`.
//!
//! - [`Metrics`] (feature `metrics`): how many calls, how they ended, how long they took, how many there are now
//! - [`trace_calls`] (feature `opentelemetry`): a span for each call, in the trace that its caller names
//! - [`Propagate`] (feature `opentelemetry`): a client's layer that names the current trace to whom it calls
//!
//! Spans reach a collector by `tracing-opentelemetry` and an exporter, which an application sets up for itself;
//! the guide's chapter on operating (`docs/operating.md`) shows how.

#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "metrics")]
mod metrics_service;
#[cfg(feature = "metrics")]
mod procedures;
#[cfg(feature = "opentelemetry")]
mod propagate;
#[cfg(feature = "opentelemetry")]
mod trace;

#[cfg(feature = "metrics")]
pub use {metrics::Metrics, metrics_service::MetricsService, prometheus_client};
#[cfg(feature = "opentelemetry")]
pub use {
    propagate::{Propagate, Propagating},
    trace::trace_calls,
};
