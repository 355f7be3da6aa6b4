//! The calls as they are built: a message or a stream, a deadline, metadata; then awaited.

use super::streaming::{Streaming, many_for_many, one_for_many};
use super::unary::{Answering, Exchange, many_for_one, one_for_one};
use super::{Call, Kind, Options};
use crate::{Client, IrisError, Message, Method, Response, Stream, kind};
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type BoxStream<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

/// A call of one message that answers one message; awaiting it makes the call.
///
/// Its output is `Result<Res, IrisError<C>>`. Dropping what is awaited cancels the call.
#[must_use = "a call is not made before it is awaited"]
pub struct Unary<Req, Res, C = i32> {
    client: Client,
    method: Method<Req, Res>,
    request: Req,
    options: Options,
    get: bool,
    code: PhantomData<fn() -> C>,
}

/// A call of one message that answers a stream; awaiting it makes the call.
///
/// Its output is `Result<Streaming<Res, C>, IrisError<C>>`, as soon as the server has begun to answer.
#[must_use = "a call is not made before it is awaited"]
pub struct ServerStreaming<Req, Res, C = i32> {
    client: Client,
    method: Method<Req, Res, kind::ServerStreaming>,
    request: Req,
    options: Options,
    code: PhantomData<fn() -> C>,
}

/// A call of a stream of messages that answers one message; awaiting it makes the call.
///
/// Its output is `Result<Res, IrisError<C>>`. The stream is read as fast as the server takes it; the server may
/// answer before its end, and it is then dropped.
#[must_use = "a call is not made before it is awaited"]
pub struct ClientStreaming<Req, Res, C = i32> {
    client: Client,
    method: Method<Req, Res, kind::ClientStreaming>,
    requests: BoxStream<Req>,
    options: Options,
    code: PhantomData<fn() -> C>,
}

/// A call of a stream of messages that answers a stream; awaiting it makes the call.
///
/// Its output is `Result<Streaming<Res, C>, IrisError<C>>`, as soon as the server has begun to answer. Both
/// streams go on at the same time, which needs HTTP/2: over `http` it is spoken with prior knowledge.
#[must_use = "a call is not made before it is awaited"]
pub struct Bidirectional<Req, Res, C = i32> {
    client: Client,
    method: Method<Req, Res, kind::Bidirectional>,
    requests: BoxStream<Req>,
    options: Options,
    code: PhantomData<fn() -> C>,
}

/// A call whose output is a [`Response`]: the message with its metadata.
#[must_use = "a call is not made before it is awaited"]
#[derive(Debug)]
pub struct WithResponse<Call>(Call);

impl Client {
    /// A call of a procedure that takes one message and gives one.
    pub fn unary<Req, Res, C>(&self, method: Method<Req, Res>, request: Req) -> Unary<Req, Res, C> {
        Unary {
            client: self.clone(),
            method,
            request,
            options: Options::default(),
            get: false,
            code: PhantomData,
        }
    }

    /// A call of a procedure that takes one message and gives a stream.
    pub fn server_streaming<Req, Res, C>(
        &self,
        method: Method<Req, Res, kind::ServerStreaming>,
        request: Req,
    ) -> ServerStreaming<Req, Res, C> {
        ServerStreaming {
            client: self.clone(),
            method,
            request,
            options: Options::default(),
            code: PhantomData,
        }
    }

    /// A call of a procedure that takes a stream and gives one message.
    pub fn client_streaming<Req, Res, C>(
        &self,
        method: Method<Req, Res, kind::ClientStreaming>,
        requests: impl Stream<Item = Req> + Send + 'static,
    ) -> ClientStreaming<Req, Res, C> {
        ClientStreaming {
            client: self.clone(),
            method,
            requests: Box::pin(requests),
            options: Options::default(),
            code: PhantomData,
        }
    }

    /// A call of a procedure that takes a stream and gives a stream.
    pub fn bidirectional<Req, Res, C>(
        &self,
        method: Method<Req, Res, kind::Bidirectional>,
        requests: impl Stream<Item = Req> + Send + 'static,
    ) -> Bidirectional<Req, Res, C> {
        Bidirectional {
            client: self.clone(),
            method,
            requests: Box::pin(requests),
            options: Options::default(),
            code: PhantomData,
        }
    }
}

