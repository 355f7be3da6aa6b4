//! The body of a request or a response.

use crate::pieces::Chunks;
#[cfg(feature = "server")]
use crate::server::Pace;
#[cfg(feature = "server")]
use crate::wire::grpc_web::FromText;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use std::any::Any;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
#[cfg(feature = "server")]
use std::sync::Arc;
use std::task::{Context, Poll};

type BoxError = Box<dyn Error + Send + Sync>;

/// Bytes that arrive or leave over time, with trailers at their end.
///
/// The common cases (nothing, one piece, one piece and trailers) need no allocation.
pub struct Body(Inner);

type Boxed = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

enum Inner {
    Once {
        data: Option<Bytes>,
        trailers: Option<Box<HeaderMap>>,
    },
    /// Several pieces. Boxed, since few bodies have them.
    Chunks(Box<Several>),
    Stream(Boxed),
    /// A request's body as a layer has wrapped it.
    #[cfg(feature = "server")]
    Wrapped {
        body: Boxed,
        pace: Arc<Pace>,
    },
    #[cfg(feature = "server")]
    Received(crate::server::Received),
    /// A request's body in base64, which is asked as the one within it would be.
    #[cfg(feature = "server")]
    Text(Box<FromText>),
}

struct Several {
    chunks: Chunks,
    trailers: Option<HeaderMap>,
}

impl Body {
    /// No bytes.
    pub fn empty() -> Self {
        Body(Inner::Once {
            data: None,
            trailers: None,
        })
    }

    /// One piece.
    pub fn full(data: impl Into<Bytes>) -> Self {
        let data = data.into();
        Body(Inner::Once {
            data: (!data.is_empty()).then_some(data),
            trailers: None,
        })
    }

    /// One piece, then trailers.
    pub fn with_trailers(data: Bytes, trailers: HeaderMap) -> Self {
        Body(Inner::Once {
            data: (!data.is_empty()).then_some(data),
            trailers: Some(Box::new(trailers)),
        })
    }

    /// What was encoded, then trailers where there are some.
    #[doc(hidden)]
    pub fn of_chunks(mut chunks: Chunks, trailers: Option<HeaderMap>) -> Self {
        Body(match chunks.single().is_some() {
            true => Inner::Once {
                data: chunks.next(),
                trailers: trailers.map(Box::new),
            },
            false => Inner::Chunks(Box::new(Several { chunks, trailers })),
        })
    }

    /// Any other body, boxed; one that is a `Body` already is taken as it is.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let mut body = Some(body);
        if let Some(same) = (&mut body as &mut dyn Any).downcast_mut::<Option<Body>>() {
            return same.take().unwrap_or_default();
        }
        match body {
            Some(body) => Body(Inner::Stream(Box::pin(ErrorBoxed { body }))),
            None => Body::empty(),
        }
    }

    /// A request's body.
    #[cfg(feature = "server")]
    pub(crate) fn received(body: crate::server::Received) -> Self {
        Body(Inner::Received(body))
    }

    /// The same, in base64.
    #[cfg(feature = "server")]
    pub(crate) fn from_text(text: FromText) -> Self {
        Body(Inner::Text(Box::new(text)))
    }

    /// Lets the sender be quiet between the messages of a stream. Where the body that came is in another, its pace says
    /// so.
    #[cfg(feature = "server")]
    pub(crate) fn allow_pauses(&mut self, pace: Option<Arc<Pace>>) {
        match &mut self.0 {
            Inner::Received(body) => body.allow_pauses(),
            Inner::Stream(body) => {
                if let Some(pace) = pace {
                    pace.allow_pauses();
                    let body = std::mem::replace(body, Box::pin(Body::empty()));
                    self.0 = Inner::Wrapped { body, pace };
                }
            }
            _ => {}
        }
    }

    /// What says how a request's body is to be read, wherever it is; `None` where it is none that came.
    #[cfg(feature = "server")]
    pub(crate) fn share_pace(&mut self) -> Option<Arc<Pace>> {
        match &mut self.0 {
            Inner::Received(body) => Some(body.share_pace()),
            _ => None,
        }
    }

    /// Says that what comes next is the rest of a message, or that it is not.
    pub(crate) fn set_within_message(&mut self, within: bool) {
        match &mut self.0 {
            #[cfg(feature = "server")]
            Inner::Received(body) => body.set_within_message(within),
            #[cfg(feature = "server")]
            Inner::Text(body) => body.set_within_message(within),
            #[cfg(feature = "server")]
            Inner::Wrapped { pace, .. } => pace.set_within_message(within),
            _ => {
                let _ = within;
            }
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Body::empty()
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.get_mut().0 {
            Inner::Once { data, trailers } => {
                let frame = match data.take() {
                    Some(data) => Some(Frame::data(data)),
                    None => trailers.take().map(|trailers| Frame::trailers(*trailers)),
                };
                Poll::Ready(frame.map(Ok))
            }
            Inner::Chunks(several) => {
                let data = several.chunks.next().map(Frame::data);
                let frame = data.or_else(|| several.trailers.take().map(Frame::trailers));
                Poll::Ready(frame.map(Ok))
            }
            Inner::Stream(body) => body.as_mut().poll_frame(context),
            #[cfg(feature = "server")]
            Inner::Received(body) => body.poll_frame(context),
            #[cfg(feature = "server")]
            Inner::Wrapped { body, .. } => body.as_mut().poll_frame(context),
            #[cfg(feature = "server")]
            Inner::Text(body) => Pin::new(&mut **body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Once { data, trailers } => data.is_none() && trailers.is_none(),
            Inner::Chunks(several) => several.chunks.is_empty() && several.trailers.is_none(),
            Inner::Stream(body) => body.is_end_stream(),
            #[cfg(feature = "server")]
            Inner::Received(body) => body.is_end_stream(),
            #[cfg(feature = "server")]
            Inner::Text(body) => body.is_end_stream(),
            #[cfg(feature = "server")]
            Inner::Wrapped { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Once { data, .. } => {
                SizeHint::with_exact(data.as_ref().map_or(0, |data| data.len() as u64))
            }
            Inner::Chunks(several) => SizeHint::with_exact(several.chunks.len() as u64),
            Inner::Stream(body) => body.size_hint(),
            #[cfg(feature = "server")]
            Inner::Received(body) => body.size_hint(),
            #[cfg(feature = "server")]
            Inner::Text(body) => body.size_hint(),
            #[cfg(feature = "server")]
            Inner::Wrapped { body, .. } => body.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = |length| format!("{length} bytes");
        let kind = &match &self.0 {
            Inner::Once { data, .. } => bytes(data.as_ref().map_or(0, Bytes::len)),
            Inner::Chunks(several) => bytes(several.chunks.len()),
            Inner::Stream(_) => "stream".to_owned(),
            #[cfg(feature = "server")]
            Inner::Received(_) | Inner::Text(_) | Inner::Wrapped { .. } => "incoming".to_owned(),
        };
        write!(formatter, "Body({kind})")
    }
}

#[cfg(feature = "server")]
impl From<hyper::body::Incoming> for Body {
    fn from(body: hyper::body::Incoming) -> Self {
        Body::new(body)
    }
}

pin_project_lite::pin_project! {
    /// A body whose errors are boxed.
    struct ErrorBoxed<B> {
        #[pin]
        body: B,
    }
}

impl<B> http_body::Body for ErrorBoxed<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.project().body.poll_frame(context).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
