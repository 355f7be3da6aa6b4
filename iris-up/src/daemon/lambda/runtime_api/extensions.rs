//! AWS Lambda's Extensions API, version 2020-01-01, for what runs within a function's process and beside it
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>).
//!
//! Those beside it are known by the names of their files, under which they register.
//!
//! An extension hears of each event that the function is given, and the function gets no other before all extensions have
//! asked for more.

use super::function::{ACCOUNT, Function};
use super::problem::Problem;
use super::{Answer, LARGEST_OF_START, accepted, body, json};
use crate::daemon::event::{Event, since_1970, uuid};
use crate::daemon::lambda::processes::SHUTDOWN;
use crate::daemon::lambda::worker::Worker;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use hyper::body::Incoming;
use serde_json::{Value, json as object};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::time::timeout;

/// What every path begins with.
pub(super) const VERSION: &str = "/2020-01-01/extension/";

/// Who asks.
const IDENTIFIER: &str = "lambda-extension-identifier";

/// Which of its events it is told.
const EVENT_IDENTIFIER: &str = "lambda-extension-event-identifier";

/// What more it wants to know of the function.
const ACCEPTED_FEATURES: &str = "lambda-extension-accept-feature";

/// How many a process has at most (AWS Lambda's quota).
const MOST: usize = 10;

/// How long extensions within it have until the process is told to end by itself, which may be theirs.
const MOMENT: Duration = Duration::from_millis(500);

/// The extensions of one process.
#[derive(Debug)]
pub(super) struct Extensions {
    /// The names of those that run beside it.
    beside: Vec<String>,
    registered: Mutex<Vec<Extension>>,
    changed: watch::Sender<()>,
}

#[derive(Debug)]
struct Extension {
    id: String,
    name: String,
    /// Which of the two kinds of events it wants.
    invoke: bool,
    shutdown: bool,
    /// Whether it waits for an event right now.
    waits: bool,
    events: VecDeque<Value>,
}

/// An extension that waits, until this is dropped.
struct Waits<'a>(&'a Extensions, &'a str);

impl Extensions {
    pub(super) fn new(beside: Vec<String>) -> Extensions {
        Extensions {
            beside,
            registered: Mutex::default(),
            changed: watch::Sender::new(()),
        }
    }

    /// Answers the question of an extension.
    pub(super) async fn answer(
        &self,
        path: &str,
        request: Request<Incoming>,
        worker: &Worker,
        function: &Function,
    ) -> Answer {
        match (request.method().as_str(), path) {
            ("POST", "register") => self.register(request, worker, function).await,
            ("GET", "event/next") => self.next(request.headers()).await,
            ("POST", "init/error") => {
                let why = self.failed(request.headers())?;
                worker.fail(format!("its extension did not start: {why}"));
                Ok(accepted())
            }
            ("POST", "exit/error") => {
                let why = self.failed(request.headers())?;
                worker.fail(format!("its extension ended: {why}"));
                Ok(accepted())
            }
            _ => Err(Problem::NoOperation),
        }
    }

