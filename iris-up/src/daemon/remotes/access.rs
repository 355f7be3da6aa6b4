//! Access: users, tokens, and who one is.

use crate::daemon::access::{Access, Caller, NewToken, may};
use crate::error::UpError;
use crate::messages::iris::up::v1::{
    CallerResponse, CreateTokenRequest, CreateTokenResponse, Scope, SetPasswordRequest,
    TokenRequest, TokensResponse, UserRequest, UsersResponse,
};
use iris_core::remote;
use std::sync::Arc;

/// Who may do what with this box.
#[derive(Debug)]
pub struct AccessRemote(pub(crate) Arc<Access>);

/// Who may do what with this box.
#[remote(package = "iris.up.v1", name = "Access")]
impl AccessRemote {
    /// Who calls, and what they may do.
    #[procedure(idempotent)]
    async fn who(&self, caller: &Caller) -> Result<CallerResponse, UpError> {
        Ok(caller.describe())
    }

    /// Gives a user a password; makes the user where there is none of this name.
    #[procedure(filters = [may(Scope::Administer)])]
    async fn set_password(&self, _: &Caller, request: SetPasswordRequest) -> Result<(), UpError> {
        let secret = request.secret.ok_or(UpError::InvalidPassword)?;
        self.0.users().set(request.name, secret).await
    }

    /// Forgets a user.
    #[procedure(filters = [may(Scope::Administer)])]
    async fn remove_user(&self, _: &Caller, request: UserRequest) -> Result<(), UpError> {
        self.0.users().remove(&request.name).await
    }

    /// All users.
    #[procedure(idempotent, filters = [may(Scope::Administer)])]
    async fn users(&self, _: &Caller) -> Result<UsersResponse, UpError> {
        Ok(UsersResponse {
            users: self.0.users().list(),
        })
    }

    /// Makes a token, for a program that calls.
    #[procedure(filters = [may(Scope::Administer)])]
    async fn create_token(
        &self,
        _: &Caller,
        request: CreateTokenRequest,
    ) -> Result<CreateTokenResponse, UpError> {
        let NewToken { secret, token } = self.0.tokens().create(request).await?;
        Ok(CreateTokenResponse {
            secret,
            token: Some(token),
        })
    }

    /// A token is good no longer.
    #[procedure(filters = [may(Scope::Administer)])]
    async fn remove_token(&self, _: &Caller, request: TokenRequest) -> Result<(), UpError> {
        self.0.tokens().remove(&request.id).await
    }

    /// All tokens, without their secrets.
    #[procedure(idempotent, filters = [may(Scope::Administer)])]
    async fn tokens(&self, _: &Caller) -> Result<TokensResponse, UpError> {
        Ok(TokensResponse {
            tokens: self.0.tokens().list(),
        })
    }
}
