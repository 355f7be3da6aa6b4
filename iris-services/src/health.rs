//! Which services are healthy.

use crate::messages::grpc::health::v1::health_check_response::ServingStatus;
use crate::remotes::health::HealthRemote;
use iris_core::{Iris, Request};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// Which services are healthy, to be asked by gRPC's health checking protocol (`grpc.health.v1.Health`).
///
/// The empty name is the server as a whole, and serves from the beginning; other names are those of remotes,
/// such as `users.v1.Users`, and unknown until they are set. A clone tells the same.
///
/// Where a server stops, those who watch are told that it no longer serves, and their streams end, so that they
/// do not hold the draining up.
#[derive(Debug, Clone)]
pub struct Health {
    statuses: Arc<watch::Sender<Statuses>>,
}

pub(crate) type Statuses = BTreeMap<String, ServingStatus>;

impl Default for Health {
    fn default() -> Self {
        Health::new()
    }
}

impl Health {
    /// A server that serves, of whose remotes nothing is known.
    pub fn new() -> Self {
        let server = (String::new(), ServingStatus::Serving);
        Health {
            statuses: Arc::new(watch::Sender::new(BTreeMap::from([server]))),
        }
    }

    /// A service is healthy.
    pub fn set_serving(&self, service: &str) {
        self.set(service, ServingStatus::Serving);
    }

    /// A service is not to be called.
    pub fn set_not_serving(&self, service: &str) {
        self.set(service, ServingStatus::NotServing);
    }

    /// Nothing is known of a service any more.
    pub fn remove(&self, service: &str) {
        self.statuses
            .send_if_modified(|statuses| statuses.remove(service).is_some());
    }

    /// No service is to be called, the server as a whole included: for the time before it stops.
    pub fn set_nothing_serving(&self) {
        self.statuses.send_modify(|statuses| {
            for status in statuses.values_mut() {
                *status = ServingStatus::NotServing;
            }
        });
    }

    /// The remote, to be served by [`Iris::add_application`].
    pub fn application(&self) -> Iris<Request> {
        Iris::without_context()
            // The protocol's errors are statuses alone.
            .plain_errors()
            .contract(crate::CONTRACT)
            .add_remote(HealthRemote::new(self.statuses.subscribe()))
    }

    fn set(&self, service: &str, status: ServingStatus) {
        self.statuses.send_if_modified(|statuses| {
            statuses.insert(service.to_owned(), status) != Some(status)
        });
    }
}
