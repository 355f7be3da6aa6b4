//! Keeps a process of an app running.

use super::READY;
use super::Reached;
use super::door::{Door, Taken};
use super::health::Health;
use super::rest::Rest;
use crate::daemon::containment::cell::Port;
use crate::daemon::process::printed::Tag;
use crate::daemon::process::{Launch, Order, Process};
use crate::daemon::typed::{self, Descriptors};
use crate::messages::iris::up::v1::State;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

/// The pause before a process is started again, which doubles from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// A process that answered for so long is not one that ends as soon as it starts.
const STEADY: Duration = Duration::from_secs(10);

/// How many processes in a row may end as soon as they start.
const CRASHES: u32 = 10;

/// How many ports in a row others may be faster at.
const TAKEN: u32 = 10;

/// Keeps a process running.
pub(super) struct Keeper {
    pub(super) launch: Launch,
    pub(super) health: Option<Health>,
    pub(super) rest: Rest,
    /// Whether it is given a socket that listens.
    pub(super) hands_over: bool,
    pub(super) restart: bool,
    pub(super) tell: watch::Sender<Reached>,
}

/// How the life of a process ended.
enum Ended {
    /// As the daemon wanted it.
    Stopped,
    /// Since there was nothing to do.
    Rests,
    /// By itself: why, and whether it had answered for a while.
    Otherwise(String, bool),
    /// Since somebody else has its port.
    Taken(Taken),
}

impl Keeper {
    /// Until it is told to stop, or there is no use.
    pub(super) async fn keep(self, mut stopped: oneshot::Receiver<()>) {
        let (mut crashes, mut taken) = (0, 0);
        let asks = typed::can_be_asked(&self.launch.program.file).await;
        let mut door = None;
        loop {
            let ended = match self.door(&mut door) {
                Ok(door) => self.run_once(door, asks, &mut stopped).await,
                Err(error) => Ended::Otherwise(format!("there is no port for it: {error}"), false),
            };
            taken = match ended {
                Ended::Taken(_) => taken + 1,
                _ => 0,
            };
            let (why, steady) = match ended {
                Ended::Stopped => break,
                // It is not the app's fault.
                Ended::Taken(_) if taken < TAKEN => continue,
                Ended::Taken(taken) => (taken.to_string(), false),
                Ended::Rests => {
                    crashes = 0;
                    tokio::select! {
                        () = self.rest.end() => {}
                        _ = &mut stopped => break,
                    }
                    self.say(State::Starting, "");
                    continue;
                }
                Ended::Otherwise(why, steady) => (why, steady),
            };
            crashes = if steady { 0 } else { crashes + 1 };
            if !self.restart {
                self.say(State::Dead, &why);
                return;
            }
            if crashes >= CRASHES {
                let why = format!("{why}, {crashes} times as soon as it had started");
                self.say(State::Failed, &why);
                return;
            }
            self.say(State::Waiting, &why);
            let doubled = PAUSES.0 * 2_u32.saturating_pow(crashes.saturating_sub(1));
            tokio::select! {
                () = sleep(doubled.min(PAUSES.1)) => {}
                _ = &mut stopped => break,
            }
            self.tell
                .send_modify(|reached| reached.status.restarts += 1);
            self.say(State::Starting, "");
        }
        self.say(State::Dead, "");
    }

    /// Where the next process listens. One socket serves all of them, so that nobody who connects meanwhile is turned away; a
    /// port is another each time, since somebody else may have taken the one before.
    fn door<'a>(&self, door: &'a mut Option<Door>) -> io::Result<&'a Door> {
        let next = match (self.hands_over, door.take()) {
            (true, Some(socket)) if socket.is_open() => socket,
            (true, _) => Door::open_socket()?,
            (false, _) => Door::free_port()?,
        };
        Ok(door.insert(next))
    }

    /// Runs a process to its end.
    async fn run_once(
        &self,
        door: &Door,
        asks: bool,
        stopped: &mut oneshot::Receiver<()>,
    ) -> Ended {
        let (process, address) = match self.spawn(door) {
            Ok(begun) => begun,
            Err(error) => return Ended::Otherwise(format!("it cannot be run: {error}"), false),
        };
        self.tell
            .send_modify(|reached| reached.status.processes = 1);
        let ended = tokio::select! {
            ended = self.watch(&process, door, address, asks) => ended,
            _ = stopped => Ended::Stopped,
        };
        match &ended {
            Ended::Otherwise(..) | Ended::Taken(_) => process.kill().await,
            Ended::Stopped | Ended::Rests => process.stop().await,
        }
        ended
    }

    fn spawn(&self, door: &Door) -> io::Result<(Process, SocketAddr)> {
        let address = door.address()?;
        let environment = [
            ("HOST", address.ip().to_string()),
            ("PORT", address.port().to_string()),
        ];
        let tag = Tag::default();
        let own = Port::Own(address.port());
        let order = Order {
            listener: door.socket(),
            ..self.launch.order(&environment, own, &tag)
        };
        let process = self.launch.spawn_in(&self.launch.enclose()?, order)?;
        Ok((process, address))
    }

    /// Says when it is ready, and gives why it is so no longer.
    async fn watch(
        &self,
        process: &Process,
        door: &Door,
        address: SocketAddr,
        asks: bool,
    ) -> Ended {
        let answered = door.answered(process.owner(), address, self.health.as_ref());
        let answers = tokio::select! {
            answers = timeout(READY, answered) => answers,
            why = process.ended() => {
                // It may have ended since it did not get its port.
                return match door.taken(process.owner(), address).await {
                    Err(taken) => Ended::Taken(taken),
                    Ok(()) => Ended::Otherwise(why, false),
                };
            }
        };
        match answers {
            Ok(Ok(())) => {}
            Ok(Err(taken)) => return Ended::Taken(taken),
            Err(_) => return Ended::Otherwise(self.not_ready(door), false),
        }
        let descriptors = match asks {
            true => typed::ask(address).await,
            false => Descriptors::default(),
        };
        let since = Instant::now();
        self.tell.send_modify(|reached| {
            reached.status.state = State::Alive;
            reached.status.reason.clear();
            reached.address = Some(address);
            reached.descriptors = Arc::new(descriptors);
        });
        let why = tokio::select! {
            why = process.ended() => why,
            why = self.unwell(address) => {
                // It may have something under way, and what comes meanwhile waits for the next.
                let steady = since.elapsed() >= STEADY;
                self.say(State::Waiting, &why);
                process.stop().await;
                return Ended::Otherwise(why, steady);
            }
            () = self.rest.begin(|| self.say(State::Asleep, "")) => return Ended::Rests,
        };
        Ended::Otherwise(why, since.elapsed() >= STEADY)
    }

    fn not_ready(&self, door: &Door) -> String {
        let seconds = READY.as_secs();
        match (&self.health, door) {
            (Some(_), _) => format!("it does not say that it is well within {seconds} s"),
            (None, Door::Port(_)) => {
                format!("nothing listens at the port of its variable PORT within {seconds} s")
            }
            (None, Door::Socket(_)) => {
                format!("nobody reads what comes to the socket that it is given within {seconds} s")
            }
        }
    }

    /// Waits until it is well no longer, where it is asked that.
    async fn unwell(&self, address: SocketAddr) -> String {
        match &self.health {
            Some(health) => health.watch(address).await,
            None => std::future::pending().await,
        }
    }

    fn say(&self, state: State, reason: &str) {
        self.tell.send_modify(|reached| {
            reached.status.state = state;
            reason.clone_into(&mut reached.status.reason);
            reached.status.processes = 0;
            reached.address = None;
        });
    }
}
