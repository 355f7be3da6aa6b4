//! Health checks.

use crate::health::Statuses;
use crate::messages::grpc::health::v1::health_check_response::ServingStatus;
use crate::messages::grpc::health::v1::{
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse,
};
use futures_util::stream;
use iris_core::{IrisError, Request, Status, Stream, remote};
use tokio::sync::watch;

/// The most services that `List` tells of (gRPC proposal A90).
const LISTED: usize = 100;

/// Answers for a [`Health`](crate::Health).
#[derive(Debug)]
pub(crate) struct HealthRemote {
    statuses: watch::Receiver<Statuses>,
}

impl HealthRemote {
    pub(crate) fn new(statuses: watch::Receiver<Statuses>) -> Self {
        HealthRemote { statuses }
    }
}

/// Tells which services are healthy.
#[remote(package = "grpc.health.v1", name = "Health")]
impl HealthRemote {
    /// The status of a service now; `not_found` where it is not known.
    #[procedure(idempotent)]
    async fn check(
        &self,
        _: &Request,
        request: HealthCheckRequest,
    ) -> Result<HealthCheckResponse, IrisError> {
        let status = self.statuses.borrow().get(&request.service).copied();
        status.map(told).ok_or_else(|| {
            let why = format!("nothing is known of the service `{}`", request.service);
            IrisError::of_status(Status::NotFound, why)
        })
    }

    /// The status of every service; `resource_exhausted` where there are more than 100.
    #[procedure(idempotent)]
    async fn list(
        &self,
        _: &Request,
        _: HealthListRequest,
    ) -> Result<HealthListResponse, IrisError> {
        let statuses = self.statuses.borrow();
        if statuses.len() > LISTED {
            let why = format!("there are {} services; ask for one", statuses.len());
            return Err(IrisError::of_status(Status::ResourceExhausted, why));
        }
        let statuses = statuses
            .iter()
            .map(|(name, status)| (name.clone(), told(*status)));
        Ok(HealthListResponse {
            statuses: statuses.collect(),
        })
    }

    /// The status of a service now, and each that follows.
    #[procedure]
    async fn watch(
        &self,
        context: &Request,
        request: HealthCheckRequest,
    ) -> Result<impl Stream<Item = Result<HealthCheckResponse, IrisError>>, IrisError> {
        let watching = Watching {
            service: request.service,
            statuses: self.statuses.clone(),
            last: None,
            ended: false,
        };
        let context = context.clone();
        Ok(stream::unfold(watching, move |mut watching| {
            let stopping = context.stopping();
            async move {
                let status = watching.next(stopping).await?;
                Some((Ok(told(status)), watching))
            }
        }))
    }
}

fn told(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}

/// A stream that tells how a service is.
struct Watching {
    service: String,
    statuses: watch::Receiver<Statuses>,
    last: Option<ServingStatus>,
    ended: bool,
}

impl Watching {
    /// The next status that differs from the last; `None` after the server began to stop.
    async fn next(&mut self, stopping: impl Future<Output = ()>) -> Option<ServingStatus> {
        if self.ended {
            return None;
        }
        let (service, last) = (&self.service, self.last);
        let now = |statuses: &Statuses| {
            let status = statuses.get(service).copied();
            status.unwrap_or(ServingStatus::ServiceUnknown)
        };
        let changed = self
            .statuses
            .wait_for(|statuses| Some(now(statuses)) != last);
        let status = tokio::select! {
            changed = changed => Some(now(&*changed.ok()?)),
            () = stopping => None,
        };
        self.ended = status.is_none();
        let status = status.unwrap_or(ServingStatus::NotServing);
        let repeated = self.last == Some(status);
        self.last = Some(status);
        (!repeated).then_some(status)
    }
}
