//! What is known of where a request came through.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::net::IpAddr;
use std::sync::Arc;

/// Where a request came through: in its extensions, beside the [`Context`](crate::Context).
///
/// What an authorizer found, the request's id there and all else that stands in the event's `requestContext` is read from
/// [`context`](Self::context), by a type of your own or of [`events`](crate::events).
#[derive(Debug, Clone)]
pub struct Gateway {
    pub(super) kind: GatewayKind,
    pub(super) stage: Option<String>,
    pub(super) source: Option<IpAddr>,
    pub(super) context: Arc<RawValue>,
}

/// What a request came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GatewayKind {
    /// A function URL, an HTTP API or iris-up: payload format 2.0.
    Http,
    /// A REST API, or an HTTP API with payload format 1.0.
    Rest,
    /// An Application Load Balancer.
    LoadBalancer,
    /// Nothing: a connection to the program itself.
    Connection,
}

impl Gateway {
    /// What it is.
    pub fn kind(&self) -> GatewayKind {
        self.kind
    }

    /// The stage of the API, where it has one. It is not in the request's path.
    pub fn stage(&self) -> Option<&str> {
        self.stage.as_deref()
    }

    /// Who called, as the gateway saw it. A load balancer says it in `x-forwarded-for` alone, behind whatever its caller
    /// wrote there.
    pub fn source_ip(&self) -> Option<IpAddr> {
        self.source
    }

    /// The event's `requestContext`; without a gateway an empty object.
    ///
    /// # Errors
    ///
    /// Where it is not what the type says.
    pub fn context<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.context.get())
    }
}
