//! Who is calling: the context of every procedure, and the filter that looks at it.

use crate::picnic::Picnic;
use crate::picnic::guests::Session;
use iris_core::{IrisError, Request};
use std::sync::Arc;

/// The cookie that holds a session's key.
pub const COOKIE: &str = "picnic";

/// The context: made from each request before anything else runs.
#[derive(Debug)]
pub struct Visit {
    /// The call itself: metadata, cookies, peer, deadline.
    pub request: Request,
    /// Everything there is.
    pub picnic: Arc<Picnic>,
    /// The session that the request's cookie names.
    pub session: Option<Session>,
}

impl Visit {
    /// The context initializer.
    pub async fn of(request: Request, picnic: Arc<Picnic>) -> Result<Self, IrisError> {
        let key = request.cookie(COOKIE);
        let session = key.and_then(|key| picnic.guests.session(&key));
        Ok(Visit {
            request,
            picnic,
            session,
        })
    }
}

/// A caller who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Session);

/// A filter that finds something: `None` stops the call with code 920.
pub async fn signed_in(visit: &Visit) -> Option<SignedIn> {
    visit.session.clone().map(SignedIn)
}
