//! A context that writes down what runs, and when.

use iris_core::{IrisError, Request};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// What tests see of the server's inside.
#[derive(Debug, Default)]
pub struct Probe {
    /// Told when a procedure has begun to wait for ever.
    pub started: Notify,
    /// Told when such a procedure was dropped.
    pub dropped: Notify,
    /// Told by a test to let a waiting procedure go on.
    pub proceed: Notify,
    /// How often a procedure's code began.
    pub calls: AtomicU64,
}

/// The context of every procedure here.
#[derive(Debug)]
pub struct Trace {
    /// The call.
    pub request: Request,
    /// Shared with the test.
    pub probe: Arc<Probe>,
    steps: Mutex<Vec<String>>,
}

impl Trace {
    /// The context initializer. It fails where the caller asks for it.
    pub async fn of(request: Request, probe: Arc<Probe>) -> Result<Self, IrisError> {
        if let Some(code) = request.metadata().get("x-fail-initializer") {
            let code = code.parse().unwrap_or(-1);
            return Err(IrisError::new(code, "the initializer failed"));
        }
        let trace = Trace {
            request,
            probe,
            steps: Mutex::default(),
        };
        trace.step("initializer");
        Ok(trace)
    }

    /// Writes a step down.
    pub fn step(&self, step: &str) {
        self.steps
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(step.to_owned());
    }

    /// All steps so far.
    pub fn steps(&self) -> Vec<String> {
        self.steps
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Counts a call.
    pub fn count(&self) {
        self.probe.calls.fetch_add(1, Ordering::SeqCst);
    }
}

/// Tells the test when it is dropped.
#[derive(Debug)]
pub struct DropTeller(pub Arc<Probe>);

impl Drop for DropTeller {
    fn drop(&mut self) {
        self.0.dropped.notify_one();
    }
}
