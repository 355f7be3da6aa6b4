//! Whether a process is as well as it looks: it answers at the path that its app names.

use crate::daemon::setting::{number, time};
use crate::messages::iris::up::v1::Settings;
use bytes::Bytes;
use http::header::{HOST, USER_AGENT};
use http::uri::PathAndQuery;
use http::{Request, StatusCode};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Between two looks, unless it is told otherwise, and at most.
const INTERVAL: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(24 * 3600));

/// How long an answer may take.
const TIMEOUT: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(300));

/// Neither of these two is less.
const SHORTEST: Duration = Duration::from_millis(1);

/// How many looks in a row may fail.
const FAILURES: (u32, u32) = (3, 1_000);

/// What an app is asked, and how often.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Health {
    path: PathAndQuery,
    interval: Duration,
    timeout: Duration,
    failures: u32,
}

impl Health {
    /// As the settings say; `None` where the app is not asked.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for people.
    pub(super) fn of(settings: &Settings) -> Result<Option<Health>, String> {
        let Some(told) = &settings.health else {
            return Ok(None);
        };
        let path = told.path.parse::<PathAndQuery>().ok();
        let path = path.filter(|_| told.path.starts_with('/'));
        Ok(Some(Health {
            path: path.ok_or_else(|| format!("{:?} is no path to ask for: /health", told.path))?,
            interval: time("health.interval", told.interval, INTERVAL, SHORTEST)?,
            timeout: time("health.timeout", told.timeout, TIMEOUT, SHORTEST)?,
            failures: number("health.failures", told.failures, FAILURES)?,
        }))
    }

    /// Waits until it answers that it is well.
    pub(super) async fn well(&self, address: SocketAddr) {
        let mut pause = super::door::LOOKS.0;
        while self.ask(address).await.is_err() {
            sleep(pause).await;
            pause = (2 * pause).min(super::door::LOOKS.1);
        }
    }

    /// Looks now and then, and says why it is well no longer.
    pub(super) async fn watch(&self, address: SocketAddr) -> String {
        let mut failed = 0;
        loop {
            sleep(self.interval).await;
            match self.ask(address).await {
                Ok(()) => failed = 0,
                Err(why) => {
                    failed += 1;
                    tracing::warn!(%address, why, failed, "an app is not well");
                    if failed >= self.failures {
                        let times = self.failures;
                        return format!("it is not well, {times} times in a row: {why}");
                    }
                }
            }
        }
    }

    /// Whether it answers that it is well, or goes elsewhere.
    async fn ask(&self, address: SocketAddr) -> Result<(), String> {
        match timeout(self.timeout, self.answer(address)).await {
            Ok(Ok(status)) if status.is_success() || status.is_redirection() => Ok(()),
            Ok(Ok(status)) => Err(format!("{} answers {status}", self.path)),
            Ok(Err(error)) => Err(format!("{} is not answered: {error}", self.path)),
            Err(_) => Err(format!(
                "{} is not answered in {:?}",
                self.path, self.timeout
            )),
        }
    }

    async fn answer(
        &self,
        address: SocketAddr,
    ) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>> {
        let socket = TcpStream::connect(address).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
        let request = Request::get(self.path.as_str())
            .header(HOST, address.to_string())
            .header(USER_AGENT, "iris-up")
            .body(Empty::<Bytes>::new())?;
        let answer = async { Ok(sender.send_request(request).await?.status()) };
        tokio::select! {
            status = answer => status,
            ended = connection => match ended {
                Ok(()) => Err("the connection was closed".into()),
                Err(error) => Err(error.into()),
            },
        }
    }
}
