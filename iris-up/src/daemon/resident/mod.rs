//! The kind of app that runs all the time, or as long as anybody wants something of it: a process that answers HTTP at the
//! port it is told, or at a socket that it is given, and is started again where it ends.
//!
//! | to read | |
//! |---|---|
//! | `keeper` | keeps a process running |
//! | `rest` | when it may end, since it has nothing to do |
//! | `door` | where it listens |
//! | `health` | whether it is well |

mod door;
mod health;
mod keeper;
mod rest;

use crate::daemon::event::Event;
use crate::daemon::gate::{Entered, Gate};
use crate::daemon::gateway::dial::Whereabouts;
use crate::daemon::gateway::proxy::Proxy;
use crate::daemon::instance::{Instance, Status};
use crate::daemon::lambda::Invoked;
use crate::daemon::process::Launch;
use crate::daemon::typed::Descriptors;
use crate::error::UpError;
use crate::messages::iris::up::v1::{Settings, State};
use crate::name::AppName;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use health::Health;
use http::{Request, Response, StatusCode};
use iris_core::Body;
use keeper::Keeper;
use rest::Rest;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a process may take until something listens at its port.
const READY: Duration = Duration::from_secs(30);

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
        let gate = Gate::new();
        let keeper = Keeper {
            launch,
            health: Health::of(settings)?,
            rest: Rest::of(settings, &gate)?,
            hands_over: settings.socket_activation,
            restart: settings.restart,
            tell,
        };
        let task = tokio::spawn(keeper.keep(stopped));
        Ok(Resident {
            name,
            gate,
            proxy: Proxy::new(Arc::new(Told(told.clone())), READY),
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
        Health::of(settings)?;
        Rest::of(settings, &Gate::new())?;
        Ok(())
    }

    /// Waits until it answers, or will not by itself.
    async fn settled(&self) -> Result<SocketAddr, String> {
        settled(self.status.clone(), None).await
    }
}

/// What an app's keeper says of it.
#[derive(Debug)]
struct Told(watch::Receiver<Reached>);

impl Whereabouts for Told {
    fn known(&self) -> Option<SocketAddr> {
        self.0.borrow().address
    }

    fn found(&self, but: Option<SocketAddr>) -> BoxFuture<'static, Result<SocketAddr, String>> {
        settled(self.0.clone(), but).boxed()
    }
}

/// Waits until an app answers, at another address than this one, or will not by itself.
async fn settled(
    mut status: watch::Receiver<Reached>,
    but: Option<SocketAddr>,
) -> Result<SocketAddr, String> {
    let settled = |reached: &Reached| {
        let over = matches!(reached.status.state, State::Failed | State::Dead);
        over || reached.address.is_some() && reached.address != but
    };
    match status.wait_for(settled).await {
        Ok(reached) => reached.address.ok_or_else(|| reached.status.reason.clone()),
        Err(_) => Err("it was stopped".to_owned()),
    }
}

impl Instance for Resident {
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        async {
            let mut status = self.status.clone();
            let begun = |reached: &Reached| reached.status.state != State::Starting;
            match status.wait_for(begun).await {
                Ok(reached) if matches!(reached.status.state, State::Alive | State::Asleep) => {
                    Ok(())
                }
                Ok(reached) => Err(reached.status.reason.clone()),
                Err(_) => Err("it was stopped".to_owned()),
            }
        }
        .boxed()
    }

    fn answers(&self) -> BoxFuture<'_, Result<(), String>> {
        async {
            match timeout(READY, self.settled()).await {
                Ok(settled) => settled.map(|_| ()),
                Err(_) => Err("the app is not ready in time".to_owned()),
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
