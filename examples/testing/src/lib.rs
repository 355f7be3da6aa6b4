//! Application code that calls a server, written so that tests need none.
//!
//! [`invite`] takes whatever implements the generated trait `UsersApi`: the generated client in the
//! program, something smaller in a test. `tests/without_a_network.rs` shows the ways.

use quickstart_client::messages::users::v1::CreateUserRequest;
use quickstart_client::users::UsersApi;
use quickstart_client::{ErrorCode, IrisError};

/// Who was invited, and whose address the server did not take.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Invited {
    /// Addresses that have an account now.
    pub created: Vec<String>,
    /// Addresses that are none.
    pub refused: Vec<String>,
}

/// Creates a user for each address, with a password to be changed.
///
/// # Errors
///
/// The first failure that is no wrong address. Who was created before it stays.
pub async fn invite(users: &impl UsersApi, addresses: &[&str]) -> Result<Invited, IrisError> {
    let mut invited = Invited::default();
    for address in addresses {
        let name = address.split('@').next().unwrap_or_default();
        let request = CreateUserRequest {
            name: name.to_owned(),
            email: (*address).to_owned(),
            password: "change me".to_owned(),
        };
        match users.create(request).await {
            Ok(_) => invited.created.push((*address).to_owned()),
            Err(IrisError {
                code: ErrorCode::InvalidEmail,
                ..
            }) => invited.refused.push((*address).to_owned()),
            Err(other) => return Err(other),
        }
    }
    Ok(invited)
}
