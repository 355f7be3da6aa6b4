//! Events by AWS Lambda's own API, so that its command line and libraries work with the box
//! (<https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>):
//! `POST /2015-03-31/functions/NAME/invocations`.

use super::Gateway;
use crate::daemon::access::Rights;
use crate::daemon::event::Event;
use crate::daemon::lambda::{Failed, Invoked};
use crate::error::UpError;
use crate::messages::iris::up::v1::Scope;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use iris_core::{Body, IntoIrisError};
use std::time::Duration;

/// What the paths begin with. No app can be called so.
pub(crate) const VERSION: &str = "2015-03-31";

/// The most bytes of an event: 6 MiB.
const LARGEST: usize = 6 * 1024 * 1024;

/// How a caller wants to hear of what comes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// Waits for it.
    RequestResponse,
    /// Not at all.
    Event,
    /// Only whether it would be taken.
    DryRun,
}

/// Why an event is not given to a function, as AWS Lambda says it.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl Gateway {
    /// Whether a request is one of these, by its path.
    pub(super) fn is_invocation(path: &str) -> bool {
        path.strip_prefix('/')
            .and_then(|path| path.strip_prefix(VERSION))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub(super) async fn invoke(&self, request: Request<Body>) -> Response<Body> {
        let event = Event::new(Bytes::new()).map_err(UpError::from);
        let (id, answered) = match event {
            Ok(event) => (event.id.clone(), self.invoked(request, event).await),
            Err(error) => (String::new(), Err(error.into())),
        };
        let mut response = answered.unwrap_or_else(|refusal| refusal.response());
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert("x-amzn-requestid", id);
        }
        response
    }

    async fn invoked(
        &self,
        request: Request<Body>,
        event: Event,
    ) -> Result<Response<Body>, Refusal> {
        let (parts, body) = request.into_parts();
        let rights = self.access.rights(&parts).await?;
        let path = parts.uri.path().split('/').skip(2);
        let path: Vec<&str> = path.collect();
        let ["functions", name, "invocations"] = path[..] else {
            return Err(Refusal::unknown_operation());
        };
        if parts.method != Method::POST {
            return Err(Refusal::unknown_operation());
        }
        let name = self.named(&rights, name)?;
        let kind = Kind::of(&parts.headers)?;
        let event = Event {
            payload: payload(body).await?,
            client_context: client_context(&parts.headers)?,
            ..event
        };
        match kind {
            Kind::DryRun => {
                self.apps.find(&name)?.takes_events()?;
                Ok(empty(StatusCode::NO_CONTENT))
            }
            Kind::Event => {
                self.events.enqueue(&name, event, Duration::ZERO).await?;
                Ok(empty(StatusCode::ACCEPTED))
            }
            Kind::RequestResponse => {
                let (instance, entered) = self.apps.enter(&name)?;
                told(instance.invoke(entered, event).await?).await
            }
        }
    }

    /// The app that a caller names: by its name, or by an ARN, of whose parts only the name matters. There is one version of
    /// each, whatever qualifier is asked for.
    fn named(&self, rights: &Rights, text: &str) -> Result<crate::name::AppName, Refusal> {
        rights.allow(Scope::Invoke)?;
        let text = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
        let parts: Vec<&str> = text.split(':').collect();
        let name = match parts[..] {
            [name] | [name, _] => name,
            // The one with a qualifier first: an app may be called "function".
            [.., "function", name, _] | [.., "function", name] => name,
            _ => &text,
        };
        Ok(rights.app(name)?)
    }
}

impl Kind {
    fn of(headers: &HeaderMap) -> Result<Kind, Refusal> {
        let Some(kind) = headers.get("x-amz-invocation-type") else {
            return Ok(Kind::RequestResponse);
        };
        match kind.as_bytes() {
            b"RequestResponse" => Ok(Kind::RequestResponse),
            b"Event" => Ok(Kind::Event),
            b"DryRun" => Ok(Kind::DryRun),
            _ => Err(Refusal {
                status: StatusCode::BAD_REQUEST,
                kind: "InvalidParameterValueException",
                message: "X-Amz-Invocation-Type is RequestResponse, Event or DryRun".to_owned(),
            }),
        }
    }
}

