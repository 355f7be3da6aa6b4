//! The application: remotes, context initializer and limits, ready to be served.

mod limits;
mod served;

pub(crate) use limits::Limits;
pub use limits::{DEFAULT_MAX_REQUEST_SIZE, DEFAULT_MAX_RESPONSE_SIZE};
pub(crate) use served::Application;

use crate::contract::{self, Contract, Told};
use crate::json;
use crate::load::Load;
use crate::observe::Observer;
use crate::remote::{Procedure, Procedures, Remote};
use crate::request::Request;
use crate::service::{IrisService, OtherService};
use crate::start_error::{Problem, Problems, StartError};
use crate::{Body, IntoIrisError, IrisError};
use std::any::type_name;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tower_service::Service;

/// An application: remotes behind one context initializer.
///
/// `C` is the context that filters and procedures borrow. Serve it with
/// [`HttpServer`](crate::HttpServer), or mount [`Iris::into_service`] into a server that exists.
#[must_use = "an application does nothing until it is served"]
pub struct Iris<C = Request> {
    pub(crate) initializer: Initializer<C>,
    pub(crate) limits: Limits,
    pub(crate) procedures: HashMap<Arc<str>, Arc<Procedure<C>>>,
    /// Each remote's name with the Rust type that serves it.
    remotes: HashMap<&'static str, &'static str>,
    pub(crate) others: Vec<(String, OtherService)>,
    pub(crate) fallback: Option<OtherService>,
    fallback_takes_calls: bool,
    pub(crate) servers: Vec<crate::HttpServer>,
    pub(crate) drain_timeout: Duration,
    load: Option<Load>,
    observers: Vec<Arc<dyn Observer>>,
    contracts: Vec<Contract>,
    problems: Vec<Problem>,
}

type Starting<C> = Pin<Box<dyn Future<Output = Result<C, IrisError>> + Send>>;
pub(crate) type Initializer<C> = Box<dyn Fn(Request) -> Starting<C> + Send + Sync>;

impl Iris<Request> {
    /// An application whose context is the [`Request`] itself.
    pub fn without_context() -> Self {
        Iris::new(|request| async { Ok::<_, IrisError>(request) })
    }
}

impl Default for Iris<Request> {
    fn default() -> Self {
        Iris::without_context()
    }
}

