//! HTTP services as functions.
//!
//! | to read | |
//! |---|---|
//! | `service` | any tower service as one type |
//! | `event` | what events of HTTP have in them, by format |
//! | `request` | a request from that; `path`, `query` and `text` for the parts that every format writes otherwise |
//! | `response` | a response in the format of its event |
//! | `server` | the same service by hand |

mod body;
mod event;
mod gateway;
mod pairs;
mod request;
mod response;
mod server;
mod service;
mod text;

pub use body::Body;
pub use gateway::{Gateway, GatewayKind};

use crate::answer::{Answer, Form};
use crate::api::Address;
use crate::caught::note_places;
use crate::context::Context;
use crate::error::RunError;
use crate::failure::{BoxError, Failure};
use crate::handler::{Handler, Working};
use crate::runtime::Runtime;
use bytes::Bytes;
use http::{Request, Response};
use response::Mode;
use service::Service;
use std::fmt;

/// An HTTP service as a function: a router of axum's, an Iris application, or any other `tower` service.
///
/// [`run`](Self::run) serves it wherever the executable is:
///
/// | started by | where requests come from |
/// |---|---|
/// | AWS Lambda | function URLs and HTTP APIs (payload formats 2.0 and 1.0), REST APIs, load balancers |
/// | iris-up, as a lambda | `/NAME/..` |
/// | iris-up, as a daemon | the same: it sets `PORT` |
/// | hand | an address of this machine: `HOST` and `PORT`, or 127.0.0.1:3000 |
///
/// Services see the same request everywhere: the path without the stage of an API, percent-encoded as callers send it; the
/// query as it was; cookies in one header. Beside it, in the request's extensions, are a [`Context`] and a [`Gateway`].
/// Answers go in the format of their event: several cookies, repeated headers and bodies that are no text included.
#[derive(Clone)]
pub struct Application {
    service: Service,
    streams: Option<bool>,
}

impl Application {
    /// The function of a service.
    pub fn new<S, B>(service: S) -> Self
    where
        S: tower_service::Service<Request<Body>, Response = Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Application {
            service: Service::new(service),
            streams: None,
        }
    }

    /// Whether answers go piece by piece.
    ///
    /// A function URL wants that of functions whose invoke mode is `RESPONSE_STREAM`, and cannot read it where that is
    /// `BUFFERED`; nothing in a function's environment tells it which. So it is said here, or by the variable `IRIS_LAMBDA_INVOKE_MODE`, which
    /// is set to one of the two. Without either, answers go whole; only under iris-up, which takes both, bodies of
    /// unknown length go piece by piece.
    #[must_use = "it gives another application"]
    pub fn streams(mut self, streams: bool) -> Self {
        self.streams = Some(streams);
        self
    }

    /// Serves it, as a function or by hand.
    ///
    /// # Errors
    ///
    /// Those of [`Runtime::run`](crate::Runtime::run); by hand, where the address is not to be had.
    pub async fn run(self) -> Result<(), RunError> {
        note_places();
        match Address::from_environment()? {
            Some(_) => {
                let runtime = Runtime::new();
                runtime
                    .register_application("application", self)
                    .run()
                    .await
            }
            None => server::serve(self.service).await,
        }
    }

    pub(crate) fn into_handler(self) -> Handling {
        Handling {
            mode: Mode::chosen(self.streams),
            service: self.service,
        }
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Application");
        debug
            .field("streams", &self.streams)
            .finish_non_exhaustive()
    }
}

/// An application that is given events.
pub(crate) struct Handling {
    service: Service,
    mode: Mode,
}

impl Handler for Handling {
    fn handle(&self, event: Bytes, context: Context) -> Working<'_> {
        Box::pin(async move {
            let (mut request, format) = request::of(&event)?;
            drop(event);
            request.extensions_mut().insert(context);
            let response = self.service.answer(request).await;
            let response = response.map_err(Failure::of::<BoxError>)?;
            if self.mode.streams(&response) && format.may_be_streamed() {
                return Ok(Answer(Form::Streamed(response.into())));
            }
            response::whole(response, format).await
        })
    }
}
