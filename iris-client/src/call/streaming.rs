//! Calls that answer a stream, and the stream they answer.

use super::Call;
use super::upload::{UploadGuard, upload};
use crate::fault::Fault;
use crate::protocol::{Encoded, Incoming};
use crate::retry::Attempts;
use crate::time::{self, Sleep};
use crate::{Body, IrisError, Message, Metadata, Method, Stream, code, kind};
use bytes::Bytes;
use http::Request;
use std::fmt;
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// The messages of an answer, as they arrive.
///
/// A `Stream` of `Result<M, IrisError<C>>`; after an error it ends. The call's deadline holds until its end.
/// Nothing is read ahead but what HTTP/2's window lets the server send (1 MiB a stream), so that a slow reader
/// slows the server down. Dropping it cancels the call.
#[must_use = "dropping the stream cancels the call"]
pub struct Streaming<M, C = i32> {
    /// `None` once it ended.
    source: Option<Source<M, C>>,
    metadata: Metadata,
    trailers: Metadata,
}

enum Source<M, C> {
    Wire(Box<Wire>, PhantomData<fn() -> M>),
    Given(Pin<Box<dyn Stream<Item = Result<M, IrisError<C>>> + Send>>),
}

/// A stream that comes from a server.
struct Wire {
    call: Call,
    incoming: Incoming,
    upload: Option<UploadGuard>,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<M, C> Streaming<M, C> {
    /// A stream of your own: for tests that stand in for a server.
    ///
    /// ```
    /// # async fn test() {
    /// use iris_client::{IrisError, Streaming};
    ///
    /// let mut events = Streaming::from_items([Ok(()), Err(IrisError::new(7, "no more"))]);
    /// assert!(events.next().await.unwrap().is_ok());
    /// assert_eq!(events.next().await.unwrap().unwrap_err().code, 7);
    /// # }
    /// ```
    pub fn from_items<I>(items: I) -> Self
    where
        I: IntoIterator<Item = Result<M, IrisError<C>>>,
        I::IntoIter: Send + 'static,
    {
        Streaming::from_stream(Items(items.into_iter()))
    }

    /// The same from another stream.
    pub fn from_stream(
        items: impl Stream<Item = Result<M, IrisError<C>>> + Send + 'static,
    ) -> Self {
        Streaming {
            source: Some(Source::Given(Box::pin(items))),
            metadata: Metadata::new(),
            trailers: Metadata::new(),
        }
    }

    /// What came before the first message: the HTTP headers, the protocol's own included.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// What came after the last message; empty before the stream has ended well.
    pub fn trailers(&self) -> &Metadata {
        &self.trailers
    }
}

impl<M: Message, C: From<i32>> Streaming<M, C> {
    /// The next message; `None` at the end.
    ///
    /// # Errors
    ///
    /// The server's error, 911 for a message that does not decode, 913 for one over the limit, and 900 where
    /// the stream broke off or the deadline passed. Then there is nothing more to come.
    pub async fn next(&mut self) -> Option<Result<M, IrisError<C>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The same the other way round, for `while let Some(message) = stream.message().await?`.
    ///
    /// # Errors
    ///
    /// As [`Streaming::next`].
    pub async fn message(&mut self) -> Result<Option<M>, IrisError<C>> {
        self.next().await.transpose()
    }
}

impl<M: Message, C: From<i32>> Stream for Streaming<M, C> {
    type Item = Result<M, IrisError<C>>;

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<M, IrisError<C>>>> {
        let this = self.get_mut();
        let item = match &mut this.source {
            None => return Poll::Ready(None),
            Some(Source::Given(items)) => std::task::ready!(items.as_mut().poll_next(context)),
            Some(Source::Wire(wire, _)) => match std::task::ready!(wire.poll_next(context)) {
                Some(Ok(message)) => Some(Ok(message)),
                Some(Err(error)) => Some(Err(wire.call.fail(error))),
                None => {
                    this.trailers = std::mem::take(&mut wire.incoming.trailers);
                    None
                }
            },
        };
        if !matches!(item, Some(Ok(_))) {
            this.source = None;
        }
        Poll::Ready(item)
    }
}

// Nothing in it is pinned in place.
impl<M, C> Unpin for Streaming<M, C> {}

impl<M, C> fmt::Debug for Streaming<M, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Streaming")
            .field("ended", &self.source.is_none())
            .field("metadata", &self.metadata)
            .field("trailers", &self.trailers)
            .finish()
    }
}

