//! The kind of app that runs all the time: a process that answers HTTP at the port it is told, and is started again where
//! it ends.

mod health;

use crate::daemon::containment::cell::Port;
use crate::daemon::event::Event;
use crate::daemon::gate::{Entered, Gate};
use crate::daemon::gateway::proxy::Proxy;
use crate::daemon::instance::{Instance, Status};
use crate::daemon::lambda::Invoked;
use crate::daemon::process::listener::{Listener, Owner};
use crate::daemon::process::port::FreePort;
use crate::daemon::process::printed::Tag;
use crate::daemon::process::{Launch, Process};
use crate::daemon::typed::{self, Descriptors};
use crate::error::UpError;
use crate::messages::iris::up::v1::{Settings, State};
use crate::name::AppName;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use health::Health;
use http::{Request, Response, StatusCode};
use iris_core::Body;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// How long a process may take until something listens at its port.
const READY: Duration = Duration::from_secs(30);

/// Between two looks whether something listens, to begin with; each is twice as long as the one before, up to the second.
const LOOKS: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(100));

/// The pause before a process is started again, which doubles from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// A process that answered for so long is not one that ends as soon as it starts.
const STEADY: Duration = Duration::from_secs(10);

/// How many processes in a row may end as soon as they start.
const CRASHES: u32 = 10;

/// How many ports in a row others may be faster at.
const TAKEN: u32 = 10;

/// How long requests that are under way have, where another version takes over.
const DRAIN: Duration = Duration::from_secs(30);

/// One version of such an app.
pub(crate) struct Resident {
    name: AppName,
    gate: Gate,
    proxy: Proxy,
    status: watch::Receiver<Reached>,
    task: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

/// How it is, and where it is reached.
#[derive(Debug, Clone)]
struct Reached {
    status: Status,
    address: Option<SocketAddr>,
    descriptors: Arc<Descriptors>,
}

impl Resident {
    /// # Errors
    ///
    /// What is wrong with the settings, for people.
    pub(crate) fn start(launch: Launch, settings: &Settings) -> Result<Resident, String> {
        let mut status = Status::dead();
        status.state = State::Starting;
        let (tell, told) = watch::channel(Reached {
            status,
            address: None,
            descriptors: Arc::default(),
        });
        let name = launch.name.clone();
        let (stop, stopped) = oneshot::channel();
        let keeper = Keeper {
            launch,
            health: Health::of(settings)?,
            restart: settings.restart,
            tell,
        };
        let task = tokio::spawn(keeper.keep(stopped));
        Ok(Resident {
            name,
            gate: Gate::new(),
            proxy: Proxy::new(),
            status: told,
            task: Mutex::new(Some((stop, task))),
        })
    }

    /// Whether it could be started with these.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for people.
    pub(crate) fn check(settings: &Settings) -> Result<(), String> {
        Health::of(settings).map(|_| ())
    }

    /// Waits until it answers, or will not by itself.
    async fn settled(&self) -> Result<SocketAddr, String> {
        let mut status = self.status.clone();
        let settled = |reached: &Reached| {
            let over = matches!(reached.status.state, State::Failed | State::Dead);
            over || reached.address.is_some()
        };
        match status.wait_for(settled).await {
            Ok(reached) => reached.address.ok_or_else(|| reached.status.reason.clone()),
            Err(_) => Err("it was stopped".to_owned()),
        }
    }
}

impl Instance for Resident {
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        async {
            let mut status = self.status.clone();
            let begun = |reached: &Reached| reached.status.state != State::Starting;
            match status.wait_for(begun).await {
                Ok(reached) if reached.status.state == State::Alive => Ok(()),
                Ok(reached) => Err(reached.status.reason.clone()),
                Err(_) => Err("it was stopped".to_owned()),
            }
        }
        .boxed()
    }

    fn enter(&self) -> Option<Entered> {
        self.gate.enter()
    }

    fn answer(&self, entered: Entered, request: Request<Body>) -> BoxFuture<'_, Response<Body>> {
        async {
            match timeout(READY, self.settled()).await {
                Ok(Ok(address)) => {
                    // What says what it serves speaks HTTP/2.
                    let typed = !self.descriptors().services().is_empty();
                    self.proxy.forward(address, typed, entered, request).await
                }
                Ok(Err(why)) => {
                    crate::daemon::gateway::refusal(StatusCode::SERVICE_UNAVAILABLE, &why)
                }
                Err(_) => {
                    let why = "the app is not ready in time";
                    crate::daemon::gateway::refusal(StatusCode::GATEWAY_TIMEOUT, why)
                }
            }
        }
        .boxed()
    }

    fn invoke(&self, _: Entered, _: Event) -> BoxFuture<'_, Result<Invoked, UpError>> {
        let refused = UpError::NoLambda(self.name.to_string());
        std::future::ready(Err(refused)).boxed()
    }

    fn descriptors(&self) -> Arc<Descriptors> {
        self.status.borrow().descriptors.clone()
    }

    fn status(&self) -> Status {
        self.status.borrow().status.clone()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        async {
            let task = {
                let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
                task.take()
            };
            let Some((stop, task)) = task else { return };
            let _ = timeout(DRAIN, self.gate.close()).await;
            let _ = stop.send(());
            let _ = task.await;
        }
        .boxed()
    }
}

