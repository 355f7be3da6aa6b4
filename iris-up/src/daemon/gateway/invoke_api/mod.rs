//! Events by AWS Lambda's own API, so that its command line and libraries work with the box:
//! [Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html), `POST /2015-03-31/functions/NAME/invocations`, and
//! [InvokeWithResponseStream](https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html),
//! `POST /2021-11-15/functions/NAME/response-streaming-invocations`.
//!
//! | to read | |
//! |---|---|
//! | `target` | which function, and which version of it |
//! | `asked` | how it is invoked, and with what |
//! | `told` | what came of it |
//! | `stream` | the same piece by piece |
//! | `event_stream` | how pieces are written |
//! | `refusal` | why an event is not given to a function |

mod asked;
mod event_stream;
mod refusal;
mod stream;
mod target;
mod told;

use super::Gateway;
use crate::daemon::event::Event;
use crate::daemon::process::tail::Tail;
use crate::error::UpError;
pub(crate) use asked::trace;
use asked::{Asked, Kind};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use iris_core::Body;
use refusal::Refusal;
use std::time::Duration;
use target::Target;

/// What the paths begin with. No app can be called so.
pub(crate) const VERSIONS: [&str; 2] = ["2015-03-31", "2021-11-15"];

/// What one can ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Operation {
    Invoke,
    InvokeWithResponseStream,
}

impl Operation {
    /// The one at this path, and what stands there for a function.
    fn at<'a>(method: &Method, path: &'a str) -> Result<(Operation, &'a str), Refusal> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let found = match parts[..] {
            ["2015-03-31", "functions", name, "invocations"] => (Operation::Invoke, name),
            [
                "2021-11-15",
                "functions",
                name,
                "response-streaming-invocations",
            ] => (Operation::InvokeWithResponseStream, name),
            _ => return Err(Refusal::unknown_operation()),
        };
        match *method == Method::POST {
            true => Ok(found),
            false => Err(Refusal::unknown_operation()),
        }
    }
}

impl Gateway {
    /// Whether a request is one of these, by its path.
    pub(super) fn is_invocation(path: &str) -> bool {
        let first = path.split('/').nth(1);
        first.is_some_and(|first| VERSIONS.contains(&first))
    }

    pub(super) async fn invoke(&self, request: Request<Body>) -> Response<Body> {
        let event = Event::new(Bytes::new()).map_err(UpError::from);
        let mut event = match event {
            Ok(event) => event,
            Err(error) => return Refusal::from(error).response(),
        };
        if let Some(trace) = trace(request.headers()) {
            event.trace = trace;
        }
        let known = [
            ("x-amzn-requestid", event.id.clone()),
            ("x-amzn-trace-id", event.trace.clone()),
        ];
        let answered = self.invoked(request, event).await;
        let mut response = answered.unwrap_or_else(|refusal| refusal.response());
        for (name, value) in known {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
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
        let (operation, name) = Operation::at(&parts.method, parts.uri.path())?;
        let target = Target::of(&rights, name, parts.uri.query())?;
        let asked = Asked::of(operation, &parts.headers)?;
        let Target {
            name,
            version,
            qualifier,
        } = target;
        let tail = asked.tail.then(Tail::default);
        let (payload, held) = asked::payload(&self.intake, body).await?;
        let event = Event {
            payload,
            held: Some(held),
            client_context: asked.client_context,
            qualifier,
            tail: tail.clone(),
            ..event
        };
        match asked.kind {
            Kind::DryRun => {
                let app = self.apps.find(&name)?;
                app.takes_events()?;
                app.check_version(version)?;
                Ok(empty(StatusCode::NO_CONTENT))
            }
            Kind::Event if version.is_some() => Err(Refusal::of_version()),
            Kind::Event => {
                self.events.enqueue(&name, event, Duration::ZERO).await?;
                Ok(empty(StatusCode::ACCEPTED))
            }
            Kind::RequestResponse => {
                let (instance, entered) = self.apps.enter(&name, version)?;
                let invoked = instance.invoke(entered, event).await?;
                match operation {
                    Operation::Invoke => told::whole(invoked, tail).await,
                    Operation::InvokeWithResponseStream => stream::answer(invoked, tail),
                }
            }
        }
    }
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
