//! The processes of a function: as many as there is something to do for, each gone once it has had nothing for a while.

use super::invocation::{Failed, Invocation, Outcome};
use super::queue::Queue;
use super::runtime_api::{self, Function};
use super::worker::{Phase, Worker};
use crate::daemon::containment::cell::Port;
use crate::daemon::instance::Status;
use crate::daemon::process::{Launch, Process};
use crate::messages::iris::up::v1::State;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// How many processes one function has at most.
const MOST: usize = 10;

/// How long a process may take until it asks for its first event.
const START: Duration = Duration::from_secs(10);

/// How long a function may take for an event.
const FUNCTION: Duration = Duration::from_secs(30);

/// How long an event waits for a process.
const PATIENCE: Duration = Duration::from_secs(30);

/// The processes of one version of a function.
#[derive(Debug)]
pub(super) struct Pool {
    launch: Launch,
    keep_alive: Duration,
    queue: Arc<Queue>,
    workers: Mutex<Workers>,
    /// Changes whenever something has come to an end.
    changed: watch::Sender<()>,
    /// Whether processes are to end.
    ending: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Workers {
    running: Vec<Arc<Worker>>,
    /// No more events are taken.
    closed: bool,
    /// Why the last process that was started did not get as far as to ask for an event.
    failure: Option<String>,
}

impl Pool {
    pub(super) fn new(launch: Launch, keep_alive: Duration) -> Arc<Pool> {
        Arc::new(Pool {
            launch,
            keep_alive,
            queue: Arc::default(),
            workers: Mutex::default(),
            changed: watch::Sender::new(()),
            ending: watch::Sender::new(false),
        })
    }

    /// Gives an event to a process, and waits for the outcome. The event's id comes with it.
    pub(super) async fn invoke(self: Arc<Self>, event: Bytes) -> (String, Outcome) {
        match Invocation::new(event) {
            Ok((invocation, outcome)) => {
                let id = invocation.id.clone();
                let outcome = self.outcome(invocation, outcome).await;
                (id, outcome)
            }
            Err(failed) => (String::new(), Err(failed)),
        }
    }

    async fn outcome(
        self: Arc<Self>,
        invocation: Invocation,
        mut outcome: oneshot::Receiver<Outcome>,
    ) -> Outcome {
        let id = invocation.id.clone();
        {
            let mut workers = self.workers();
            if workers.closed {
                return Err(Failed::Stopped);
            }
            self.queue.push(invocation)?;
            self.grow(&mut workers);
        }
        // Whoever goes away takes the event along, where no function has it yet.
        let waiting = Waiting(&self.queue, &id);
        let outcome = match timeout(PATIENCE, &mut outcome).await {
            Ok(outcome) => outcome,
            Err(_) if waiting.withdraw() => return Err(Failed::Waited),
            // A function has it, whose own time is kept.
            Err(_) => outcome.await,
        };
        outcome.unwrap_or(Err(Failed::Stopped))
    }

    /// Starts a process where none is, and waits until one has asked for an event.
    pub(super) async fn warm_up(self: Arc<Self>) -> Result<(), String> {
        let worker = {
            let mut workers = self.workers();
            match workers.running.first() {
                Some(worker) => worker.clone(),
                None => self.start(&mut workers),
            }
        };
        worker.started().await
    }

    /// Starts a process where more events wait than there are processes for.
    fn grow(self: &Arc<Self>, workers: &mut Workers) {
        let free = workers.running.iter().filter(|worker| worker.is_free());
        if self.queue.len() > free.count() && workers.running.len() < MOST {
            self.start(workers);
        }
    }

    fn start(self: &Arc<Self>, workers: &mut Workers) -> Arc<Worker> {
        let worker = Arc::new(Worker::new(self.queue.clone()));
        workers.running.push(worker.clone());
        tokio::spawn(self.clone().run(worker.clone()));
        worker
    }

