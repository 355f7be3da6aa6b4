//! Answers that go piece by piece
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming>).

use crate::caught::catching;
use crate::failure::{BoxError, Failure};
use crate::head::Head;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut, Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderMap, HeaderValue, Response};
use http_body::{Body, Frame};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Of an answer that begins with a head.
const HTTP: &str = "application/vnd.awslambda.http-integration-response";

/// What stands between the head and the body.
const END_OF_HEAD: [u8; 8] = [0; 8];

/// The trailers that say that an answer broke off, and why.
pub(crate) const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
pub(crate) const ERROR_BODY: &str = "lambda-runtime-function-error-body";

/// An answer that goes piece by piece: as soon as there is a piece, and as large as it gets.
///
/// ```
/// use futures_util::stream;
/// use iris_lambda::{Context, Streamed};
/// use std::io::Error;
///
/// async fn count(_: serde_json::Value, _: Context) -> Result<Streamed, Error> {
///     let pieces = ["one ", "two "].map(Ok::<_, Error>);
///     Ok(Streamed::new(stream::iter(pieces)))
/// }
/// ```
///
/// A function URL (with the invoke mode `RESPONSE_STREAM`) and iris-up make of it an HTTP response. Its status, headers and cookies are
/// those of [`with_head`](Self::with_head), or of the response that it was made `From`.
///
/// Where the stream gives an error or panics, its readers see that the answer broke off.
pub struct Streamed {
    head: Option<Head>,
    content_type: HeaderValue,
    body: UnsyncBoxBody<Bytes, BoxError>,
}

impl Streamed {
    /// The pieces of a stream, without a head: `application/octet-stream`.
    pub fn new<S, D, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<D, E>> + Send + 'static,
        D: Into<Bytes> + 'static,
        E: Into<BoxError> + 'static,
    {
        let body = StreamBody::new(Pieces {
            stream: Box::pin(stream),
        });
        Streamed {
            head: None,
            content_type: HeaderValue::from_static("application/octet-stream"),
            body: BodyExt::boxed_unsync(body),
        }
    }

    /// The same behind the status, the headers and the cookies of a response. A `content-type` that it lacks is
    /// `application/octet-stream`.
    #[must_use = "it gives another answer"]
    pub fn with_head<B>(mut self, response: Response<B>) -> Self {
        self.head = Some(Head::of(&response.into_parts().0));
        self
    }

    /// The same, without a head, of this type.
    #[must_use = "it gives another answer"]
    pub fn with_content_type(mut self, content_type: HeaderValue) -> Self {
        self.content_type = content_type;
        self
    }

    /// What the Runtime API is told to be coming.
    pub(crate) fn content_type(&self) -> HeaderValue {
        match self.head {
            Some(_) => HeaderValue::from_static(HTTP),
            None => self.content_type.clone(),
        }
    }

    /// The answer as a body, with its head before it.
    pub(crate) fn into_body(self) -> Sending {
        let head = self.head.map(|head| {
            let mut start = BytesMut::from(&head.to_json()[..]);
            start.put_slice(&END_OF_HEAD);
            start.freeze()
        });
        Sending {
            head,
            body: Some(self.body),
        }
    }
}

/// With its head.
impl<B> From<Response<B>> for Streamed
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn from(response: Response<B>) -> Self {
        let (parts, body) = response.into_parts();
        Streamed {
            head: Some(Head::of(&parts)),
            content_type: HeaderValue::from_static(HTTP),
            body: body.map_err(Into::into).boxed_unsync(),
        }
    }
}

impl fmt::Debug for Streamed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Streamed");
        debug.field("head", &self.head);
        debug.finish_non_exhaustive()
    }
}

/// A stream's pieces as frames.
struct Pieces<S> {
    stream: Pin<Box<S>>,
}

impl<S, D, E> Stream for Pieces<S>
where
    S: Stream<Item = Result<D, E>>,
    D: Into<Bytes>,
    E: Into<BoxError>,
{
    type Item = Result<Frame<Bytes>, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = ready!(self.stream.as_mut().poll_next(context));
        Poll::Ready(piece.map(|piece| match piece {
            Ok(data) => Ok(Frame::data(data.into())),
            // Boxed with its kind, which a box alone would have lost.
            Err(error) => Err(Failure::of(error).into()),
        }))
    }
}

/// An answer on its way. It never fails: what goes wrong it says in trailers.
pub(crate) struct Sending {
    head: Option<Bytes>,
    /// `None` behind its end.
    body: Option<UnsyncBoxBody<Bytes, BoxError>>,
}

impl Body for Sending {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        loop {
            let Some(body) = &mut self.body else {
                return Poll::Ready(None);
            };
            let polled = catching(|| Pin::new(body).poll_frame(context));
            let failure = match polled {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(Some(Ok(frame)))) => match frame.into_data() {
                    // An empty one would look like the end.
                    Ok(data) if data.is_empty() => continue,
                    Ok(data) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                    // Trailers have no place behind an HTTP response of a function.
                    Err(_) => continue,
                },
                Ok(Poll::Ready(None)) => {
                    self.body = None;
                    return Poll::Ready(None);
                }
                Ok(Poll::Ready(Some(Err(error)))) => Failure::of(error),
                Err(panicked) => panicked,
            };
            self.body = None;
            tracing::error!("a streamed answer broke off: {failure}");
            return Poll::Ready(Some(Ok(Frame::trailers(trailers(&failure)))));
        }
    }
}

fn trailers(failure: &Failure) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    trailers.insert(ERROR_TYPE, header_of(failure.kind()));
    let told = STANDARD.encode(failure.to_json());
    trailers.insert(ERROR_BODY, header_of(&told));
    trailers
}

/// A text as far as a header holds it.
pub(crate) fn header_of(text: &str) -> HeaderValue {
    let text: String = text
        .chars()
        .filter(|char| char.is_ascii_graphic() || *char == ' ')
        .collect();
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Error"))
}
