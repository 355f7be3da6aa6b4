//! The processes of a function: as many as there is something to do for, each gone once it has had nothing for a while.

use super::invocation::{Failed, Invocation, Outcome};
use super::limits::Limits;
use super::processes::Processes;
use super::queue::Queue;
use super::runtime_api::{self, Function};
use super::worker::{Due, Worker};
use crate::daemon::event::Event;
use crate::daemon::instance::Status;
use crate::daemon::process::Launch;
use crate::messages::iris::up::v1::State;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// How long a process may take until it asks for its first event. One that takes longer is started once more, and then has
/// as long as for an event.
const START: Duration = Duration::from_secs(10);

/// How long nothing is started once something could not be, where there are processes that answer.
const PAUSE: Duration = Duration::from_secs(1);

/// How long an event waits for a process.
const PATIENCE: Duration = Duration::from_secs(30);

/// The processes of one version of a function.
#[derive(Debug)]
pub(super) struct Pool {
    launch: Launch,
    limits: Limits,
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

/// How the life of a process ended.
enum Ended {
    /// It took too long to start.
    Slow(String),
    Otherwise(String),
}

impl Pool {
    pub(super) fn new(launch: Launch, limits: Limits) -> Arc<Pool> {
        Arc::new(Pool {
            launch,
            limits,
            queue: Arc::default(),
            workers: Mutex::default(),
            changed: watch::Sender::new(()),
            ending: watch::Sender::new(false),
        })
    }

    /// Gives an event to a process, and waits for the outcome.
    pub(super) async fn invoke(self: Arc<Self>, event: Event) -> Outcome {
        let id = event.id.clone();
        let (invocation, mut outcome) = Invocation::new(event);
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
        let waiting = self.queue.len();
        let free = || workers.running.iter().map(|worker| worker.free()).sum();
        if waiting > 0 && workers.running.len() < self.limits.processes && waiting > free() {
            self.start(workers);
        }
    }

    async fn grow_after(self: Arc<Self>, pause: Duration) {
        sleep(pause).await;
        self.grow(&mut self.workers());
    }

    fn start(self: &Arc<Self>, workers: &mut Workers) -> Arc<Worker> {
        let Limits {
            concurrency,
            keep_alive,
            ..
        } = self.limits;
        let worker = Worker::new(self.queue.clone(), concurrency, keep_alive);
        let worker = Arc::new(worker);
        if workers.closed {
            worker.attend();
        }
        workers.running.push(worker.clone());
        self.note_room(workers);
        tokio::spawn(self.clone().run(worker.clone()));
        worker
    }

    /// Whether there may be more of them decides what they tell of.
    fn note_room(&self, workers: &Workers) {
        let room = workers.running.len() < self.limits.processes;
        self.queue.set_room(room);
    }

    /// Looks after a process from its start to its end.
    async fn run(self: Arc<Self>, worker: Arc<Worker>) {
        let ended = match self.live(&worker, START).await {
            Ended::Slow(_) if !self.workers().closed => {
                worker.begin_again();
                self.live(&worker, self.limits.timeout).await
            }
            ended => ended,
        };
        let (Ended::Slow(why) | Ended::Otherwise(why)) = ended;
        worker.tag.caught_up().await;
        let failure = worker.end(&why);
        let mut workers = self.workers();
        workers.running.retain(|other| !Arc::ptr_eq(other, &worker));
        self.note_room(&workers);
        workers.failure.clone_from(&failure);
        let was_of_use = failure.is_none();
        let others = workers.running.iter().any(|other| !other.is_starting());
        if workers.closed || (!was_of_use && !others) {
            // Another one would fare no better.
            let why = failure.unwrap_or(why);
            self.queue
                .fail(&Failed::NotStarted(why, worker.not_started()));
        } else if was_of_use {
            self.grow(&mut workers);
        } else if self.queue.len() > 0 {
            // Others may come to what waits. Where they do not, another is tried after a while.
            tokio::spawn(self.clone().grow_after(PAUSE));
        }
        drop(workers);
        worker.tag.end();
        self.changed.send_replace(());
    }

    /// One process, which has so long to start.
    async fn live(self: &Arc<Self>, worker: &Arc<Worker>, start: Duration) -> Ended {
        let begun = Instant::now();
        match self.processes(worker).await {
            Ok(processes) => self.look_after(worker, &processes, begun + start).await,
            Err(error) => cannot_be_run(&error),
        }
    }