/// What every kind of call has.
macro_rules! every_call {
    ($($name:ident),*) => {$(
        impl<Req, Res, C> $name<Req, Res, C> {
            /// The most time this call may take, to its very end; the client's default otherwise.
            ///
            /// It counts from when the call is awaited. The server is told, and the call fails with 900 and
            /// `deadline_exceeded` once it is over. A call made by a procedure never outlives the call being served.
            pub fn deadline(mut self, deadline: Duration) -> Self {
                self.options.deadline = Some(deadline);
                self
            }

            /// Sends a value beside the message. A name or value that cannot be sent fails the call (see
            /// [`Metadata::append`](crate::Metadata::append)).
            pub fn metadata(mut self, name: &str, value: &str) -> Self {
                self.options.metadata(name, value);
                self
            }

            /// Sends bytes beside the message, under a name that ends in `-bin`; any other fails the call.
            pub fn metadata_bytes(mut self, name: &str, value: &[u8]) -> Self {
                self.options.metadata_bytes(name, value);
                self
            }
        }

        impl<Req, Res, C> fmt::Debug for $name<Req, Res, C> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter
                    .debug_struct(stringify!($name))
                    .field("method", &self.method)
                    .field("options", &self.options)
                    .finish_non_exhaustive()
            }
        }
    )*};
}

every_call!(Unary, ServerStreaming, ClientStreaming, Bidirectional);

impl<Req, Res, C> Unary<Req, Res, C> {
    /// Calls by HTTP GET, so that caches may answer. Only for procedures without side effects; others fail.
    ///
    /// Connect alone has it: gRPC sends POST. So does Connect where the encoded message is over about 5 KiB,
    /// which many servers would not take as a URL.
    pub fn get(mut self) -> Self {
        self.get = true;
        self
    }

    /// The same call, answering the message with its metadata.
    pub fn with_response(self) -> WithResponse<Self> {
        WithResponse(self)
    }
}

impl<Req, Res, C> ClientStreaming<Req, Res, C> {
    /// The same call, answering the message with its metadata.
    pub fn with_response(self) -> WithResponse<Self> {
        WithResponse(self)
    }
}

impl<Req: Message, Res, C> Unary<Req, Res, C> {
    /// Starts the clock; the call itself is made when the result is polled.
    fn start(self) -> Exchange {
        let path = self.method.to_path();
        let call = Call::start(self.client.shared, path, Kind::Unary, self.options);
        one_for_one(call, &self.method, &self.request, self.get)
    }
}

impl<Req, Res, C> IntoFuture for WithResponse<Unary<Req, Res, C>>
where
    Req: Message,
    Res: Message,
    C: From<i32> + 'static,
{
    type Output = Result<Response<Res>, IrisError<C>>;
    type IntoFuture = Answering<Response<Res>, C>;

    fn into_future(self) -> Self::IntoFuture {
        Answering::response(self.0.start())
    }
}

impl<Req, Res, C> IntoFuture for Unary<Req, Res, C>
where
    Req: Message,
    Res: Message,
    C: From<i32> + 'static,
{
    type Output = Result<Res, IrisError<C>>;
    type IntoFuture = Answering<Res, C>;

    fn into_future(self) -> Self::IntoFuture {
        Answering::message(self.start())
    }
}

impl<Req: Message, Res, C> ClientStreaming<Req, Res, C> {
    /// Starts the clock; the call itself is made when the result is polled.
    fn start(self) -> Exchange {
        let path = self.method.into_path();
        let kind = Kind::ClientStreaming;
        let call = Call::start(self.client.shared, path, kind, self.options);
        many_for_one(call, self.requests)
    }
}

impl<Req, Res, C> IntoFuture for WithResponse<ClientStreaming<Req, Res, C>>
where
    Req: Message,
    Res: Message,
    C: From<i32> + 'static,
{
    type Output = Result<Response<Res>, IrisError<C>>;
    type IntoFuture = Answering<Response<Res>, C>;

    fn into_future(self) -> Self::IntoFuture {
        Answering::response(self.0.start())
    }
}

impl<Req, Res, C> IntoFuture for ClientStreaming<Req, Res, C>
where
    Req: Message,
    Res: Message,
    C: From<i32> + 'static,
{
    type Output = Result<Res, IrisError<C>>;
    type IntoFuture = Answering<Res, C>;

    fn into_future(self) -> Self::IntoFuture {
        Answering::message(self.start())
    }
}

impl<Req, Res, C> IntoFuture for ServerStreaming<Req, Res, C>
where
    Req: Message,
    Res: Message,
    C: From<i32> + 'static,
{
    type Output = Result<Streaming<Res, C>, IrisError<C>>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let path = self.method.to_path();
        let call = Call::start(
            self.client.shared,
            path,
            Kind::ServerStreaming,
            self.options,
        );
        Box::pin(one_for_many(call, self.method, self.request))
    }
}

impl<Req, Res, C> IntoFuture for Bidirectional<Req, Res, C>
where
    Req: Message,
    Res: Message,
    C: From<i32> + 'static,
{
    type Output = Result<Streaming<Res, C>, IrisError<C>>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let path = self.method.into_path();
        let call = Call::start(self.client.shared, path, Kind::Bidirectional, self.options);
        Box::pin(many_for_many(call, self.requests))
    }
}
