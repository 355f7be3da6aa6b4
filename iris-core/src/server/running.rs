//! An application that is being served, until it is told to stop.

use super::admission::Admission;
use super::connection::Connections;
use super::listener::{Address, Listener};
use super::open::Open;
use super::signals::Signals;
use crate::HttpServer;
use crate::application::Iris;
use crate::start_error::StartError;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

impl<C: Send + Sync + 'static> Iris<C> {
    /// Serves the application here as well. May be called several times.
    pub fn add_server(mut self, server: HttpServer) -> Self {
        self.servers.push(server);
        self
    }

    /// How long calls in flight may take to finish when the application stops: 30 seconds unless set.
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// Starts every server and returns once all of them listen.
    ///
    /// # Errors
    ///
    /// Where remotes collide, settings contradict themselves or leave nothing to serve with, an address cannot be
    /// listened at, or there is no server. Then none is left running.
    pub async fn start(mut self) -> Result<Running, StartError> {
        let servers = std::mem::take(&mut self.servers);
        let drain_timeout = self.drain_timeout;
        if servers.is_empty() {
            return Err(StartError::NoServer);
        }
        let service = self.into_service()?;
        let mut opened = Vec::new();
        for server in servers {
            opened.push(server.open(&service).await?);
        }
        let (stop, stopping) = watch::channel(false);
        let mut accepting = JoinSet::new();
        let mut addresses = Vec::new();
        #[cfg(feature = "tls")]
        let mut watching = JoinSet::new();
        for Open {
            listener,
            address,
            connections,
        } in opened
        {
            addresses.push(address);
            #[cfg(feature = "tls")]
            if let Some(tls) = &connections.tls {
                watching.spawn(tls.clone().watch());
            }
            accepting.spawn(accept(listener, connections, stopping.clone()));
        }
        Ok(Running {
            addresses,
            stop,
            accepting,
            #[cfg(feature = "tls")]
            _watching: watching,
            drain_timeout,
        })
    }

    /// Serves until the process is told to stop (Ctrl-C, SIGTERM), then drains, for [`Iris::drain_timeout`] at most. Told
    /// once more, it stops at once.
    ///
    /// # Errors
    ///
    /// As [`Iris::start`].
    pub async fn serve(self) -> Result<Drained, StartError> {
        let running = self.start().await?;
        let mut signals = Signals::new();
        running.log();
        signals.next().await;
        tracing::info!("stopping; once more to stop at once");
        tokio::select! {
            drained = running.shutdown() => Ok(drained),
            () = signals.next() => Ok(Drained::Interrupted),
        }
    }

    /// Serves until `stop` is ready, then drains, for [`Iris::drain_timeout`] at most. Signals are the program's own
    /// matter.
    ///
    /// # Errors
    ///
    /// As [`Iris::start`].
    pub async fn serve_until(self, stop: impl Future<Output = ()>) -> Result<Drained, StartError> {
        let running = self.start().await?;
        running.log();
        stop.await;
        Ok(running.shutdown().await)
    }
}

/// A prefix without the slash at its end.
pub(crate) fn checked_prefix(prefix: &str) -> Result<&str, StartError> {
    let trimmed = prefix.trim_end_matches('/');
    let plain = trimmed.is_empty()
        || (trimmed.starts_with('/')
            && !trimmed.contains(['?', '#'])
            && trimmed.bytes().all(|byte| byte.is_ascii_graphic()));
    match plain {
        true => Ok(trimmed),
        false => Err(StartError::Setting(format!(
            "prefix: `{prefix}` is no path as requests have it; write `/api`, other letters percent-encoded"
        ))),
    }
}

/// An application that is being served. Dropping it stops it at once, calls in flight included.
#[derive(Debug)]
#[must_use = "dropping it stops the servers at once: keep it for as long as they should serve, or call `Iris::serve`"]
pub struct Running {
    addresses: Vec<Address>,
    stop: watch::Sender<bool>,
    accepting: JoinSet<JoinSet<()>>,
    /// Looks after the certificates for as long as this exists.
    #[cfg(feature = "tls")]
    _watching: JoinSet<()>,
    drain_timeout: Duration,
}

/// How draining ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Drained {
    /// Every call in flight was answered.
    Completely,
    /// The drain timeout passed; what was left was cut off.
    TimedOut {
        /// Connections that were cut off.
        connections: usize,
    },
    /// The process was told to stop once more while calls were in flight.
    Interrupted,
}

impl Running {
    /// Where the servers listen, in the order they were added.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// The first server's URL: `http://127.0.0.1:41213`.
    pub fn url(&self) -> String {
        self.addresses
            .first()
            .map(Address::to_string)
            .unwrap_or_default()
    }

    fn log(&self) {
        for address in &self.addresses {
            tracing::info!("listening at {address}");
        }
    }

    /// Stops listening, lets calls in flight finish, closes idle connections. What is not done after
    /// [`Iris::drain_timeout`], 30 seconds unless set, is cut off.
    pub async fn shutdown(mut self) -> Drained {
        self.stop.send_replace(true);
        let mut served = Vec::new();
        let drain = async {
            // A task that accepts does not panic: what it calls is caught.
            while let Some(accepted) = self.accepting.join_next().await {
                served.extend(accepted.ok());
            }
            for connections in &mut served {
                while connections.join_next().await.is_some() {}
            }
        };
        match tokio::time::timeout(self.drain_timeout, drain).await {
            Ok(()) => Drained::Completely,
            Err(_) => {
                let cut_off = |connections: &mut JoinSet<()>| {
                    while connections.try_join_next().is_some() {}
                    connections.len()
                };
                Drained::TimedOut {
                    connections: served.iter_mut().map(cut_off).sum(),
                }
            }
        }
    }
}

/// Accepts connections until told to stop; gives back those that are still open.
async fn accept<C: Send + Sync + 'static>(
    listener: Listener,
    connections: Arc<Connections<C>>,
    mut stopping: watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut open = JoinSet::new();
    let mut admission = Admission::new(connections.limits.max_connections);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = open.join_next() => continue,
            () = stopped(&mut stopping) => return open,
        };
        match accepted {
            Ok(accepted) => {
                while open.try_join_next().is_some() {}
                if !admission.admits(open.len()) {
                    continue;
                }
                let (connections, until) = (connections.clone(), stopping.clone());
                open.spawn(async move { connections.serve(accepted, until).await });
            }
            Err(error) => tokio::select! {
                () = pause(&error) => {}
                () = stopped(&mut stopping) => return open,
            },
        }
    }
}

/// After an error of the connection itself accepting goes on at once; where the process has no
/// file descriptor left, it waits for some to be closed.
async fn pause(error: &io::Error) {
    let of_the_connection = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    );
    if !of_the_connection {
        tracing::warn!(%error, "cannot accept connections; trying again in a second");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Waits until the application stops, or its handle is gone.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error says that the handle is gone.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
