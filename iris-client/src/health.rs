//! Asking servers whether they serve.

use crate::client::Shared;
use crate::json::{self, FieldReader, FieldWriter, Fields};
use crate::transport::{Http, Pinned};
use crate::{Format, Status, call};
use http::Extensions;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::task::JoinSet;

/// The procedure of gRPC's health checking protocol (`health.proto`, "Check").
pub(crate) const CHECK: &str = "/grpc.health.v1.Health/Check";

/// The statuses that one is: `NOT_SERVING`, in protobuf a number.
const NOT_SERVING: (u8, &str) = (2, "NOT_SERVING");

/// How long an answer may take, at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// The checks of a client.
pub(crate) struct HealthChecks {
    http: Http,
    interval: Duration,
    is_running: AtomicBool,
}

impl HealthChecks {
    pub(crate) fn new(http: Http, interval: Duration) -> Self {
        HealthChecks {
            http,
            interval: interval.max(Duration::from_millis(1)),
            is_running: AtomicBool::new(false),
        }
    }

    /// Begins with the client's first call, as there is a runtime then.
    pub(crate) fn begin(&self, shared: &Arc<Shared>) {
        if !self.is_running.load(Ordering::Relaxed)
            && !self.is_running.swap(true, Ordering::Relaxed)
        {
            tokio::spawn(Running(Arc::downgrade(shared)).run());
        }
    }
}

/// Checks that go on as long as the client is there.
struct Running(Weak<Shared>);

impl Running {
    async fn run(self) {
        while let Some(interval) = self.check_all().await {
            tokio::time::sleep(interval).await;
        }
    }

    /// Asks at each address; gives when to ask again.
    async fn check_all(&self) -> Option<Duration> {
        let shared = self.0.upgrade()?;
        let checks = shared.health.as_ref()?;
        let interval = checks.interval;
        let mut asking = JoinSet::new();
        for pinned in checks.http.each().await {
            asking.spawn(check(shared.clone(), pinned));
        }
        // Whoever drops the client does not wait for what servers say.
        drop(shared);
        while asking.join_next().await.is_some() {}
        Some(interval)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade()
            && let Some(checks) = &shared.health
        {
            checks.is_running.store(false, Ordering::Relaxed);
        }
    }
}

async fn check(shared: Arc<Shared>, pinned: Pinned) {
    let format = shared.settings.format();
    let patience = shared.health.as_ref().map(|checks| checks.interval);
    let patience = patience
        .unwrap_or(PATIENCE)
        .clamp(Duration::from_secs(1), PATIENCE);
    let mut extensions = Extensions::new();
    extensions.insert(pinned.clone());
    match call::asked(shared, CHECK, patience, extensions).await {
        Ok(answer) => pinned.set_serving(!says_not_serving(format, &answer)),
        // A server without health checks has nothing against calls.
        Err(error) if error.status == Status::Unimplemented => pinned.set_serving(true),
        // What cannot be reached shows in its connections.
        Err(_) => {}
    }
}

/// Whether a `HealthCheckResponse` has that status, which is its first field, and the only one.
fn says_not_serving(format: Format, answer: &[u8]) -> bool {
    match format {
        Format::Proto => answer == [1 << 3, NOT_SERVING.0],
        _ => json::from_slice(answer)
            .is_ok_and(|answer: HealthCheckResponse| answer.status == NOT_SERVING.1),
    }
}

#[derive(Debug, Default)]
struct HealthCheckResponse {
    status: String,
}

impl Fields for HealthCheckResponse {
    fn write(&self, out: &mut FieldWriter<'_>) -> json::Result {
        out.singular::<json::Text>("status", &self.status)
    }

    fn read(&mut self, field: &mut FieldReader<'_>) -> json::Result<bool> {
        match field.name() {
            "status" => field.singular::<json::Text>(1, &mut self.status),
            _ => Ok(false),
        }
    }
}
