//! What procedures may fail with.

use super::IrisError;
use std::error::Error;

/// What a procedure, a filter or a stream may fail with: everything that converts into [`IrisError`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error a procedure can give",
    label = "this converts into no IrisError",
    note = "use an enum with `#[derive(ErrorCodes)]`, or `IrisError`; for an unexpected error, that of another server included, `map_err(IrisError::internal)`"
)]
pub trait IntoIrisError: Sized {
    /// The error that goes to the caller.
    fn into_iris_error(self) -> IrisError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<IrisError>> IntoIrisError for E {
    fn into_iris_error(self) -> IrisError {
        self.into()
    }
}

impl From<std::io::Error> for IrisError {
    fn from(cause: std::io::Error) -> Self {
        IrisError::internal(cause)
    }
}

impl From<Box<dyn Error + Send + Sync>> for IrisError {
    fn from(cause: Box<dyn Error + Send + Sync>) -> Self {
        IrisError::internal(cause)
    }
}
