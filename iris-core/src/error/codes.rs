//! Numeric error codes: those of Iris, and how an enum of the user's becomes them.

use super::{IrisError, Status};

/// The codes Iris raises itself. 900 to 999 are reserved for them.
pub mod code {
    /// The call did not reach the remote, or its answer did not come back. Raised by the client.
    pub const IRIS_COMMUNICATION_ERROR: i32 = 900;
    /// No remote or procedure answers at that path.
    pub const IRIS_PROCEDURE_NOT_FOUND: i32 = 901;
    /// The remote failed in a way it did not foresee. The cause is in its log, under the request id.
    pub const IRIS_INTERNAL_SERVER_ERROR: i32 = 902;
    /// The remote received a message that does not decode.
    pub const IRIS_INVALID_REQUEST_MESSAGE: i32 = 910;
    /// The client received a message that does not decode.
    pub const IRIS_INVALID_RESPONSE_MESSAGE: i32 = 911;
    /// The procedure needs a message and none was sent.
    pub const IRIS_MESSAGE_MISSING: i32 = 912;
    /// A message is larger than its receiver allows.
    pub const IRIS_MESSAGE_TOO_LARGE: i32 = 913;
    /// A filter stopped the call.
    pub const IRIS_REJECTED_BY_FILTER: i32 = 920;
}

/// The canonical status that goes with one of Iris's own codes; `None` for every other number.
pub(crate) fn reserved_status(number: i32) -> Option<Status> {
    Some(match number {
        code::IRIS_COMMUNICATION_ERROR => Status::Unavailable,
        code::IRIS_PROCEDURE_NOT_FOUND => Status::Unimplemented,
        code::IRIS_INTERNAL_SERVER_ERROR => Status::Internal,
        code::IRIS_INVALID_REQUEST_MESSAGE | code::IRIS_MESSAGE_MISSING => Status::InvalidArgument,
        code::IRIS_INVALID_RESPONSE_MESSAGE => Status::Internal,
        code::IRIS_MESSAGE_TOO_LARGE => Status::ResourceExhausted,
        code::IRIS_REJECTED_BY_FILTER => Status::PermissionDenied,
        _ => return None,
    })
}

/// An enum of error codes. Implemented by `#[derive(ErrorCodes)]`.
pub trait ErrorCodes: Into<IrisError> + Sized {
    /// This error with a message of your own: for developers and logs, never for end users.
    fn because(self, internal_message: impl Into<String>) -> IrisError {
        let mut error: IrisError = self.into();
        error.internal_message = internal_message.into();
        error
    }
}