impl<C: Send + Sync + 'static> Iris<C> {
    /// An application whose context is made by an async function of the request.
    ///
    /// The initializer runs first in every call. Where it fails, its error is the answer.
    ///
    /// ```
    /// use iris_core::{Iris, IrisError, Request};
    ///
    /// struct Session { request: Request, user: Option<String> }
    ///
    /// async fn session_from_request(request: Request) -> Result<Session, IrisError> {
    ///     let user = request.cookie("session").map(|key| key.into_owned());
    ///     Ok(Session { request, user })
    /// }
    ///
    /// let application = Iris::new(session_from_request);
    /// ```
    pub fn new<F, Made, E>(initializer: F) -> Self
    where
        F: Fn(Request) -> Made + Send + Sync + 'static,
        Made: Future<Output = Result<C, E>> + Send + 'static,
        E: IntoIrisError,
    {
        Iris {
            initializer: Box::new(move |request| {
                let made = initializer(request);
                Box::pin(async move { made.await.map_err(IntoIrisError::into_iris_error) })
            }),
            limits: Limits::default(),
            load: None,
            observers: Vec::new(),
            procedures: HashMap::new(),
            remotes: HashMap::new(),
            others: Vec::new(),
            fallback: None,
            fallback_takes_calls: false,
            servers: Vec::new(),
            drain_timeout: crate::server::DEFAULT_DRAIN_TIMEOUT,
            contracts: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Serves a remote. Two remotes of one name are an error when the application starts.
    pub fn add_remote<R: Remote<Context = C>>(mut self, remote: R) -> Self {
        let new = type_name::<R>();
        if let Some(first) = self.remotes.insert(R::NAME, new) {
            self.problems.push(Problem::Remote {
                name: R::NAME,
                first,
                second: new,
            });
            return self;
        }
        for procedure in Procedures::of(remote) {
            // `#[remote]` refuses two procedures of one name.
            self.procedures
                .insert(procedure.path.clone(), Arc::new(procedure));
        }
        self
    }

    /// Serves everything below `/{name}/` with another service, such as a tonic one.
    ///
    /// The service sees the request's path as it is, without the server's prefix.
    pub fn add_service<S, B>(mut self, name: &str, service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let service = OtherService::new(service);
        if name.is_empty() || name.contains('/') {
            self.problems.push(Problem::ServiceName {
                name: name.to_owned(),
            });
        }
        if let Some((_, first)) = self.others.iter().find(|(other, _)| other == name) {
            self.problems.push(Problem::Service {
                name: name.to_owned(),
                first: first.name(),
                second: service.name(),
            });
        }
        self.others.push((name.to_owned(), service));
        self
    }

    /// Serves the remotes of another application as well, which have a context of their own: health checks
    /// that no filter stops, or the remotes of another team.
    ///
    /// It keeps its initializer, limits and observers; this application's do not apply to its calls. Its
    /// contract is not part of this one's OpenAPI document, and its servers and fallback do not count.
    pub fn add_application<D: Send + Sync + 'static>(mut self, mut other: Iris<D>) -> Self {
        let names: Vec<&str> = other.remotes.keys().copied().collect();
        let services = other.others.iter().map(|(name, _)| name.clone());
        let names: Vec<String> = names
            .into_iter()
            .map(str::to_owned)
            .chain(services)
            .collect();
        other.fallback = None;
        match other.checked() {
            Ok((service, _)) => names
                .iter()
                .fold(self, |iris, name| iris.add_service(name, service.clone())),
            Err(error) => {
                self.problems.push(Problem::Application(error.to_string()));
                self
            }
        }
    }

    /// Serves every path that no remote answers with another service, such as an axum router.
    ///
    /// Calls never get there: what comes in gRPC or Connect (`application/proto`, or JSON with
    /// `connect-protocol-version`) for a remote that is not served is answered with 901, in that
    /// protocol, unless [`Iris::fallback_takes_calls`] says otherwise. Services with procedures of their own are added with
    /// [`Iris::add_service`], or mounted below a path of the fallback's: it gets calls of longer paths than
    /// `/{remote}/{method}`.
    ///
    /// With the feature `websocket` it may take connections over (`hyper::upgrade`), as for WebSockets of its own. They
    /// count as connections, and are cut off when [`Iris::drain_timeout`] is over. Neither
    /// `HttpServer::max_connection_age` nor `idle_timeout` ends them: how long they stay is the service's to say.
    pub fn fallback<S, B>(mut self, service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let service = OtherService::new(service);
        if let Some(first) = &self.fallback {
            self.problems.push(Problem::Fallbacks {
                first: first.name(),
                second: service.name(),
            });
        }
        self.fallback = Some(service);
        self
    }

    /// Gives the fallback calls as well, of remotes that are not served here: for gateways to other servers. What those do
    /// not serve either, they say themselves.
    ///
    /// Calls over Iris's WebSockets are none of them: these are for this application's remotes alone.
    pub fn fallback_takes_calls(mut self) -> Self {
        self.fallback_takes_calls = true;
        self
    }

    /// Holds the remotes against what their callers are told: `messages::CONTRACT`, which
    /// `iris_build::generate` wrote. A remote that is not in it, has other messages than it says, or lacks one of
    /// its procedures, is an error when the application starts. May be called several times, for remotes of
    /// other crates.
    ///
    /// A remote of the contract that is not added at all is none: it may be served elsewhere, as those for
    /// administrators at another port. An event at level INFO names such remotes.
    ///
    /// Where the contract knows `google.protobuf.Any`, one may from then on hold the contract's messages in JSON
    /// too, in the whole process (see [`json::register`]).
    pub fn contract(mut self, contract: Contract) -> Self {
        json::register(contract.types);
        self.contracts.push(contract);
        self
    }

    /// Lets an observer watch every call, from its arrival to the last byte of its answer. May be called
    /// several times; the first is the outermost. Without any, calls cost nothing more.
    ///
    /// What is not a call of this application's remotes is not watched: a path that nothing answers, a
    /// request in no protocol, services and applications beside the remotes.
    pub fn observe(mut self, observer: impl Observer) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// The application as a `tower` service, to be mounted or called without a network.
    ///
    /// # Errors
    ///
    /// Where remotes or services collide, all of them named, and where timeouts contradict each other.
    pub fn into_service(self) -> Result<IrisService<C>, StartError> {
        let (service, elsewhere) = self.checked()?;
        if !elsewhere.is_empty() {
            let names = elsewhere.join(", ");
            tracing::info!("in the contract, and not served by this application: {names}");
        }
        Ok(service)
    }

    /// The service, and the remotes that its contracts have beside those that it serves.
    fn checked(mut self) -> Result<(IrisService<C>, Vec<String>), StartError> {
        let timeouts = self.limits.timeouts.check();
        timeouts.map_err(StartError::Setting)?;
        for (name, service) in &self.others {
            if let Some(remote) = self.remotes.get(name.as_str())
                && !self.problems.iter().any(|problem| problem.is_of(name))
            {
                self.problems.push(Problem::Service {
                    name: name.clone(),
                    first: remote,
                    second: service.name(),
                });
            }
        }
        let mut elsewhere = Vec::new();
        if !self.contracts.is_empty() {
            let told = Told::of(&self.contracts, &mut self.problems);
            let problems = told.problems(&self.remotes, &self.procedures);
            self.problems.extend(problems);
            elsewhere = told.elsewhere(|name| {
                self.remotes.contains_key(name)
                    || self.others.iter().any(|(other, _)| other == name)
            });
        }
        let openapi = contract::openapi(&self.contracts).unwrap_or_else(|problem| {
            self.problems.push(problem);
            None
        });
        if !self.problems.is_empty() {
            return Err(StartError::Problems(Problems(self.problems)));
        }
        let service = IrisService::new(Application {
            initializer: self.initializer,
            limits: self.limits,
            procedures: self.procedures,
            remotes: self.remotes,
            others: self.others,
            fallback: self.fallback,
            fallback_takes_calls: self.fallback_takes_calls,
            load: self.load,
            observers: self.observers,
            openapi,
        });
        Ok((service, elsewhere))
    }
}

impl<C> fmt::Debug for Iris<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Iris")
            .field("remotes", &self.remotes)
            .field("limits", &self.limits)
            .field("servers", &self.servers)
            .finish_non_exhaustive()
    }
}
