//! The runtime: handlers by name, and the loop that gives them events.

mod choice;
mod turns;

use crate::answer::Outcome;
use crate::api::{Address, Api};
use crate::caught::{caught, note_places};
use crate::context::{Context, Function};
use crate::error::{Kind, RunError};
use crate::events::Event;
use crate::failure::{BoxError, Failure};
use crate::handler::{Handler, Typed};
use serde::de::DeserializeOwned;
use std::any::type_name;
use std::fmt;
use std::sync::Arc;

/// Several handlers in one executable, and events for one of them.
///
/// The variable `_HANDLER` says which, as the setting "handler" of a function on AWS does, and as iris-up does with the
/// name of the app:
///
/// | registered | `_HANDLER` | who gets the events |
/// |---|---|---|
/// | one | anything, or not set | that one: there is nothing to choose, and `provided` functions are often deployed with `bootstrap` there |
/// | several | the name of one | that one |
/// | several | anything else, or not set | nobody: the function does not start, and says which handlers it has |
///
/// A handler is an async function of an event and its [`Context`]. What it gives is written as JSON, or goes
/// [piece by piece](crate::Streamed). Whatever it makes of an event, an error, a panic, an answer that is no JSON, the next
/// event comes; so it does behind an event that is not what the handler takes. Panics are caught as long as the
/// executable is not built with `panic = "abort"`.
///
/// Where the variable `AWS_LAMBDA_MAX_CONCURRENCY` says so, as on Lambda Managed Instances, the handler is given several
/// events at once.
#[derive(Default)]
pub struct Runtime {
    handlers: Vec<(String, Box<dyn Handler>)>,
}

impl Runtime {
    /// A runtime without handlers.
    pub fn new() -> Self {
        Runtime::default()
    }

    /// Adds a handler of events of AWS's: one of those in [`events`](crate::events).
    #[must_use = "it gives the runtime with the handler"]
    pub fn register<E, F, Fut>(self, name: impl Into<String>, handler: F) -> Self
    where
        E: Event,
        F: Fn(E, Context) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: Outcome,
    {
        self.add(name.into(), Typed::new(E::KIND, handler))
    }

    /// Adds a handler of events of your own: whatever serde reads.
    #[must_use = "it gives the runtime with the handler"]
    pub fn register_custom<E, F, Fut>(self, name: impl Into<String>, handler: F) -> Self
    where
        E: DeserializeOwned + Send + 'static,
        F: Fn(E, Context) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: Outcome,
    {
        self.add(name.into(), Typed::new(type_name::<E>(), handler))
    }

    /// Adds an HTTP service, for requests as events.
    #[cfg(feature = "application")]
    #[must_use = "it gives the runtime with the handler"]
    pub fn register_application(
        self,
        name: impl Into<String>,
        application: crate::Application,
    ) -> Self {
        self.add(name.into(), application.into_handler())
    }

    fn add(mut self, name: String, handler: impl Handler + 'static) -> Self {
        self.handlers.push((name, Box::new(handler)));
        self
    }

    /// Asks for events and answers them, for as long as there is a Runtime API.
    ///
    /// # Errors
    ///
    /// Where there is none, where it goes away, and where it cannot be told which handler gets the events. The process should
    /// end then, which is what AWS and iris-up expect.
    pub async fn run(self) -> Result<(), RunError> {
        note_places();
        let address = Address::from_environment()?;
        let address = address.ok_or(RunError::new(Kind::NoRuntimeApi))?;
        let function = Arc::new(Function::from_environment());
        let handler = match choice::choose(self.handlers, &function.handler) {
            Ok(handler) => handler,
            Err(failure) => return Err(not_started(&address, failure).await),
        };
        turns::run(address, handler.into(), function).await
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.handlers.iter().map(|(name, _)| name);
        formatter.debug_list().entries(names).finish()
    }
}

/// Does what has to be done before the first event. Where it fails or panics, callers are told why (by
/// `/runtime/init/error`), and the process should end.
///
/// ```no_run
/// use iris_lambda::{Context, RunError, Runtime};
/// use std::sync::Arc;
///
/// async fn read_names() -> std::io::Result<String> {
///     std::fs::read_to_string("names.txt")
/// }
///
/// #[tokio::main]
/// async fn main() -> Result<(), RunError> {
///     let names = Arc::new(iris_lambda::init(read_names()).await?);
///     let handler = move |_: serde_json::Value, _: Context| {
///         let names = names.clone();
///         async move { Ok::<_, RunError>(names.lines().count()) }
///     };
///     Runtime::new().register_custom("count", handler).run().await
/// }
/// ```
///
/// # Errors
///
/// Where it fails. Without a Runtime API nobody is told, and the error is the same.
pub async fn init<T, E>(starting: impl Future<Output = Result<T, E>>) -> Result<T, RunError>
where
    E: Into<BoxError>,
{
    note_places();
    let failure = match caught(starting).await {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => Failure::of(error),
        Err(panicked) => panicked,
    };
    match Address::from_environment()? {
        Some(address) => Err(not_started(&address, failure).await),
        None => Err(RunError::not_started(failure)),
    }
}

/// Tells that the function does not start.
async fn not_started(address: &Address, failure: Failure) -> RunError {
    match Api::new(address).fail_to_start(&failure).await {
        Ok(()) => RunError::not_started(failure),
        Err(error) => {
            tracing::error!("the function does not start: {failure}");
            error
        }
    }
}
