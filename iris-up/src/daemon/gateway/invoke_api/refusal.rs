//! Why an event is not given to a function, as AWS Lambda says it.

use super::asked::LARGEST;
use crate::daemon::lambda::Failed;
use crate::error::UpError;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use iris_core::{Body, IntoIrisError};

/// Why not.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

/// What there is too much of.
const THROTTLED: &str = "TooManyRequestsException";

impl Refusal {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            status,
            kind,
            message: message.into(),
        }
    }

    pub(super) fn unknown_operation() -> Refusal {
        let message = "of AWS Lambda's API there are POST /2015-03-31/functions/NAME/invocations and \
             POST /2021-11-15/functions/NAME/response-streaming-invocations";
        Refusal::new(StatusCode::NOT_FOUND, "UnknownOperationException", message)
    }

    pub(super) fn unknown_alias(alias: &str) -> Refusal {
        let message = format!("there is no alias {alias:?}: a qualifier is $LATEST or a version");
        Refusal::new(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
    }

    pub(super) fn two_qualifiers() -> Refusal {
        Refusal::wrong("the qualifier with the name is not the one of ?Qualifier=")
    }

    pub(super) fn of_version() -> Refusal {
        Refusal::wrong(
            "what nobody waits for goes to the version that runs then: its qualifier is $LATEST, or none",
        )
    }

    /// A parameter is none.
    pub(super) fn wrong(message: &str) -> Refusal {
        let kind = "InvalidParameterValueException";
        Refusal::new(StatusCode::BAD_REQUEST, kind, message)
    }

    pub(super) fn too_large() -> Refusal {
        let message =
            format!("an event has at most {LARGEST} bytes, and 1 MiB where nobody waits for it");
        let kind = "RequestTooLargeException";
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, kind, message)
    }

    pub(super) fn slow() -> Refusal {
        let message = "the request did not come in time";
        Refusal::new(
            StatusCode::REQUEST_TIMEOUT,
            "RequestTimeoutException",
            message,
        )
    }

    /// What is sent is none.
    pub(super) fn invalid(message: &str) -> Refusal {
        let kind = "InvalidRequestContentException";
        Refusal::new(StatusCode::BAD_REQUEST, kind, message)
    }

    pub(super) fn response(&self) -> Response<Body> {
        let mut told = serde_json::json!({ "Type": "User", "Message": self.message });
        if self.status.is_server_error() {
            told["Type"] = "Service".into();
        }
        let throttled = self.kind == THROTTLED;
        if throttled {
            // Of this error the name is in lower case.
            told["message"] = self.message.as_str().into();
            told["Reason"] = "ReservedFunctionConcurrentInvocationLimitExceeded".into();
        }
        let mut response = Response::new(Body::full(told.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("x-amzn-errortype", HeaderValue::from_static(self.kind));
        if throttled {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<Failed> for Refusal {
    /// What came to nothing before a function had the event.
    fn from(failed: Failed) -> Refusal {
        let (status, kind) = match failed {
            Failed::Full | Failed::Waited => (StatusCode::TOO_MANY_REQUESTS, THROTTLED),
            _ => (StatusCode::SERVICE_UNAVAILABLE, "ServiceException"),
        };
        Refusal::new(status, kind, failed.to_string())
    }
}

impl From<UpError> for Refusal {
    fn from(error: UpError) -> Refusal {
        let (status, kind) = match &error {
            UpError::UnknownApp(_) | UpError::InvalidName(_) | UpError::UnknownVersion(_) => {
                (StatusCode::NOT_FOUND, "ResourceNotFoundException")
            }
            UpError::EventTooLarge(_) => return Refusal::too_large(),
            UpError::NoLambda(_) => (StatusCode::BAD_REQUEST, "InvalidParameterValueException"),
            UpError::TooManyEvents(_) | UpError::TooManyAttempts | UpError::NoRoomForEvent => {
                (StatusCode::TOO_MANY_REQUESTS, THROTTLED)
            }
            UpError::NotInvoked(_) | UpError::Killed(_) | UpError::NotYet(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "ServiceException")
            }
            UpError::NotSignedIn | UpError::WrongCredentials => {
                (StatusCode::FORBIDDEN, "UnrecognizedClientException")
            }
            UpError::NotAllowed(_) | UpError::OtherApp(_) => {
                (StatusCode::FORBIDDEN, "AccessDeniedException")
            }
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "ServiceException"),
        };
        if let UpError::Failure(failure) = &error {
            tracing::error!(%failure, "an event came to nothing");
        }
        Refusal::new(status, kind, error.into_iris_error().internal_message)
    }
}
