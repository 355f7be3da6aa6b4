//! `iris.v1.ErrorDetail`: what Iris adds to a failed call on the wire (`proto/iris/v1/error.proto`).

use super::{Detail, IrisError, Status, code};
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

    /// What goes on the wire for this error, before the details that it was given. Its source does not.
    /// `None` for one that is a status alone.
    pub fn from_error(error: &IrisError) -> Option<Self> {
        (!error.is_status_only()).then(|| ErrorDetail {
            code: Some(error.code),
            internal_message: error.internal_message.clone(),
            request_id: error.request_id().unwrap_or_default().to_owned(),
        })
    }

    /// The encoded message.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }

    /// The error a caller gets for a canonical status, its message, and the details beside it.
    ///
    /// Without an [`ErrorDetail`] among them the answer came from something else (a proxy, another server): 900, except
    /// `unimplemented`, which is 901.
    pub fn into_error(mut details: Vec<Detail>, status: Status, message: &str) -> IrisError {
        let at = details
            .iter()
            .position(|detail| detail.type_name() == ErrorDetail::FULL_NAME);
        let own = at.map(|at| details.remove(at));
        let error = match own.map(|own| ErrorDetail::decode(own.value())) {
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
        };
        error.with_details(details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_zero_survives_the_wire() {
        let error = IrisError::new(0, "wrong password").with_status(Status::Unauthenticated);
        let detail = ErrorDetail::from_error(&error).unwrap();
        let details = vec![Detail::new(ErrorDetail::FULL_NAME, detail.to_bytes())];
        let back = ErrorDetail::into_error(details, Status::Unauthenticated, "ignored");
        assert_eq!(
            (back.code, back.internal_message.as_str()),
            (0, "wrong password")
        );
        assert_eq!(back.status, Status::Unauthenticated);
    }

    #[test]
    fn an_error_of_another_server_is_900() {
        let error = ErrorDetail::into_error(Vec::new(), Status::NotFound, "no such row");
        assert_eq!((error.code, error.status), (900, Status::NotFound));
        let details = vec![Detail::new(ErrorDetail::FULL_NAME, b"\xff\xff".to_vec())];
        let error = ErrorDetail::into_error(details, Status::NotFound, "no such row");
        assert_eq!(error.code, 900);
    }
}
