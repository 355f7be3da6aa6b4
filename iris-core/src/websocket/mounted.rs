//! Sockets of an application that is mounted into another server.

use super::origin::Trust;
use super::refusal::Refusal;
use super::settings::Settings;
use super::socket::Socket;
use super::{Application, open};
use crate::peer::Caller;
use crate::server::{Cors, LimitNames, Limits};
use crate::service::IrisService;
use crate::{Body, Drained};
use http::{Request, Response, StatusCode};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The WebSockets of an application that is mounted into axum or another server of hyper's: who may open them, and
/// their limits. Servers of Iris's own, [`HttpServer`](crate::HttpServer), have settings of the same names.
///
/// A clone is the same sockets. The handle stops them with the server that they are mounted in, which does not know
/// of them any more once they are open. They end at once when nothing is left of that server and of the handle:
///
/// ```
/// use iris_core::{Iris, WebSockets};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sockets = WebSockets::new().allow_origins(["https://app.example.com"]);
/// let service = Iris::without_context().into_service()?.with_websockets(&sockets)?;
/// let stop = async move { sockets.shutdown(Duration::from_secs(30)).await };
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "give it to a service: `IrisService::with_websockets`"]
pub struct WebSockets {
    cors: Cors,
    handshake_headers: Vec<String>,
    over_tls: bool,
    limits: Limits,
    open: Arc<OpenSockets>,
}

impl WebSockets {
    /// Sockets of pages of the server's own origin, with the limits that servers have unless they are set.
    pub fn new() -> Self {
        WebSockets {
            cors: Cors::Off,
            handshake_headers: Vec::new(),
            over_tls: false,
            limits: Limits::default(),
            open: Arc::default(),
        }
    }

    /// Lets pages of these origins open sockets too. An origin is `https://host` or `https://host:port`.
    pub fn allow_origins<S: Into<String>>(mut self, origins: impl IntoIterator<Item = S>) -> Self {
        self.cors = Cors::Origins(origins.into_iter().map(Into::into).collect());
        self
    }

    /// Lets pages of every origin open sockets, which have no cookies then, and nothing else that may belong to the
    /// person in front of the page.
    pub fn allow_any_origin(mut self) -> Self {
        self.cors = Cors::Any;
        self
    }

    /// Says that the server around speaks TLS. Then pages that came without are none of its own: anybody between may have
    /// written them. Where a proxy in front speaks TLS its `x-forwarded-proto` or `forwarded` says so instead.
    pub fn over_tls(mut self) -> Self {
        self.over_tls = true;
        self
    }

    /// Names of headers that a proxy in front sets or removes, and that the application trusts: they are taken from
    /// the handshake alone, and no stream may have them.
    pub fn handshake_headers<S: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        self.handshake_headers
            .extend(names.into_iter().map(Into::into));
        self
    }

    /// How many sockets there may be at once; one more is answered with 503. Not limited unless set.
    pub fn max_sockets(mut self, sockets: usize) -> Self {
        self.limits.max_connections = Some(sockets);
        self
    }

    /// How many calls a socket may have at once: 200 unless set. More are refused, and may be sent again.
    pub fn max_concurrent_streams(mut self, streams: u32) -> Self {
        self.limits.max_streams = streams;
        self
    }

    /// How many calls a peer may have begun and given up again before the server has looked at them: 20 unless set.
    /// One more closes the socket.
    pub fn max_pending_resets(mut self, resets: usize) -> Self {
        self.limits.max_pending_resets = resets;
        self
    }

    /// How long a caller may pause while its message is awaited: 30 seconds unless set.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.limits.body_timeout = timeout;
        self
    }

    /// Closes a socket that has had no call for so long. Not limited unless set.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle_timeout = Some(timeout);
        self
    }

    /// Closes a socket at this age, or up to a tenth earlier; its calls may finish, for as long as
    /// [`WebSockets::max_age_grace`] lets them. Not limited unless set.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.limits.max_age = Some(age);
        self
    }

    /// How long the calls of a socket may go on once it is to close for its age: 30 seconds unless set.
    pub fn max_age_grace(mut self, grace: Duration) -> Self {
        self.limits.grace = grace;
        self
    }

    /// The silence after which a peer is asked whether it is there: 30 seconds unless set. `None` is never.
    pub fn keep_alive(mut self, interval: impl Into<Option<Duration>>) -> Self {
        self.limits.keep_alive = interval.into();
        self
    }

    /// How long a peer may take to answer that: 20 seconds unless set. Then its socket is gone.
    pub fn keep_alive_timeout(mut self, timeout: Duration) -> Self {
        self.limits.keep_alive_timeout = timeout;
        self
    }

    /// Takes no new sockets and no new calls, lets calls in flight finish for so long, and cuts off what is left.
    pub async fn shutdown(&self, timeout: Duration) -> Drained {
        self.open.stop.send_replace(true);
        let mut sockets = std::mem::take(&mut *self.open.tasks());
        let drain = async { while sockets.join_next().await.is_some() {} };
        match tokio::time::timeout(timeout, drain).await {
            Ok(()) => Drained::Completely,
            Err(_) => {
                while sockets.try_join_next().is_some() {}
                let connections = sockets.len();
                Drained::TimedOut { connections }
            }
        }
    }

    /// These sockets for a service, once their settings were checked.
    ///
    /// # Errors
    ///
    /// Where an origin or a header's name is none, or a limit leaves nothing.
    pub(crate) fn mounted(&self) -> Result<Mounted, String> {
        let origins = self.cors.origins()?;
        self.limits.check(&LimitNames::OF_SOCKETS)?;
        let limits = self.limits.clone();
        Ok(Mounted {
            settings: Settings::new(origins, &self.handshake_headers, limits)?,
            over_tls: self.over_tls,
            open: self.open.clone(),
        })
    }
}

