//! Spans in the trace that the caller names.

use http::HeaderMap;
use iris_core::TraceCalls;
use opentelemetry::global;
use opentelemetry::propagation::Extractor;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// A span for each call, as [`TraceCalls`] makes them, whose parent is the one that the caller's metadata names:
/// by `traceparent`, or whatever `opentelemetry::global::set_text_map_propagator` was given.
///
/// ```
/// use iris_core::Iris;
/// use opentelemetry_sdk::propagation::TraceContextPropagator;
///
/// opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
/// let application = Iris::without_context().observe(iris_telemetry::trace_calls());
/// ```
pub fn trace_calls() -> TraceCalls {
    TraceCalls::new().on_begin(|request, span| {
        let headers = Headers(request.metadata().headers());
        let parent = global::get_text_map_propagator(|propagator| propagator.extract(&headers));
        // Where no layer of tracing-opentelemetry looks at this span, there is nobody to be told.
        let _ = span.set_parent(parent);
    })
}

/// A caller's metadata, as propagators read it.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}