    /// One more, which has to come before the function asks for its first event.
    async fn register(
        &self,
        request: Request<Incoming>,
        worker: &Worker,
        function: &Function,
    ) -> Answer {
        let name = text(request.headers(), "lambda-extension-name");
        let name = name.ok_or(Problem::UnnamedExtension)?;
        let features = text(request.headers(), ACCEPTED_FEATURES).unwrap_or_default();
        // What comes too late is not read.
        if !worker.is_starting() {
            return Err(Problem::LateExtension);
        }
        let told = body(request, LARGEST_OF_START).await?;
        let told: Value = serde_json::from_slice(&told).unwrap_or_default();
        let wanted = told["events"].as_array().cloned().unwrap_or_default();
        let (invoke, shutdown) = (
            wanted.iter().any(|kind| kind == "INVOKE"),
            wanted.iter().any(|kind| kind == "SHUTDOWN"),
        );
        if wanted.len() != usize::from(invoke) + usize::from(shutdown) {
            return Err(Problem::UnknownEventKind);
        }
        let id = random_id()?;
        {
            let mut registered = self.registered();
            let known = registered.iter().any(|known| known.name == name);
            if !worker.is_starting() || known || registered.len() >= MOST {
                return Err(Problem::LateExtension);
            }
            registered.push(Extension {
                id: id.clone(),
                name,
                invoke,
                shutdown,
                waits: false,
                events: VecDeque::new(),
            });
        }
        self.changed.send_replace(());
        let mut told = object!({
            "functionName": function.name,
            "functionVersion": function.version.to_string(),
            "handler": function.name,
        });
        if features.split(',').any(|name| name.trim() == "accountId") {
            told["accountId"] = ACCOUNT.into();
        }
        let mut response = json(StatusCode::OK, told.to_string().into());
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert(IDENTIFIER, id);
        }
        Ok(response)
    }

    /// The next event for one, once there is one.
    async fn next(&self, headers: &HeaderMap) -> Answer {
        let id = text(headers, IDENTIFIER).ok_or(Problem::UnknownExtension)?;
        let mut changed = self.changed.subscribe();
        let waits = self.wait(&id)?;
        loop {
            changed.borrow_and_update();
            if let Some(event) = self.take(&id)? {
                drop(waits);
                let mut response = json(StatusCode::OK, Bytes::from(event.to_string()));
                let id = HeaderValue::try_from(random_id()?);
                if let Ok(id) = id {
                    response.headers_mut().insert(EVENT_IDENTIFIER, id);
                }
                return Ok(response);
            }
            // The sender is here.
            let _ = changed.changed().await;
        }
    }

    /// It waits from now on.
    fn wait<'a>(&'a self, id: &'a str) -> Result<Waits<'a>, Problem> {
        self.change(id, |extension| extension.waits = true)?;
        Ok(Waits(self, id))
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Extension)) -> Result<(), Problem> {
        let mut registered = self.registered();
        let found = registered.iter_mut().find(|extension| extension.id == id);
        change(found.ok_or(Problem::UnknownExtension)?);
        drop(registered);
        self.changed.send_replace(());
        Ok(())
    }

    /// The next event of one, where there is one.
    fn take(&self, id: &str) -> Result<Option<Value>, Problem> {
        let mut registered = self.registered();
        let found = registered.iter_mut().find(|extension| extension.id == id);
        Ok(found.ok_or(Problem::UnknownExtension)?.events.pop_front())
    }

    /// Why one says that it has failed.
    fn failed(&self, headers: &HeaderMap) -> Result<String, Problem> {
        let id = text(headers, IDENTIFIER).ok_or(Problem::UnknownExtension)?;
        let name = {
            let registered = self.registered();
            let found = registered.iter().find(|extension| extension.id == id);
            found.ok_or(Problem::UnknownExtension)?.name.clone()
        };
        let kind = text(headers, "lambda-extension-function-error-type");
        Ok(format!("{name}: {}", kind.as_deref().unwrap_or("Unknown")))
    }

    /// Waits until all of them have asked for an event.
    pub(super) async fn all_wait(&self) {
        self.until(|| {
            let registered = self.registered();
            let mut registered = registered.iter();
            registered.all(|extension| extension.waits && extension.events.is_empty())
        })
        .await;
    }

    /// Waits until all that run beside the function have registered.
    pub(super) async fn all_registered(&self) {
        self.until(|| self.not_registered().is_none()).await;
    }

    /// One that runs beside the function and has not registered.
    pub(super) fn not_registered(&self) -> Option<String> {
        let registered = self.registered();
        let is_missing = |name: &&String| !registered.iter().any(|known| known.name == **name);
        self.beside.iter().find(is_missing).cloned()
    }

    async fn until(&self, is_so: impl Fn() -> bool) {
        if is_so() {
            return;
        }
        let mut changed = self.changed.subscribe();
        loop {
            changed.borrow_and_update();
            if is_so() {
                return;
            }
            // The sender is here.
            let _ = changed.changed().await;
        }
    }

    /// The function is given this event.
    pub(super) fn tell_of_event(&self, event: &Event, deadline: SystemTime, function: &Function) {
        if !self.registered().iter().any(|extension| extension.invoke) {
            return;
        }
        let told = object!({
            "eventType": "INVOKE",
            "deadlineMs": milliseconds(deadline),
            "requestId": event.id,
            "invokedFunctionArn": function.arn(event.qualifier.as_deref()),
            "tracing": {
                "type": "X-Amzn-Trace-Id",
                "value": event.trace,
            },
        });
        self.tell(|extension| extension.invoke, &told);
    }

    /// The process is about to be ended. Those within it who want to hear of it have a moment for that.
    pub(super) async fn tell_within(&self, reason: &str) {
        let is_within = |extension: &Extension| !self.beside.contains(&extension.name);
        self.tell(
            |extension| extension.shutdown && is_within(extension),
            &end(reason),
        );
        // Also one that wants nothing of the kind may be at work.
        let all_wait = self.until(|| {
            let registered = self.registered();
            let mut within = registered.iter().filter(|extension| is_within(extension));
            within.all(|extension| extension.waits && extension.events.is_empty())
        });
        let _ = timeout(MOMENT, all_wait).await;
    }

    /// The function has ended. Those beside it who want to hear of it, which this names, end by themselves.
    pub(super) fn tell_beside(&self, reason: &str) -> Vec<String> {
        let hears =
            |extension: &Extension| extension.shutdown && self.beside.contains(&extension.name);
        self.tell(hears, &end(reason));
        let registered = self.registered();
        let heard = registered.iter().filter(|extension| hears(extension));
        heard.map(|extension| extension.name.clone()).collect()
    }

    fn tell(&self, who: impl Fn(&Extension) -> bool, event: &Value) {
        for extension in self
            .registered()
            .iter_mut()
            .filter(|extension| who(extension))
        {
            extension.events.push_back(event.clone());
        }
        self.changed.send_replace(());
    }

    /// No extension is ever half changed.
    fn registered(&self) -> MutexGuard<'_, Vec<Extension>> {
        self.registered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        // It is there: none is ever removed.
        let _ = self.0.change(self.1, |extension| extension.waits = false);
    }
}

/// What extensions are told in the end.
fn end(reason: &str) -> Value {
    object!({
        "eventType": "SHUTDOWN",
        "shutdownReason": reason,
        "deadlineMs": milliseconds(SystemTime::now() + SHUTDOWN),
    })
}

fn random_id() -> Result<String, Problem> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| Problem::BrokenOff(error.to_string()))?;
    Ok(uuid(random, 4))
}

fn milliseconds(time: SystemTime) -> u64 {
    u64::try_from(since_1970(time).as_millis()).unwrap_or(u64::MAX)
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (!value.is_empty()).then(|| value.to_owned())
}