impl Default for WebSockets {
    fn default() -> Self {
        WebSockets::new()
    }
}

/// The sockets that are open, each with a task.
struct OpenSockets {
    stop: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
}

impl OpenSockets {
    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for OpenSockets {
    fn default() -> Self {
        OpenSockets {
            stop: watch::Sender::new(false),
            tasks: Mutex::default(),
        }
    }
}

impl fmt::Debug for OpenSockets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "OpenSockets({})", self.tasks().len())
    }
}

/// The sockets of a service.
pub(crate) struct Mounted {
    settings: Settings,
    over_tls: bool,
    open: Arc<OpenSockets>,
}

impl Mounted {
    /// Answers a handshake, and serves the socket.
    pub(crate) fn answer<C: Send + Sync + 'static>(
        &self,
        request: Request<Body>,
        service: &IrisService<C>,
        caller: Option<Arc<Caller>>,
    ) -> Response<Body> {
        self.try_open(request, service, caller)
            .unwrap_or_else(Refusal::response)
    }

    fn try_open<C: Send + Sync + 'static>(
        &self,
        request: Request<Body>,
        service: &IrisService<C>,
        caller: Option<Arc<Caller>>,
    ) -> Result<Response<Body>, Refusal> {
        let (response, opening) = open(request, &self.settings, self.over_tls)?;
        let unavailable = |why| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, why);
        let mut tasks = self.open.tasks();
        while tasks.try_join_next().is_some() {}
        let limits = &self.settings.limits;
        if limits
            .max_connections
            .is_some_and(|most| tasks.len() >= most)
        {
            return Err(unavailable("there are as many sockets as there may be"));
        }
        if *self.open.stop.borrow() {
            return Err(unavailable("the server stops"));
        }
        let Ok(runtime) = Handle::try_current() else {
            return Err(Refusal::new(
                StatusCode::NOT_IMPLEMENTED,
                "sockets need a runtime of tokio's, and this server has none",
            ));
        };
        let caller = caller.map(|caller| match opening.trust {
            Trust::Full => Caller::clone(&caller),
            Trust::Anonymous => caller.anonymous(),
        });
        // Of the server around calls hear nothing; of the sockets they do.
        let caller = Arc::new(Caller {
            stopping: Some(self.open.stop.subscribe()),
            ..caller.unwrap_or_default()
        });
        let base = service.prefix().clone();
        // A socket that held the sockets it is one of would outlive whoever could stop it.
        let service = service.without_websockets();
        let application: Application =
            Arc::new(move |request| service.answer_to(request, Some(caller.clone())));
        let socket = Socket::new(opening, base, application, limits.clone());
        tasks.spawn_on(socket.run(self.open.stop.subscribe()), &runtime);
        Ok(response)
    }
}