/// Keeps a process running.
struct Keeper {
    launch: Launch,
    health: Option<Health>,
    restart: bool,
    tell: watch::Sender<Reached>,
}

impl Keeper {
    /// Until it is told to stop, or there is no use.
    async fn keep(self, mut stopped: oneshot::Receiver<()>) {
        let (mut crashes, mut taken) = (0, 0);
        let asks = typed::can_be_asked(&self.launch.program).await;
        loop {
            let Some(End { why, how }) = self.run_once(asks, &mut stopped).await else {
                break;
            };
            taken = if how == How::Taken { taken + 1 } else { 0 };
            if (1..TAKEN).contains(&taken) {
                // It is not the app's fault.
                continue;
            }
            crashes = if how == How::Steady { 0 } else { crashes + 1 };
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

    /// Runs a process to its end, and says how that came; `None` where it was told to stop.
    async fn run_once(&self, asks: bool, stopped: &mut oneshot::Receiver<()>) -> Option<End> {
        let port = match FreePort::free() {
            Ok(port) => port,
            Err(error) => return Some(End::early(format!("there is no port for it: {error}"))),
        };
        let address = port.address();
        let environment = [
            ("HOST", address.ip().to_string()),
            ("PORT", address.port().to_string()),
        ];
        let own = Port::Own(address.port());
        let process = match self.launch.spawn(&environment, own, &Tag::default()) {
            Ok(process) => process,
            Err(error) => return Some(End::early(format!("it cannot be run: {error}"))),
        };
        self.tell
            .send_modify(|reached| reached.status.processes = 1);
        let ended = tokio::select! {
            ended = self.watch(&process, address, asks) => Some(ended),
            _ = stopped => None,
        };
        match &ended {
            Some(_) => process.kill().await,
            None => process.stop().await,
        }
        ended
    }

    /// Says when it is ready, and gives why it is so no longer.
    async fn watch(&self, process: &Process, address: SocketAddr, asks: bool) -> End {
        let owner = process.owner();
        let answers = tokio::select! {
            answers = timeout(READY, self.answering(owner, address)) => answers,
            why = process.ended() => {
                // It may have ended since it did not get its port.
                return match owner.at(address).await {
                    Listener::Stranger => End::taken(address),
                    _ => End::early(why),
                };
            }
        };
        let seconds = READY.as_secs();
        match answers {
            Ok(Ok(())) => {}
            Ok(Err(end)) => return end,
            Err(_) => {
                return End::early(match self.health {
                    None => format!(
                        "nothing listens at the port of its variable PORT within {seconds} s"
                    ),
                    Some(_) => format!("it does not say that it is well within {seconds} s"),
                });
            }
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
            why = self.unwell(address) => why,
        };
        let how = match since.elapsed() >= STEADY {
            true => How::Steady,
            false => How::Early,
        };
        End { why, how }
    }

    /// Waits until it can be asked, or somebody else is where it was to be.
    async fn answering(&self, owner: &Owner, address: SocketAddr) -> Result<(), End> {
        listening(owner, address).await?;
        if let Some(health) = &self.health {
            health.well(address).await;
        }
        Ok(())
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

/// How a process ended.
struct End {
    why: String,
    how: How,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum How {
    /// It had answered for a while.
    Steady,
    Early,
    /// Somebody else has its port.
    Taken,
}

impl End {
    fn early(why: String) -> End {
        let how = How::Early;
        End { why, how }
    }

    fn taken(address: SocketAddr) -> End {
        let port = address.port();
        End {
            why: format!("another program listens at its port {port}"),
            how: How::Taken,
        }
    }
}

/// Waits until the app listens. Whose the socket is the kernel is asked once there is one.
async fn listening(owner: &Owner, address: SocketAddr) -> Result<(), End> {
    let mut pause = LOOKS.0;
    loop {
        if TcpStream::connect(address).await.is_ok() {
            match owner.at(address).await {
                Listener::App | Listener::Unknown => return Ok(()),
                // Where the port is taken the app does not get it any more.
                Listener::Stranger => return Err(End::taken(address)),
                Listener::Nobody => {}
            }
        }
        sleep(pause).await;
        pause = (2 * pause).min(LOOKS.1);
    }
}
