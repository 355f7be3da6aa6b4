//! What can go wrong, as callers see it.

use iris_core::ErrorCodes;

/// The numbers are part of the contract: `iris.lock` keeps them.
#[derive(Debug, ErrorCodes)]
pub enum PicnicError {
    /// The name or the password is wrong.
    #[code(number = 0, status = "unauthenticated")]
    WrongNameOrPassword,
    /// Somebody has that name already.
    #[code(
        number = 1,
        status = "already_exists",
        message = "there is a guest {0:?}"
    )]
    NameTaken(String),
    /// A guest's name has 1 to 30 characters.
    #[code(number = 2, status = "invalid_argument")]
    InvalidName,
    /// A password has 1 to 100 characters.
    #[code(number = 3, status = "invalid_argument")]
    InvalidPassword,
    /// No more guests can come.
    #[code(number = 4, status = "resource_exhausted")]
    TooManyGuests,
    /// A thing's name has 1 to 60 characters.
    #[code(number = 5, status = "invalid_argument")]
    InvalidThing,
    /// The thing is on the list already.
    #[code(
        number = 6,
        status = "already_exists",
        message = "{0:?} is on the list"
    )]
    AlreadyListed(String),
    /// There is no room on the list.
    #[code(number = 7, status = "resource_exhausted")]
    ListFull,
    /// There is no such thing on the list.
    #[code(number = 8, status = "not_found")]
    UnknownThing,
    /// Another guest brings it.
    #[code(
        number = 9,
        status = "failed_precondition",
        message = "{0:?} brings it"
    )]
    BroughtByAnother(String),
    /// A remark has 1 to 500 characters, and an id.
    #[code(number = 10, status = "invalid_argument")]
    InvalidRemark,
    /// The system gave no random number. Callers get 902, the log gets the cause.
    #[code(internal)]
    Random(getrandom::Error),
}
