//! Creating, deleting and watching users.

use crate::error::UserError;
use crate::messages::users::v1::{
    CreateUserRequest, CreateUserResponse, DeleteUserRequest, UserEvent, WatchRequest,
};
use crate::session::{Session, SignedIn, admin, signed_in};
use futures_util::StreamExt;
use iris_core::{ErrorCodes, IrisError, Stream, remote};
use tokio_stream::wrappers::BroadcastStream;

/// The users of this server.
#[derive(Debug)]
pub struct Users;

/// The people who may sign in.
#[remote(package = "users.v1", filters = [signed_in])]
impl Users {
    /// Creates a user. Only administrators may.
    #[procedure(filters = [admin])]
    async fn create(
        &self,
        session: &Session,
        request: CreateUserRequest,
    ) -> Result<CreateUserResponse, IrisError> {
        if !request.email.contains('@') {
            return Err(UserError::InvalidEmail.because(format!("no @ in {:?}", request.email)));
        }
        if request.password.is_empty() {
            return Err(UserError::PasswordMissing.into());
        }
        let directory = &session.directory;
        let user = directory.create(&request.name, &request.email, &request.password, false);
        let user = user.ok_or(UserError::NameTaken(request.name))?;
        Ok(CreateUserResponse { user: Some(user) })
    }

    /// Deletes a user. Administrators may delete everybody, others themselves.
    ///
    /// A user who is gone already is as good as deleted, so that clients may repeat the call.
    #[procedure(idempotent = "with_side_effects")]
    async fn delete(
        &self,
        session: &Session,
        SignedIn(caller): &SignedIn,
        request: DeleteUserRequest,
    ) -> Result<(), UserError> {
        if !caller.admin && caller.id != request.id {
            return Err(UserError::UserNotFound);
        }
        session.directory.delete(request.id);
        Ok(())
    }

    /// Says that the server is there and the caller signed in.
    #[procedure(idempotent)]
    async fn ping(&self, _: &Session) -> Result<(), IrisError> {
        Ok(())
    }

    /// Tells what happens to users, from now on.
    #[procedure]
    async fn watch(
        &self,
        session: &Session,
        _: WatchRequest,
    ) -> Result<impl Stream<Item = Result<UserEvent, IrisError>>, UserError> {
        let events = BroadcastStream::new(session.directory.events());
        Ok(events.map(|event| event.map_err(IrisError::internal)))
    }
}