    /// A process with its extensions, and what answers their questions.
    async fn processes(&self, worker: &Arc<Worker>) -> io::Result<Processes> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let function = Function::new(&self.launch, &self.limits);
        let told = function.clone();
        let serve = |beside| runtime_api::serve(listener, worker.clone(), told, beside);
        Processes::start(&self.launch, &function, address, &worker.tag, serve)
    }

    /// Until the process ends, by itself or since it is made to; says why.
    async fn look_after(
        self: &Arc<Self>,
        worker: &Worker,
        processes: &Processes,
        started: Instant,
    ) -> Ended {
        let mut changed = worker.changed();
        let mut ending = self.ending.subscribe();
        loop {
            changed.borrow_and_update();
            // It may have taken an event while another came, or have come to its end of one.
            self.grow(&mut self.workers());
            if !worker.is_busy() {
                self.changed.send_replace(());
            }
            let due = worker.due();
            let until = match &due {
                Due::Start => started,
                Due::Over(why) => {
                    processes.stop("failure").await;
                    return Ended::Otherwise(why.clone());
                }
                Due::Answer(_, at) | Due::Return(at) | Due::Ask(at) | Due::Idle(at) => *at,
            };
            tokio::select! {
                why = processes.ended() => {
                    // Nobody waits for what its extensions still have to do.
                    worker.end(&why);
                    processes.reset("failure").await;
                    return Ended::Otherwise(why);
                }
                begun = processes.begin(), if !processes.has_begun() => {
                    if let Err(error) = begun {
                        return cannot_be_run(&error);
                    }
                }
                _ = changed.changed() => {}
                () = told(&mut ending) => {
                    worker.retire();
                    processes.stop("spindown").await;
                    return Ended::Otherwise("it was stopped".to_owned());
                }
                // It may have changed untold, where that is due later.
                () = sleep_until(until) => {
                    if worker.due() == due
                        && let Some(ended) = self.overdue(worker, processes, &due).await {
                        return ended;
                    }
                }
            }
        }
    }

    /// What was due has not come. How the process has ended for it, where it has.
    async fn overdue(
        self: &Arc<Self>,
        worker: &Worker,
        processes: &Processes,
        due: &Due,
    ) -> Option<Ended> {
        match due {
            // It has asked in this very moment.
            Due::Start if !worker.is_late() => None,
            Due::Start => {
                let why = processes.missing();
                processes.reset("failure").await;
                Some(Ended::Slow(why))
            }
            // It may hang for good.
            Due::Answer(id, _) => {
                worker.tag.caught_up().await;
                if !worker.time_out(id) {
                    return None;
                }
                processes.time_out().await;
                Some(Ended::Otherwise("it did not answer in time".to_owned()))
            }
            Due::Ask(_) => {
                processes.reset("timeout").await;
                let why = "it did not ask for the next event in time".to_owned();
                Some(Ended::Otherwise(why))
            }
            Due::Idle(_) if worker.retire() => {
                // An event may have counted on it.
                self.grow(&mut self.workers());
                processes.stop("spindown").await;
                Some(Ended::Otherwise("it had nothing to do".to_owned()))
            }
            Due::Return(_) => {
                worker.note_late();
                None
            }
            // It has answered, or got an event, in this very moment.
            Due::Idle(_) | Due::Over(_) => None,
        }
    }

    pub(super) fn status(&self) -> Status {
        let workers = self.workers();
        let state = match (workers.running.is_empty(), &workers.failure) {
            (false, _) if workers.running.iter().all(|worker| worker.is_starting()) => {
                State::Starting
            }
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
        {
            let mut workers = self.workers();
            workers.closed = true;
            workers.running.iter().for_each(|worker| worker.attend());
        }
        let done = async {
            while self.queue.len() > 0
                || self.workers().running.iter().any(|worker| worker.is_busy())
            {
                // The sender is here.
                let _ = changed.changed().await;
            }
        };
        let _ = timeout(self.limits.timeout, done).await;
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

fn cannot_be_run(error: &io::Error) -> Ended {
    Ended::Otherwise(format!("it cannot be run: {error}"))
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