impl Wire {
    fn poll_next<M: Message>(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<M, IrisError>>> {
        // First: a server that always has more to send does not get more time for it.
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Some(Err(self.too_late())));
        }
        let payload = match self.incoming.take_plain() {
            Some(payload) => Some(Ok(payload)),
            None => std::task::ready!(self.poll_payload(context)),
        };
        Poll::Ready(payload.map(|payload| {
            M::decode(self.call.shared.settings.format(), payload?).map_err(|error| {
                error
                    .into_error(code::IRIS_INVALID_RESPONSE_MESSAGE)
                    .with_answer(self.incoming.metadata.clone(), Metadata::new())
            })
        }))
    }

    fn poll_payload(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, IrisError>>> {
        let payload = std::task::ready!(self.incoming.poll_next(context, self.call.base()));
        Poll::Ready(payload.map(|payload| {
            payload.map_err(|error| {
                let own = self.upload.as_ref().and_then(UploadGuard::failure);
                match own {
                    Some(own) => own,
                    None if self.call.deadline.ended(&error) => self.too_late(),
                    None => error,
                }
            })
        }))
    }

    fn too_late(&self) -> IrisError {
        let what = format!("the stream of {} was not done", self.call.base());
        self.call.deadline.exceeded(&what)
    }
}

/// One message for many.
pub(super) async fn one_for_many<Req, Res, C>(
    call: Call,
    method: Method<Req, Res, kind::ServerStreaming>,
    request: Req,
) -> Result<Streaming<Res, C>, IrisError<C>>
where
    Req: Message,
    C: From<i32>,
{
    let encoded = call.encode(&request);
    drop(request);
    match open_repeatedly(&call, encoded, method.may_repeat()).await {
        Ok(incoming) => Ok(Streaming::of_wire(call, incoming, None)),
        Err(error) => Err(call.fail(error)),
    }
}

/// Many messages for many.
pub(super) async fn many_for_many<Req, Res, C>(
    call: Call,
    requests: Pin<Box<dyn Stream<Item = Req> + Send>>,
) -> Result<Streaming<Res, C>, IrisError<C>>
where
    Req: Message,
    C: From<i32>,
{
    let (body, guard) = upload(requests, &call.shared.settings);
    match open_upload(&call, Body::new(body), &guard).await {
        Ok(incoming) => Ok(Streaming::of_wire(call, incoming, Some(guard))),
        Err(error) => Err(call.fail(error)),
    }
}

/// What of a call does not depend on its messages, so that it is compiled once and not for each procedure.
async fn open_repeatedly(
    call: &Call,
    encoded: Result<Encoded, IrisError>,
    may_repeat: bool,
) -> Result<Incoming, IrisError> {
    call.check()?;
    let encoded = encoded?;
    let opening = pin!(async {
        let mut attempts = Attempts::new(call, may_repeat);
        loop {
            let request = call.post(encoded.clone(), attempts.extensions());
            match open(call, request).await {
                Ok(incoming) => return Ok(incoming),
                Err(fault) => attempts.again(fault).await?,
            }
        }
    });
    call.deadline.enforce(call.base(), opening).await
}

/// The same for a stream of requests, which can be sent once.
async fn open_upload(call: &Call, body: Body, guard: &UploadGuard) -> Result<Incoming, IrisError> {
    call.check()?;
    let opening = pin!(async {
        open(call, call.post_stream(body))
            .await
            .map_err(|fault| guard.failure().unwrap_or(fault.error))
    });
    call.deadline.enforce(call.base(), opening).await
}

async fn open(call: &Call, request: Result<Request<Body>, IrisError>) -> Result<Incoming, Fault> {
    let response = call.send(&mut request?).await?;
    Incoming::open(call.shared.settings.protocol, response, call.expected()).await
}

impl<M, C> Streaming<M, C> {
    fn of_wire(call: Call, incoming: Incoming, upload: Option<UploadGuard>) -> Self {
        let deadline = call.deadline.at();
        Streaming {
            metadata: incoming.metadata.clone(),
            trailers: Metadata::new(),
            source: Some(Source::Wire(
                Box::new(Wire {
                    call,
                    incoming,
                    upload,
                    deadline: deadline.map(|at| Box::pin(time::sleep_until(at))),
                }),
                PhantomData,
            )),
        }
    }
}

/// An iterator whose items are all there.
struct Items<I>(I);

impl<I> Unpin for Items<I> {}

impl<I: Iterator> Stream for Items<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}
