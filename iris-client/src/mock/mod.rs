//! A stand-in for a server, in tests.

mod answer;
mod service;

use crate::{Client, Format, IrisError, Message, Method, Status, code, kind};
use answer::{Reply, decode_one, encode};
use bytes::Bytes;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A server made of closures, one for each procedure a test calls.
///
/// Calls go through the same encoding, headers and decoding as over a network. Procedures without a closure
/// answer 901. The closures raise codes as numbers: `Err(IrisError::new(ErrorCode::InvalidEmail.into(), ".."))`.
///
/// It is also a service for [`ClientBuilder::build_in_process`](crate::ClientBuilder::build_in_process), where
/// the client should have settings of its own.
///
/// ```
/// # async fn test() -> Result<(), iris_client::IrisError> {
/// use iris_client::{Method, Mock, Unary};
///
/// const PING: Method<(), ()> = Method::new("/users.v1.Users/Ping");
///
/// let client = Mock::new().on(PING, |()| Ok(())).client();
/// let ping: Unary<(), ()> = client.unary(PING, ());
/// ping.await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "call client() for a client of it"]
pub struct Mock {
    routes: Arc<HashMap<Cow<'static, str>, Route>>,
}

/// Answers the undecoded messages of a request.
type Route = Arc<dyn Fn(Format, Vec<Bytes>) -> Reply + Send + Sync>;

impl Mock {
    /// A server without procedures.
    pub fn new() -> Self {
        Mock::default()
    }

    /// Answers a procedure that takes one message and gives one.
    pub fn on<Req, Res, F>(self, method: Method<Req, Res>, answer: F) -> Self
    where
        Req: Message,
        Res: Message,
        F: Fn(Req) -> Result<Res, IrisError> + Send + Sync + 'static,
    {
        self.route(method.into_path(), move |format, messages| {
            let result = decode_one(format, messages).and_then(&answer);
            encode(format, [result])
        })
    }

    /// Answers a procedure that takes one message and gives a stream. After the first `Err` the stream ends.
    pub fn on_stream<Req, Res, I, F>(
        self,
        method: Method<Req, Res, kind::ServerStreaming>,
        answer: F,
    ) -> Self
    where
        Req: Message,
        Res: Message,
        I: IntoIterator<Item = Result<Res, IrisError>>,
        F: Fn(Req) -> I + Send + Sync + 'static,
    {
        self.route(
            method.into_path(),
            move |format, messages| match decode_one(format, messages) {
                Ok(request) => encode(format, answer(request)),
                Err(error) => encode::<Res>(format, [Err(error)]),
            },
        )
    }

    /// Answers a procedure that takes a stream and gives one message, once the stream has ended.
    pub fn on_client_stream<Req, Res, F>(
        self,
        method: Method<Req, Res, kind::ClientStreaming>,
        answer: F,
    ) -> Self
    where
        Req: Message,
        Res: Message,
        F: Fn(Vec<Req>) -> Result<Res, IrisError> + Send + Sync + 'static,
    {
        self.route(method.into_path(), move |format, messages| {
            let result = answer::decode(format, messages).and_then(&answer);
            encode(format, [result])
        })
    }

    /// Answers a procedure that takes a stream and gives a stream, once the stream it takes has ended.
    pub fn on_bidirectional<Req, Res, I, F>(
        self,
        method: Method<Req, Res, kind::Bidirectional>,
        answer: F,
    ) -> Self
    where
        Req: Message,
        Res: Message,
        I: IntoIterator<Item = Result<Res, IrisError>>,
        F: Fn(Vec<Req>) -> I + Send + Sync + 'static,
    {
        self.route(
            method.into_path(),
            move |format, messages| match answer::decode(format, messages) {
                Ok(requests) => encode(format, answer(requests)),
                Err(error) => encode::<Res>(format, [Err(error)]),
            },
        )
    }

    /// A client of this server.
    pub fn client(self) -> Client {
        Client::in_process(self)
    }

    fn route(
        mut self,
        path: Cow<'static, str>,
        route: impl Fn(Format, Vec<Bytes>) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Arc::make_mut(&mut self.routes).insert(path, Arc::new(route));
        self
    }

    fn reply(&self, path: &str, format: Format, messages: Vec<Bytes>) -> Reply {
        match self.routes.get(path) {
            Some(route) => route(format, messages),
            None => Reply {
                messages: Vec::new(),
                error: Some(missing(path)),
            },
        }
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut paths: Vec<_> = self.routes.keys().collect();
        paths.sort_unstable();
        formatter.debug_tuple("Mock").field(&paths).finish()
    }
}

/// The answer of a procedure that a test's own implementation of a generated trait leaves out: 901.
pub fn not_mocked<T, C: From<i32>>(path: &str) -> std::future::Ready<Result<T, IrisError<C>>> {
    std::future::ready(Err(missing(path).map_code(C::from)))
}

fn missing(path: &str) -> IrisError {
    IrisError::new(
        code::IRIS_PROCEDURE_NOT_FOUND,
        format!("{path} is not mocked"),
    )
    .with_status(Status::Unimplemented)
}
