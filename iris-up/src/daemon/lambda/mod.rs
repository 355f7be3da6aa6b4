//! The kind of app that runs where there is something to do: an executable that speaks AWS Lambda's Runtime API
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).
//!
//! | to read | |
//! |---|---|
//! | `invocation` | an event on its way to a process, and what comes of it |
//! | `queue` | invocations that wait for a process |
//! | `pool` | processes: as many as there is something to do for, each gone once it has nothing |
//! | `worker` | one of them, as far as events go |
//! | `processes` | its processes: the function's, and its extensions beside it |
//! | `runtime_api` | what a process is told and asks |
//! | `streamed` | answers that come piece by piece |
//! | `intake` | how much of what callers send is in memory |
//! | `function_url` | requests by HTTP as events, and answers as HTTP |
//! | `invoked` | what came of an event that came without HTTP |
//! | `limits` | what a function may take |

mod function_url;
pub(crate) mod intake;
mod invocation;
mod invoked;
mod limits;
mod pool;
mod processes;
mod queue;
mod runtime_api;
mod streamed;
mod worker;

use super::event::Event;
use super::gate::{Entered, Gate};
use super::gateway::refusal;
use super::instance::{Instance, Status};
use super::process::Launch;
use super::typed::Descriptors;
use crate::error::UpError;
use crate::messages::iris::up::v1::Settings;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{Request, Response, StatusCode};
pub(crate) use invocation::Failed;
use invocation::Reply;
pub(crate) use invoked::{Invoked, Pieces};
use iris_core::Body;
use limits::Limits;
use pool::Pool;
use std::sync::Arc;
use std::time::Duration;

/// The most bytes of an event, and of an answer: 6 MiB.
const LARGEST: usize = 6 * 1024 * 1024;

/// How long requests that are under way have until their events are taken, where another version takes over.
const DRAIN: Duration = Duration::from_secs(60);

/// One version of such an app.
pub(crate) struct Lambda {
    version: u64,
    gate: Gate,
    pool: Arc<Pool>,
}

impl Lambda {
    pub(crate) fn start(launch: Launch, settings: &Settings) -> Result<Lambda, String> {
        Ok(Lambda {
            version: launch.version,
            gate: Gate::new(),
            pool: Pool::new(launch, Limits::of(settings)?),
        })
    }

    /// Whether it could be started with these.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for people.
    pub(crate) fn check(settings: &Settings) -> Result<(), String> {
        Limits::of(settings).map(|_| ())
    }
}

impl Instance for Lambda {
    /// Starts a process to see that it gets as far as to ask for its first event.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        self.pool.clone().warm_up().boxed()
    }

    fn enter(&self) -> Option<Entered> {
        self.gate.enter()
    }

    fn answer(&self, entered: Entered, request: Request<Body>) -> BoxFuture<'_, Response<Body>> {
        async move {
            // A streamed answer is a process's business, which is not ended while it has an event.
            let _entered = entered;
            let event = match function_url::event(request).await {
                Ok(event) => event,
                Err(refused) => return refused,
            };
            match self.pool.clone().invoke(event).await {
                Ok(Reply::Whole(payload)) => function_url::answer(&payload),
                Ok(Reply::Streamed(streamed)) => function_url::stream(streamed).await,
                Err(failed) => {
                    let status = match failed {
                        Failed::Full => StatusCode::TOO_MANY_REQUESTS,
                        Failed::TimedOut(_) | Failed::Waited => StatusCode::GATEWAY_TIMEOUT,
                        Failed::NotStarted(..) | Failed::Stopped => StatusCode::SERVICE_UNAVAILABLE,
                        Failed::Raised(_) | Failed::Ended(_) => StatusCode::BAD_GATEWAY,
                    };
                    refusal(status, &failed.to_string())
                }
            }
        }
        .boxed()
    }

    fn invoke(&self, entered: Entered, event: Event) -> BoxFuture<'_, Result<Invoked, UpError>> {
        async move {
            let _entered = entered;
            if event.payload.len() > LARGEST {
                return Err(UpError::EventTooLarge(event.payload.len()));
            }
            Ok(Invoked {
                request_id: event.id.clone(),
                version: self.version,
                outcome: self.pool.clone().invoke(event).await,
            })
        }
        .boxed()
    }

    /// It is given events, and is not asked.
    fn descriptors(&self) -> Arc<Descriptors> {
        Arc::default()
    }

    fn status(&self) -> Status {
        self.pool.status()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        async {
            let _ = tokio::time::timeout(DRAIN, self.gate.close()).await;
            self.pool.stop().await;
        }
        .boxed()
    }
}
