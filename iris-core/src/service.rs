//! The application as a `tower` service, and the services beside it.

use crate::Body;
use crate::answering::Answering;
use crate::application::Application;
use crate::dispatch::{broken, dispatch, not_found};
use crate::guard::panic_message;
use crate::pages::Pages;
use crate::peer::Caller;
use crate::protocol::Protocol;
use crate::request::REQUEST_ID;
use crate::server::{Pace, checked_prefix};
use crate::start_error::StartError;
#[cfg(feature = "websocket")]
use crate::websocket::{Mounted, WebSockets};
use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Request, Response};
use std::any::type_name;
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;
/// The answer of a service beside the remotes.
pub(crate) type Other = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// An application that answers HTTP requests: mount it into axum or any `tower` server, or call it
/// without a network.
///
/// A clone is the same application.
pub struct IrisService<C> {
    application: Arc<Application<C>>,
    prefix: Arc<str>,
    pages: Pages,
    #[cfg(feature = "websocket")]
    sockets: Option<Arc<Mounted>>,
}

impl<C: Send + Sync + 'static> IrisService<C> {
    pub(crate) fn new(application: Application<C>) -> Self {
        IrisService {
            application: Arc::new(application),
            prefix: "".into(),
            pages: Pages::default(),
            // Their settings are the defaults, in which nothing can be wrong.
            #[cfg(feature = "websocket")]
            sockets: WebSockets::new().mounted().ok().map(Arc::new),
        }
    }

    /// The same application below a prefix such as `/api`.
    ///
    /// # Errors
    ///
    /// Where the prefix is no path.
    pub fn with_prefix(&self, prefix: &str) -> Result<Self, StartError> {
        Ok(IrisService {
            prefix: checked_prefix(prefix)?.into(),
            ..self.clone()
        })
    }

    /// The same application with its OpenAPI document at `/-/openapi.json`, below the prefix.
    #[must_use = "it gives another service and leaves this one as it is"]
    pub fn with_openapi(&self) -> Self {
        let openapi = true;
        self.with_pages(Pages {
            openapi,
            ..self.pages
        })
    }

    /// The same application with the explorer at `/-/explorer`, below the prefix, and the OpenAPI document
    /// that it shows: a page on which people find the procedures and call them.
    #[must_use = "it gives another service and leaves this one as it is"]
    pub fn with_explorer(&self) -> Self {
        self.with_pages(Pages {
            openapi: true,
            explorer: true,
        })
    }

    /// The same application with these WebSockets at `/-/websocket`, below the prefix. Without it there are sockets
    /// for pages of the server's own origin, with the settings of [`WebSockets::new`].
    ///
    /// # Errors
    ///
    /// Where an origin or a header's name in the settings is none, or a limit is 0 with which no socket could live.
    #[cfg(feature = "websocket")]
    pub fn with_websockets(&self, sockets: &WebSockets) -> Result<Self, StartError> {
        let mounted = sockets.mounted().map_err(StartError::Setting)?;
        Ok(IrisService {
            sockets: Some(Arc::new(mounted)),
            ..self.clone()
        })
    }

    /// The same application without WebSockets.
    #[cfg(feature = "websocket")]
    #[must_use = "it gives another service and leaves this one as it is"]
    pub fn without_websockets(&self) -> Self {
        IrisService {
            sockets: None,
            ..self.clone()
        }
    }

    /// The prefix.
    #[cfg(feature = "websocket")]
    pub(crate) fn prefix(&self) -> &Arc<str> {
        &self.prefix
    }

    pub(crate) fn plain_errors(&self) -> bool {
        self.application.limits.plain_errors
    }

    pub(crate) fn with_pages(&self, pages: Pages) -> Self {
        IrisService {
            pages,
            ..self.clone()
        }
    }

    /// Answers one request.
    pub async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        let caller = request.extensions_mut().remove();
        self.answer_to(request, caller).await
    }

    /// Answers one request of a caller who is known, if it came through a server of Iris's own.
    pub(crate) fn answer_to(
        &self,
        mut request: Request<Body>,
        caller: Option<Arc<Caller>>,
    ) -> Answering {
        let prefix = self.prefix.len();
        let path = request.uri().path();
        let below = path
            .strip_prefix(&*self.prefix)
            .filter(|below| below.starts_with('/'));
        let Some(below) = below else {
            return self.nothing_at(&request);
        };
        if let Some(procedure) = self.application.procedure(below) {
            if procedure.spec.streams_in {
                allow_pauses(&mut request);
            }
            return dispatch(&self.application, procedure, request, caller);
        }
        #[cfg(feature = "websocket")]
        if below == crate::wire::websocket::PATH
            && let Some(sockets) = &self.sockets
        {
            return Answering::ready(sockets.answer(request, self, caller));
        }
        if let Some(page) = self
            .pages
            .answer(below, &request, self.application.openapi.as_ref())
        {
            return Answering::ready(page);
        }
        let Some(other) = self.application.other(below, &request) else {
            return self.nothing_at(&request);
        };
        if has_envelopes(request.headers()) {
            allow_pauses(&mut request);
        }
        if let Some(caller) = caller {
            let extensions = request.extensions_mut();
            caller.introduce(extensions);
            // For another application of Iris's.
            extensions.insert(caller);
        }
        strip_prefix(&mut request, prefix);
        Answering::running(other.call(request, self.application.limits.plain_errors))
    }

    fn nothing_at(&self, request: &Request<Body>) -> Answering {
        let (path, headers) = (request.uri().path(), request.headers());
        Answering::ready(not_found(&self.application, path, headers))
    }
}

