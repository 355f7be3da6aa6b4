//! Watching calls from their beginning to their end: what metrics, traces and access logs are made of.

mod trace;
mod watch;

pub use trace::TraceCalls;
pub(crate) use watch::{Watch, watched};

use crate::{Request, Status};

/// Watches the calls of an application: for metrics, traces, access logs. See
/// [`Iris::observe`](crate::Iris::observe).
///
/// Where it panics, or an [`Observation`] of its own does, the log says so and the call goes on.
///
/// ```
/// use iris_core::{Ending, Iris, Observation, Observer, StartedCall};
/// use std::time::Instant;
///
/// struct AccessLog;
///
/// struct Line {
///     path: String,
///     begun: Instant,
/// }
///
/// impl Observer for AccessLog {
///     fn begin(&self, call: &StartedCall<'_>) -> Option<Box<dyn Observation>> {
///         let path = call.request().path().to_owned();
///         Some(Box::new(Line { path, begun: Instant::now() }))
///     }
/// }
///
/// impl Observation for Line {
///     fn end(self: Box<Self>, ending: Ending) {
///         println!("{} {ending:?} {:?}", self.path, self.begun.elapsed());
///     }
/// }
///
/// let application = Iris::without_context().observe(AccessLog);
/// ```
pub trait Observer: Send + Sync + 'static {
    /// A call has come in for a procedure that is served, and nothing of it was done yet. What is
    /// given back watches it to its end; without one nothing is.
    fn begin(&self, call: &StartedCall<'_>) -> Option<Box<dyn Observation>>;
}

/// Watches one call.
pub trait Observation: Send + Sync + 'static {
    /// Runs a part of the call: `part` must be called once. A call that waits has several parts.
    /// Overridden by what has to be in force meanwhile, such as the span that logs belong to.
    fn run(&self, part: &mut dyn FnMut()) {
        part();
    }

    /// The call is over: its last byte was handed to the connection, or it was given up.
    fn end(self: Box<Self>, ending: Ending);
}

/// A call that has come in.
#[derive(Debug)]
pub struct StartedCall<'a> {
    request: &'a Request,
    protocol: &'static str,
}

impl<'a> StartedCall<'a> {
    pub(crate) fn new(request: &'a Request, protocol: &'static str) -> Self {
        StartedCall { request, protocol }
    }

    /// What came with it.
    pub fn request(&self) -> &'a Request {
        self.request
    }

    /// How it came: `connect`, `grpc` or `grpc_web`.
    pub fn protocol(&self) -> &'static str {
        self.protocol
    }

    /// What OpenTelemetry calls that (`rpc.system.name`): `connectrpc` or `grpc`, of which gRPC-Web is a part.
    pub fn system(&self) -> &'static str {
        match self.protocol {
            "connect" => "connectrpc",
            _ => "grpc",
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// It was answered.
    Completed,
    /// It was answered with an error.
    Failed {
        /// The error's number: the application's, or one of Iris's own.
        code: i32,
        /// Its canonical status.
        status: Status,
    },
    /// Its caller went away, or the server stopped, before all of the answer had left.
    Abandoned,
}
