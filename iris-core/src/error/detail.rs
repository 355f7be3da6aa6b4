//! `iris.v1.ErrorDetail`: what Iris adds to a failed call on the wire (`proto/iris/v1/error.proto`).

use super::{IrisError, Status, code};
use prost::Message as _;

/// The detail message that carries an [`IrisError`] in gRPC and Connect alike.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ErrorDetail {
    /// The numeric error code. Present even when it is 0, which is a legal code.
    #[prost(int32, optional, tag = "1")]
    pub code: Option<i32>,
    /// For developers and logs, never for end users.
    #[prost(string, tag = "2")]
    pub internal_message: String,
    /// Finds the call in the server's log; set when the server withheld the cause.
    #[prost(string, tag = "3")]
    pub request_id: String,
}

impl prost::Name for ErrorDetail {
    const NAME: &'static str = "ErrorDetail";
    const PACKAGE: &'static str = "iris.v1";
}

impl ErrorDetail {
    /// The full name, as `Any` and Connect details spell it.
    pub const FULL_NAME: &'static str = "iris.v1.ErrorDetail";

    /// What goes on the wire for this error. Its source does not.
    pub fn from_error(error: &IrisError) -> Self {
        ErrorDetail {
            code: Some(error.code),
            internal_message: error.internal_message.clone(),
            request_id: error.request_id().unwrap_or_default().to_owned(),
        }
    }

    /// The encoded message.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }

    /// The error a caller gets for a canonical status, its message, and the encoded detail if there was one.
    ///
    /// Without a detail the answer came from something else (a proxy, another server): 900, except
    /// `unimplemented`, which is 901.
    pub fn into_error(detail: Option<&[u8]>, status: Status, message: &str) -> IrisError {
        match detail.map(ErrorDetail::decode) {
            Some(Ok(ErrorDetail {
                code: Some(code),
                internal_message,
                request_id,
            })) => {
                let error = IrisError::new(code, internal_message)
                    .with_status(status)
                    .of_remote();
                match request_id.is_empty() {
                    true => error,
                    false => error.with_request_id(request_id),
                }
            }
            _ if status == Status::Unimplemented => {
                IrisError::new(code::IRIS_PROCEDURE_NOT_FOUND, message)
            }
            _ => IrisError::communication(status, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_zero_survives_the_wire() {
        let error = IrisError::new(0, "wrong password").with_status(Status::Unauthenticated);
        let bytes = ErrorDetail::from_error(&error).to_bytes();
        let back = ErrorDetail::into_error(Some(&bytes), Status::Unauthenticated, "ignored");
        assert_eq!(
            (back.code, back.internal_message.as_str()),
            (0, "wrong password")
        );
        assert_eq!(back.status, Status::Unauthenticated);
    }

    #[test]
    fn an_error_of_another_server_is_900() {
        let error = ErrorDetail::into_error(None, Status::NotFound, "no such row");
        assert_eq!((error.code, error.status), (900, Status::NotFound));
        let error = ErrorDetail::into_error(Some(b"\xff\xff"), Status::NotFound, "no such row");
        assert_eq!(error.code, 900);
    }
}
