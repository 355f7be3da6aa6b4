//! What a handler is told beside its event.

mod caller;
mod function;

pub use caller::{ClientApplication, ClientContext, CognitoIdentity};
pub use function::{Credentials, Function};

use crate::api::Given;
use http::HeaderMap;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The longest time that AWS gives a function.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What is known of an event and of the function that it was given to. A clone is the same.
#[derive(Debug, Clone)]
pub struct Context {
    event: Arc<Event>,
    function: Arc<Function>,
}

#[derive(Debug)]
struct Event {
    request_id: String,
    deadline: SystemTime,
    function_arn: String,
    trace_id: Option<String>,
    tenant_id: Option<String>,
    client_context: Option<String>,
    cognito_identity: Option<String>,
}

impl Context {
    /// Of an event that was given (Runtime API, "Next invocation").
    pub(crate) fn of(given: &Given, function: Arc<Function>) -> Self {
        let header = |name| text(&given.headers, name);
        let deadline = header("lambda-runtime-deadline-ms");
        let deadline = deadline.and_then(|deadline| deadline.parse().ok());
        let deadline = deadline.map(|deadline| UNIX_EPOCH + Duration::from_millis(deadline));
        let event = Event {
            request_id: given.id.clone(),
            deadline: deadline.unwrap_or_else(|| SystemTime::now() + LONGEST),
            function_arn: header("lambda-runtime-invoked-function-arn").unwrap_or_default(),
            trace_id: header("lambda-runtime-trace-id"),
            tenant_id: header("lambda-runtime-aws-tenant-id"),
            client_context: header("lambda-runtime-client-context"),
            cognito_identity: header("lambda-runtime-cognito-identity"),
        };
        Context {
            event: Arc::new(event),
            function,
        }
    }

    /// A context of nobody's event, for tests of handlers: they are plain functions.
    ///
    /// The function is what the environment says, its deadline 15 minutes from now.
    pub fn local(request_id: impl Into<String>) -> Self {
        let event = Event {
            request_id: request_id.into(),
            deadline: SystemTime::now() + LONGEST,
            function_arn: String::new(),
            trace_id: None,
            tenant_id: None,
            client_context: None,
            cognito_identity: None,
        };
        Context {
            event: Arc::new(event),
            function: Arc::new(Function::from_environment()),
        }
    }

    /// What the event is known by in logs: a UUID.
    pub fn request_id(&self) -> &str {
        &self.event.request_id
    }

    /// When the event has to be answered. Where the Runtime API says none, that is 15 minutes from its beginning.
    pub fn deadline(&self) -> SystemTime {
        self.event.deadline
    }

    /// The time until the deadline; nothing once it has passed.
    pub fn time_left(&self) -> Duration {
        let left = self.event.deadline.duration_since(SystemTime::now());
        left.unwrap_or_default()
    }

    /// The ARN that the function was invoked by, which may name a version or an alias.
    pub fn function_arn(&self) -> &str {
        &self.event.function_arn
    }

    /// The trace of X-Ray's that the event belongs to, as a header has it. The variable `_X_AMZN_TRACE_ID` is not set:
    /// that a process writes to its environment while its threads read it is not sound.
    pub fn trace_id(&self) -> Option<&str> {
        self.event.trace_id.as_deref()
    }

    /// The tenant, of functions that keep their tenants apart.
    pub fn tenant_id(&self) -> Option<&str> {
        self.event.tenant_id.as_deref()
    }

    /// What the caller says of itself: `ClientContext` of an Invoke.
    ///
    /// # Errors
    ///
    /// Where the caller sent what is none.
    pub fn client_context(&self) -> Result<Option<ClientContext>, serde_json::Error> {
        read(self.event.client_context.as_deref())
    }

    /// The identity of Amazon Cognito's that the caller signed in with.
    ///
    /// # Errors
    ///
    /// Where the Runtime API told what is none.
    pub fn cognito_identity(&self) -> Result<Option<CognitoIdentity>, serde_json::Error> {
        read(self.event.cognito_identity.as_deref())
    }

    /// The function, as its environment says.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// The credentials of the function's role, from the environment.
    pub fn credentials(&self) -> Option<Credentials> {
        Credentials::from_environment()
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    (!text.is_empty()).then(|| text.into_owned())
}

fn read<T: DeserializeOwned>(json: Option<&str>) -> Result<Option<T>, serde_json::Error> {
    json.map(serde_json::from_str)
        .transpose()
        .map(Option::flatten)
}
