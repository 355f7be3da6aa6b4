//! A span for each call.

use super::{Ending, Observation, Observer, StartedCall};
use crate::{Request, Status};
use std::fmt;
use tracing::Span;
use tracing::field::Empty;

/// Makes a `tracing` span for each call, in which the initializer, the filters and the procedure run, so that
/// what they log belongs to it.
///
/// The span's name is `call`, its level INFO and its target `iris::call`. Its fields are those of OpenTelemetry's
/// semantic conventions (RPC spans: `rpc.system.name`, `rpc.method`, `rpc.response.status_code`, `error.type`), and
/// `request_id` and `iris.code`. `otel.name`, `otel.kind` and `otel.status_code` are what tracing-opentelemetry reads.
///
/// ```
/// use iris_core::{Iris, TraceCalls};
///
/// let application = Iris::without_context().observe(TraceCalls::new());
/// ```
#[derive(Default)]
#[must_use = "give it to an application: `Iris::observe`"]
pub struct TraceCalls {
    on_begin: Option<OnBegin>,
}

type OnBegin = Box<dyn Fn(&Request, &Span) + Send + Sync>;

impl TraceCalls {
    /// A span for each call, without more.
    pub fn new() -> Self {
        TraceCalls::default()
    }

    /// Does something with each new span, such as setting the parent that the caller's metadata names.
    pub fn on_begin(mut self, work: impl Fn(&Request, &Span) + Send + Sync + 'static) -> Self {
        self.on_begin = Some(Box::new(work));
        self
    }
}

impl Observer for TraceCalls {
    fn begin(&self, call: &StartedCall<'_>) -> Option<Box<dyn Observation>> {
        let request = call.request();
        let method = request.path().trim_start_matches('/');
        let span = tracing::info_span!(
            target: "iris::call",
            "call",
            otel.name = method,
            otel.kind = "server",
            otel.status_code = Empty,
            rpc.system.name = call.system(),
            rpc.method = method,
            rpc.response.status_code = Empty,
            error.type = Empty,
            iris.code = Empty,
            request_id = Empty,
        );
        if span.is_disabled() {
            return None;
        }
        span.record("request_id", request.id());
        if let Some(work) = &self.on_begin {
            work(request, &span);
        }
        Some(Box::new(Traced(span)))
    }
}

impl fmt::Debug for TraceCalls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TraceCalls").finish_non_exhaustive()
    }
}

/// A call's span.
struct Traced(Span);

impl Observation for Traced {
    fn run(&self, part: &mut dyn FnMut()) {
        self.0.in_scope(part);
    }

    fn end(self: Box<Self>, ending: Ending) {
        let span = &self.0;
        match ending {
            Ending::Completed => {
                span.record("rpc.response.status_code", "OK");
            }
            Ending::Failed { code, status } => {
                let name = status.grpc_name();
                span.record("rpc.response.status_code", name);
                span.record("iris.code", code);
                // A caller's own mistake is no failure of the server ("Recording errors", gRPC conventions).
                if status.is_server_fault() {
                    span.record("otel.status_code", "ERROR");
                    span.record("error.type", name);
                }
            }
            Ending::Abandoned => {
                span.record("rpc.response.status_code", Status::Canceled.grpc_name());
            }
        }
    }
}
