//! What is served: an application that was checked.

use super::{Initializer, Limits, Starting};
use crate::Body;
use crate::load::Load;
use crate::observe::Observer;
use crate::protocol::Protocol;
use crate::remote::Procedure;
use crate::request::Request;
use crate::service::OtherService;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::Arc;

/// What is served: an [`Iris`] that was checked.
pub(crate) struct Application<C> {
    pub(crate) initializer: Initializer<C>,
    pub(crate) limits: Limits,
    pub(crate) procedures: HashMap<Arc<str>, Arc<Procedure<C>>>,
    pub(crate) remotes: HashMap<&'static str, &'static str>,
    pub(crate) others: Vec<(String, OtherService)>,
    pub(crate) fallback: Option<OtherService>,
    pub(crate) fallback_takes_calls: bool,
    pub(crate) load: Option<Load>,
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    /// The contract as callers with JSON see it, if there is one.
    pub(crate) openapi: Option<Bytes>,
}

impl<C> Application<C> {
    pub(crate) fn procedure(&self, path: &str) -> Option<&Arc<Procedure<C>>> {
        self.procedures.get(path)
    }

    pub(crate) fn context(&self, request: Request) -> Starting<C> {
        (self.initializer)(request)
    }

    /// The service beside the remotes that answers at `path`. What a remote or a caller's call asks
    /// for in vain is no page: that is told in the caller's protocol, unless the fallback takes calls. A call below a longer
    /// path is for what the fallback has mounted there.
    pub(crate) fn other(&self, path: &str, request: &http::Request<Body>) -> Option<&OtherService> {
        let mut parts = path.strip_prefix('/')?.split('/');
        let name = parts.next()?;
        let other = self.others.iter().find(|(other, _)| other == name);
        let is_told =
            || !self.fallback_takes_calls && parts.count() < 2 && Protocol::is_call(request);
        if other.is_none() && (self.remotes.contains_key(name) || is_told()) {
            return None;
        }
        other.map(|(_, service)| service).or(self.fallback.as_ref())
    }
}
