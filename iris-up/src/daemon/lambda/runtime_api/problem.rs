//! What is wrong with a question, as AWS Lambda's Runtime API says it.

use super::json;
use crate::daemon::lambda::invocation::{Failed, Raised};
use crate::daemon::lambda::worker::Refused;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;

/// What is wrong.
#[derive(Debug)]
pub(super) enum Problem {
    Refused(Refused),
    /// An answer comes in a way that there is not.
    UnknownMode,
    /// A page in a browser asks.
    OfAPage,
    /// There is no such path, or not by this method.
    NoOperation,
    /// An extension does not say what it is called.
    UnnamedExtension,
    /// Nobody registered by this identifier.
    UnknownExtension,
    /// An extension comes too late, twice, or is one too many.
    LateExtension,
    /// An extension wants to hear of what there is not.
    UnknownEventKind,
    /// What a process says has more than so many bytes.
    TooLarge(usize),
    /// What a process said broke off.
    BrokenOff(String),
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        Problem::Refused(refused)
    }
}

impl Problem {
    /// What the caller of the function is told, whose answer this was.
    pub(super) fn failed(&self) -> Failed {
        let kind = match self {
            Problem::TooLarge(_) => "Function.ResponseSizeTooLarge",
            _ => "Runtime.InvalidResponse",
        };
        Failed::Raised(Raised::new(kind, self.message()))
    }

    fn message(&self) -> String {
        match self {
            Problem::Refused(Refused::UnknownId) => {
                "this process has no event of this id that it has not answered".to_owned()
            }
            Problem::Refused(Refused::Busy) => {
                "this process has as many events as it may have, which it has not answered"
                    .to_owned()
            }
            Problem::Refused(Refused::Started) => {
                "this process has started, or has said that it cannot".to_owned()
            }
            Problem::Refused(Refused::Answered) => {
                "this process has answered that event, or has begun to".to_owned()
            }
            Problem::UnknownMode => {
                "lambda-runtime-function-response-mode is streaming, or not there".to_owned()
            }
            Problem::OfAPage => "this is for the function's own process".to_owned(),
            Problem::NoOperation => "there is no such operation".to_owned(),
            Problem::UnnamedExtension => {
                "an extension says what it is called: lambda-extension-name".to_owned()
            }
            Problem::UnknownExtension => {
                "no extension registered by this lambda-extension-identifier".to_owned()
            }
            Problem::LateExtension => {
                "extensions register once, before the function asks for an event, ten at most"
                    .to_owned()
            }
            Problem::UnknownEventKind => "events are INVOKE and SHUTDOWN, each once".to_owned(),
            Problem::TooLarge(most) => format!("an answer has at most {most} bytes"),
            Problem::BrokenOff(why) => format!("what was said broke off: {why}"),
        }
    }

    pub(super) fn response(&self) -> Response<Full<Bytes>> {
        let (status, kind) = match self {
            Problem::Refused(Refused::UnknownId) => (StatusCode::BAD_REQUEST, "InvalidRequestID"),
            Problem::Refused(_) => (StatusCode::FORBIDDEN, "InvalidStateTransition"),
            Problem::UnknownMode => (StatusCode::BAD_REQUEST, "InvalidFunctionResponseMode"),
            Problem::OfAPage => (StatusCode::FORBIDDEN, "Forbidden"),
            Problem::NoOperation => (StatusCode::NOT_FOUND, "NotFound"),
            Problem::UnnamedExtension | Problem::UnknownExtension => (
                StatusCode::FORBIDDEN,
                "Extension.InvalidExtensionIdentifier",
            ),
            Problem::LateExtension => (StatusCode::FORBIDDEN, "Extension.RegistrationClosed"),
            Problem::UnknownEventKind => (StatusCode::BAD_REQUEST, "Extension.InvalidEventType"),
            Problem::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge"),
            Problem::BrokenOff(_) => (StatusCode::BAD_REQUEST, "InvalidRequest"),
        };
        let told = serde_json::json!({ "errorMessage": self.message(), "errorType": kind });
        json(status, told.to_string().into())
    }
}
