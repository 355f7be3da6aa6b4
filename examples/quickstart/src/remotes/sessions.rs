//! Signing in.

use crate::error::UserError;
use crate::messages::users::v1::{SignInRequest, SignInResponse};
use crate::session::{COOKIE, Session};
use iris_core::{Cookie, remote};

/// The sessions of this server.
#[derive(Debug)]
pub struct Sessions;

/// Who is signed in.
#[remote(package = "users.v1")]
impl Sessions {
    /// Signs in: the answer sets a cookie that later calls are recognised by.
    #[procedure]
    async fn sign_in(
        &self,
        session: &Session,
        request: SignInRequest,
    ) -> Result<SignInResponse, UserError> {
        let key = new_key()?;
        let user = session
            .directory
            .sign_in(&request.name, &request.password, &key)
            .ok_or(UserError::InvalidUsernameOrPassword)?;
        let cookie = Cookie::build((COOKIE, key)).path("/").http_only(true);
        session.request.set_cookie(cookie.build());
        Ok(SignInResponse { user: Some(user) })
    }
}

/// 128 bits nobody can guess. The request's id would not do: callers may choose it.
fn new_key() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.map(|byte| format!("{byte:02x}")).concat())
}
