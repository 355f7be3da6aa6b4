//! What can go wrong, as callers see it.

use iris_core::ErrorCodes;

/// The numbers are part of the contract: `iris.lock` keeps them.
#[derive(Debug, ErrorCodes)]
pub enum UserError {
    /// The name or the password is wrong.
    #[code(number = 0, status = "unauthenticated")]
    InvalidUsernameOrPassword,
    /// The e-mail address is not valid.
    #[code(number = 1, status = "invalid_argument")]
    InvalidEmail,
    /// There is no such user.
    #[code(number = 2, status = "not_found")]
    UserNotFound,
    /// Somebody has that name already.
    #[code(
        number = 3,
        status = "already_exists",
        message = "the name {0:?} is taken"
    )]
    NameTaken(String),
    /// A user needs a password.
    #[code(number = 4, status = "invalid_argument")]
    PasswordMissing,
    /// The system gave no random number. Callers get 902, the log gets the cause.
    #[code(internal)]
    Random(getrandom::Error),
}