/// The event, which is JSON. None at all is an empty object.
async fn payload(body: Body) -> Result<Bytes, Refusal> {
    let payload = match Limited::new(body, LARGEST).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(Refusal::too_large()),
        Err(_) => return Err(Refusal::invalid("the request broke off")),
    };
    if payload.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    match serde_json::from_slice::<serde_json::Value>(&payload) {
        Ok(_) => Ok(payload),
        Err(error) => Err(Refusal::invalid(&format!("the event is no JSON: {error}"))),
    }
}

/// What a caller's program says of itself: JSON in base64.
fn client_context(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(context) = headers.get("x-amz-client-context") else {
        return Ok(None);
    };
    let decoded = STANDARD.decode(context.as_bytes()).ok();
    let text = decoded.and_then(|decoded| String::from_utf8(decoded).ok());
    // A header's value has one line.
    let line = text.map(|text| text.replace(['\r', '\n'], " "));
    line.map(Some)
        .ok_or_else(|| Refusal::invalid("X-Amz-Client-Context is no text in base64"))
}

/// What a function answered, or its error: as it said it, byte for byte.
async fn told(invoked: Invoked) -> Result<Response<Body>, Refusal> {
    let version = invoked.version;
    let (body, failed) = match invoked.whole_or_raised().await? {
        Ok(answer) => (answer, false),
        Err(raised) => (raised.document, true),
    };
    let mut response = Response::new(Body::full(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if failed {
        // There is no other kind for functions that bring their own runtime.
        let kind = HeaderValue::from_static("Unhandled");
        headers.insert("x-amz-function-error", kind);
    }
    headers.insert("x-amz-executed-version", version.into());
    Ok(response)
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

impl Refusal {
    fn unknown_operation() -> Refusal {
        Refusal {
            status: StatusCode::NOT_FOUND,
            kind: "UnknownOperationException",
            message: format!(
                "of AWS Lambda's API there is POST /{VERSION}/functions/NAME/invocations"
            ),
        }
    }

    fn too_large() -> Refusal {
        Refusal {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            kind: "RequestTooLargeException",
            message: format!(
                "an event has at most {LARGEST} bytes, and 1 MiB where nobody waits for it"
            ),
        }
    }

    fn invalid(message: &str) -> Refusal {
        Refusal {
            status: StatusCode::BAD_REQUEST,
            kind: "InvalidRequestContentException",
            message: message.to_owned(),
        }
    }

    fn response(&self) -> Response<Body> {
        let told = serde_json::json!({ "Type": "User", "Message": self.message });
        let mut response = Response::new(Body::full(told.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("x-amzn-errortype", HeaderValue::from_static(self.kind));
        response
    }
}

impl From<Failed> for Refusal {
    /// What came to nothing before a function had the event.
    fn from(failed: Failed) -> Refusal {
        let (status, kind) = match failed {
            Failed::Full | Failed::Waited => {
                (StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException")
            }
            _ => (StatusCode::SERVICE_UNAVAILABLE, "ServiceException"),
        };
        Refusal {
            status,
            kind,
            message: failed.to_string(),
        }
    }
}

impl From<UpError> for Refusal {
    fn from(error: UpError) -> Refusal {
        let (status, kind) = match &error {
            UpError::UnknownApp(_) | UpError::InvalidName(_) => {
                (StatusCode::NOT_FOUND, "ResourceNotFoundException")
            }
            UpError::EventTooLarge(_) => return Refusal::too_large(),
            UpError::NoLambda(_) => (StatusCode::BAD_REQUEST, "InvalidParameterValueException"),
            UpError::TooManyEvents(_) | UpError::TooManyAttempts => {
                (StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException")
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
        Refusal {
            status,
            kind,
            message: error.into_iris_error().internal_message,
        }
    }
}
