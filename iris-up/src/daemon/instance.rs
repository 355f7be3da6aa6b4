//! One version of an app that runs.

use crate::daemon::event::Event;
use crate::daemon::gate::Entered;
use crate::daemon::lambda::{Invoked, Lambda};
use crate::daemon::process::Launch;
use crate::daemon::resident::Resident;
use crate::daemon::typed::Descriptors;
use crate::error::UpError;
use crate::messages::iris::up::v1::{Kind, Settings, State};
use futures_util::future::BoxFuture;
use http::{Request, Response};
use iris_core::Body;
use std::sync::Arc;

/// One version of an app: what a kind of app has to know. Whoever adds a kind adds one of these, and a line in [`start`].
pub(crate) trait Instance: Send + Sync + 'static {
    /// Waits until it can answer.
    ///
    /// # Errors
    ///
    /// Why it will not, for people.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>>;

    /// Waits until it has a process that answers; one that sleeps is woken by whoever has entered.
    ///
    /// # Errors
    ///
    /// Why it will not, for people.
    fn answers(&self) -> BoxFuture<'_, Result<(), String>> {
        self.ready()
    }

    /// Lets a request in, which is answered then whatever happens to the app. `None` where it is being stopped: then
    /// another instance answers, or none.
    fn enter(&self) -> Option<Entered>;

    /// Answers a request, whose path is what comes after the app's name.
    fn answer(&self, entered: Entered, request: Request<Body>) -> BoxFuture<'_, Response<Body>>;

    /// Gives it an event, and waits for what comes of it.
    fn invoke(&self, entered: Entered, event: Event) -> BoxFuture<'_, Result<Invoked, UpError>>;

    /// What it has to call, as far as it says.
    fn descriptors(&self) -> Arc<Descriptors>;

    /// How it is.
    fn status(&self) -> Status;

    /// Lets it finish what it has to do, and ends its processes. Whatever is asked of it later is refused.
    fn stop(&self) -> BoxFuture<'_, ()>;
}

/// How an instance is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Status {
    pub(crate) state: State,
    /// Why, where it is not as it should be.
    pub(crate) reason: String,
    /// How many answer, or will. Such as are about to end are none of them.
    pub(crate) processes: u32,
    pub(crate) restarts: u64,
}

impl Status {
    /// Of an app that has no instance.
    pub(crate) fn dead() -> Status {
        Status::without_a_process(State::Dead)
    }

    /// Of one that has none before somebody wants something of it.
    pub(crate) fn asleep() -> Status {
        Status::without_a_process(State::Asleep)
    }

    fn without_a_process(state: State) -> Status {
        Status {
            state,
            reason: String::new(),
            processes: 0,
            restarts: 0,
        }
    }
}

/// Starts a version of an app.
///
/// # Errors
///
/// What is wrong with its settings, for people.
pub(crate) fn start(
    kind: Kind,
    launch: Launch,
    settings: &Settings,
) -> Result<Arc<dyn Instance>, String> {
    Ok(match kind {
        Kind::Lambda => Arc::new(Lambda::start(launch, settings)?),
        // No other kind gets past the remotes.
        Kind::Daemon | Kind::Unspecified => Arc::new(Resident::start(launch, settings)?),
    })
}

/// Whether a version could be started with these settings.
///
/// # Errors
///
/// What is wrong with them, for people.
pub(crate) fn check(kind: Kind, settings: &Settings) -> Result<(), String> {
    if kind == Kind::Lambda {
        return Lambda::check(settings);
    }
    match settings.schedules.is_empty() {
        true => Resident::check(settings),
        false => Err("schedules are for lambdas: a daemon runs all the time".to_owned()),
    }
}