    /// Looks after a process from its start to its end.
    async fn run(self: Arc<Self>, worker: Arc<Worker>) {
        let why = match self.process(&worker).await {
            Ok((process, serving)) => {
                let why = self.look_after(&worker, &process).await;
                drop(serving);
                why
            }
            Err(error) => format!("it cannot be run: {error}"),
        };
        let was_of_use = worker.end(&why);
        let mut workers = self.workers();
        workers.running.retain(|other| !Arc::ptr_eq(other, &worker));
        workers.failure = (!was_of_use).then(|| why.clone());
        if workers.closed || !was_of_use {
            // Another one would fare no better.
            self.queue.fail(&Failed::NotStarted(why));
        } else {
            self.grow(&mut workers);
        }
        drop(workers);
        self.changed.send_replace(());
    }

    /// A process, and what answers its questions.
    async fn process(
        &self,
        worker: &Arc<Worker>,
    ) -> std::io::Result<(Process, runtime_api::Serving)> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let function = Function::new(&self.launch, FUNCTION);
        let port = Port::Events(address.port());
        let process = self.launch.spawn(&function.environment(address), port)?;
        let serving = runtime_api::serve(listener, worker.clone(), function);
        Ok((process, serving))
    }

    /// Until the process ends, by itself or since it is made to; says why.
    async fn look_after(&self, worker: &Worker, process: &Process) -> String {
        let mut phase = worker.phase();
        let mut ending = self.ending.subscribe();
        let begun = Instant::now();
        loop {
            let now = phase.borrow_and_update().clone();
            let until = match &now {
                Phase::Starting => begun + START,
                Phase::Busy { until } => *until,
                Phase::Idle { since } => *since + self.keep_alive,
                Phase::Failed(why) => {
                    process.stop().await;
                    return why.clone();
                }
            };
            if matches!(now, Phase::Idle { .. }) {
                self.changed.send_replace(());
            }
            tokio::select! {
                why = process.ended() => return why,
                _ = phase.changed() => {}
                () = told(&mut ending) => {
                    worker.retire();
                    process.stop().await;
                    return "it was stopped".to_owned();
                }
                () = sleep_until(until) => match now {
                    Phase::Starting => {
                        process.kill().await;
                        let seconds = START.as_secs();
                        return format!("it did not ask for an event within {seconds} s");
                    }
                    // It may hang for good.
                    Phase::Busy { .. } => {
                        worker.time_out();
                        process.kill().await;
                        return "it did not answer in time".to_owned();
                    }
                    Phase::Idle { .. } if worker.retire() => {
                        process.stop().await;
                        return "it had nothing to do".to_owned();
                    }
                    // It has got an event in this very moment.
                    _ => {}
                },
            }
        }
    }

    pub(super) fn status(&self) -> Status {
        let workers = self.workers();
        let starting = |worker: &Arc<Worker>| matches!(*worker.phase().borrow(), Phase::Starting);
        let state = match (workers.running.is_empty(), &workers.failure) {
            (false, _) if workers.running.iter().all(starting) => State::Starting,
            (false, _) => State::Alive,
            (true, Some(_)) => State::Failed,
            (true, None) => State::Dead,
        };
        Status {
            state,
            reason: workers.failure.clone().unwrap_or_default(),
            processes: u32::try_from(workers.running.len()).unwrap_or(u32::MAX),
            restarts: 0,
        }
    }

    /// Takes no more events, and ends the processes once they have answered those that are there.
    pub(super) async fn stop(&self) {
        let mut changed = self.changed.subscribe();
        self.workers().closed = true;
        let done = async {
            while self.queue.len() > 0
                || self.workers().running.iter().any(|worker| worker.is_busy())
            {
                // The sender is here.
                let _ = changed.changed().await;
            }
        };
        let _ = timeout(FUNCTION, done).await;
        self.queue.fail(&Failed::Stopped);
        self.ending.send_replace(true);
        while !self.workers().running.is_empty() {
            let _ = changed.changed().await;
        }
    }

    /// Neither value is ever half changed.
    fn workers(&self) -> MutexGuard<'_, Workers> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until it is so.
async fn told(what: &mut watch::Receiver<bool>) {
    // The sender is in the pool.
    let _ = what.wait_for(|so| *so).await;
}

/// An event that is taken back where nobody waits for its outcome any more.
struct Waiting<'a>(&'a Queue, &'a str);

impl Waiting<'_> {
    fn withdraw(&self) -> bool {
        self.0.withdraw(self.1)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.withdraw();
    }
}
