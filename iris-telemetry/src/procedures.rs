//! What is kept of each procedure, so that a call finds its series without spelling their labels.

use crate::metrics::{Calls, Ended, Failed};
use iris_core::Status;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// The procedures that were called, by path; of each as many as there are systems (`rpc.system.name`) that called it.
///
/// Observers hear of calls to procedures that are served, and of no other: there are no more than those.
#[derive(Default)]
pub(crate) struct Procedures(RwLock<HashMap<Arc<str>, Vec<Arc<Procedure>>>>);

impl Procedures {
    /// The one that is kept, or a new one.
    pub(crate) fn get(
        &self,
        path: &str,
        system: &'static str,
        new: impl FnOnce() -> Procedure,
    ) -> Arc<Procedure> {
        let of_system = |known: &Vec<Arc<Procedure>>| {
            let mut known = known.iter();
            known.find(|known| known.system == system).cloned()
        };
        // Nothing panics while it is locked, and what was written before a panic would be whole.
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(procedure) = known.get(path).and_then(of_system) {
            return procedure;
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = known.entry(path.into()).or_default();
        // Another call may have been first.
        of_system(known).unwrap_or_else(|| {
            let procedure = Arc::new(new());
            known.push(procedure.clone());
            procedure
        })
    }
}

/// The series of a procedure that was called by way of one system.
pub(crate) struct Procedure {
    calls: Calls,
    method: Arc<str>,
    system: &'static str,
    pub(crate) in_flight: Gauge,
    /// There is no series of calls that completed before one did.
    completed: OnceLock<Histogram>,
}

impl Procedure {
    pub(crate) fn new(
        calls: Calls,
        method: Arc<str>,
        system: &'static str,
        in_flight: Gauge,
    ) -> Self {
        Procedure {
            calls,
            method,
            system,
            in_flight,
            completed: OnceLock::new(),
        }
    }

    /// Durations of calls that were answered.
    pub(crate) fn completed(&self) -> &Histogram {
        self.completed.get_or_init(|| self.ended("OK"))
    }

    /// Durations of calls that ended with such an error, of which this is one more.
    pub(crate) fn failed(&self, code: i32, status: Status) -> Histogram {
        let labels = Failed {
            rpc_method: self.method.clone(),
            iris_code: code,
        };
        self.calls.errors.get_or_create(&labels).inc();
        self.ended(status.grpc_name())
    }

    /// Durations of calls that ended with this status.
    pub(crate) fn ended(&self, status: &'static str) -> Histogram {
        let labels = Ended {
            rpc_system_name: self.system,
            rpc_method: self.method.clone(),
            rpc_response_status_code: status,
        };
        self.calls.durations.get_or_create_owned(&labels)
    }
}
