//! Who is calling: the context of every procedure, and the filters that look at it.

use crate::directory::Directory;
use crate::messages::users::v1::User;
use iris_core::{IrisError, Request};
use std::sync::Arc;

/// The cookie that holds a session's key.
pub const COOKIE: &str = "session";

/// The context: made from each request before anything else runs.
#[derive(Debug)]
pub struct Session {
    /// The call itself: metadata, cookies, peer, deadline.
    pub request: Request,
    /// The users.
    pub directory: Arc<Directory>,
    /// Whose session the request's cookie names.
    pub user: Option<User>,
}

impl Session {
    /// The context initializer.
    pub async fn of(request: Request, directory: Arc<Directory>) -> Result<Self, IrisError> {
        let user = request
            .cookie(COOKIE)
            .and_then(|key| directory.user_of(&key));
        Ok(Session {
            request,
            directory,
            user,
        })
    }
}

/// A caller who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn(pub User);

/// A filter that finds something: `None` stops the call with code 920, and procedures may borrow
/// the `SignedIn`. One that does so without this filter does not compile.
pub async fn signed_in(session: &Session) -> Option<SignedIn> {
    session.user.clone().map(SignedIn)
}

/// A filter that only says yes or no.
pub async fn admin(session: &Session) -> bool {
    session.user.as_ref().is_some_and(|user| user.admin)
}