/// Lets the caller be quiet between messages.
fn allow_pauses(request: &mut Request<Body>) {
    // A layer may have wrapped the body that came.
    let pace = request.extensions().get::<Arc<Pace>>().cloned();
    request.body_mut().allow_pauses(pace);
}

/// Whether the body may be a stream of messages, of a service of which nothing is known here.
fn has_envelopes(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_some_and(|name| {
        name.starts_with(b"application/grpc") || name.starts_with(b"application/connect+")
    })
}

/// Takes the server's prefix off the path, for services that know nothing of it.
fn strip_prefix(request: &mut Request<Body>, length: usize) {
    if length == 0 {
        return;
    }
    let mut parts = request.uri().clone().into_parts();
    let rest = parts
        .path_and_query
        .as_ref()
        .and_then(|path| path.as_str()[length..].parse().ok());
    parts.path_and_query = rest;
    if let Ok(uri) = http::Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

impl<C> Clone for IrisService<C> {
    fn clone(&self) -> Self {
        IrisService {
            application: self.application.clone(),
            prefix: self.prefix.clone(),
            pages: self.pages,
            #[cfg(feature = "websocket")]
            sockets: self.sockets.clone(),
        }
    }
}

impl<C> fmt::Debug for IrisService<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IrisService")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl<C, B> Service<Request<B>> for IrisService<C>
where
    C: Send + Sync + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        let request = request.map(Body::new);
        Box::pin(async move { Ok(service.answer(request).await) })
    }
}

/// Any service beside the remotes.
pub(crate) struct OtherService {
    /// The type that serves.
    name: &'static str,
    call: Box<dyn Fn(Request<Body>, bool) -> Other + Send + Sync>,
}

impl OtherService {
    pub(crate) fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let call = move |request: Request<Body>, plain_errors: bool| -> Other {
            let mut service = service.clone();
            // All that an error's answer needs of the request, which the service takes.
            let protocol = Protocol::of_unknown(request.headers());
            let id = request.headers().get(REQUEST_ID).cloned();
            Box::pin(async move {
                let answered = AssertUnwindSafe(async {
                    poll_fn(|context| service.poll_ready(context)).await?;
                    service.call(request).await
                });
                match answered.catch_unwind().await {
                    Ok(Ok(response)) => response.map(Body::new),
                    Ok(Err(error)) => broken(error.into(), protocol, id, plain_errors),
                    Err(panic) => broken(panic_message(panic).into(), protocol, id, plain_errors),
                }
            })
        };
        OtherService {
            name: type_name::<S>(),
            call: Box::new(call),
        }
    }

    /// The Rust type that serves.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Answers a request; where the service fails, by an error with or without Iris's own detail.
    pub(crate) fn call(&self, request: Request<Body>, plain_errors: bool) -> Other {
        (self.call)(request, plain_errors)
    }
}
