//! Answers that come piece by piece (Runtime API, "Response streaming").
//!
//! What a function sends with the content type [`HTTP`] begins with a head in JSON and eight zero bytes, which may be cut anywhere.

use super::invocation::Raised;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame};
use hyper::body::Incoming;
use serde_json::Value;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::sync::oneshot;

type BoxError = Box<dyn Error + Send + Sync>;

/// Of an answer whose beginning says status, headers and cookies.
pub(super) const HTTP: &str = "application/vnd.awslambda.http-integration-response";

/// What stands between the head and the body.
const END_OF_HEAD: [u8; 8] = [0; 8];

/// The longest head, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// In trailers a function says that it failed behind what it has sent: the kind, and a document in base64.
const FAILED: &str = "lambda-runtime-function-error-type";
const DOCUMENT: &str = "lambda-runtime-function-error-body";

/// An answer that is not all of it, as the function says.
#[derive(Debug)]
pub(super) struct Broken(pub(super) Raised);

/// An answer as it comes.
#[derive(Debug)]
pub(crate) struct Streamed {
    /// Whether it begins with a head.
    pub(super) has_head: bool,
    /// What was read with the head.
    rest: Bytes,
    body: Incoming,
    /// What went wrong, where that is still to be told.
    failed: Option<BoxError>,
    /// Dropped when it was read to its end, or is not wanted any more.
    _read: oneshot::Sender<()>,
}

impl Streamed {
    /// The answer in this body, and what ends once it was read.
    pub(super) fn new(has_head: bool, body: Incoming) -> (Streamed, oneshot::Receiver<()>) {
        let (tell, read) = oneshot::channel();
        let streamed = Streamed {
            has_head,
            rest: Bytes::new(),
            body,
            failed: None,
            _read: tell,
        };
        (streamed, read)
    }

    /// Reads the head, which is there for those that have one.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) async fn head(&mut self) -> Result<Value, String> {
        let mut read = BytesMut::new();
        loop {
            if let Some(at) = end_of_head(&read) {
                let head = read.split_to(at);
                read.advance(END_OF_HEAD.len());
                self.rest = read.freeze();
                return serde_json::from_slice(&head).map_err(|error| error.to_string());
            }
            if read.len() > LONGEST_HEAD {
                return Err(format!("its head has more than {LONGEST_HEAD} bytes"));
            }
            let frame = poll_fn(|context| Pin::new(&mut self.body).poll_frame(context)).await;
            match frame {
                Some(Ok(frame)) => read.extend(frame.into_data().ok()),
                Some(Err(error)) => return Err(error.to_string()),
                None => return Err("it ended within its head".to_owned()),
            }
        }
    }
}

fn end_of_head(read: &[u8]) -> Option<usize> {
    let mut windows = read.windows(END_OF_HEAD.len());
    windows.position(|window| window == END_OF_HEAD)
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        if let Some(failed) = self.failed.take() {
            return Poll::Ready(Some(Err(failed)));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let failed = match frame {
            Some(Ok(frame)) => match frame.trailers_ref() {
                None => return Poll::Ready(Some(Ok(frame))),
                Some(trailers) => failure(trailers).map(BoxError::from),
            },
            Some(Err(error)) => Some(error.into()),
            None => None,
        };
        let Some(failed) = failed else {
            return Poll::Ready(None);
        };
        // An error ends a connection with all that was not written yet. What came before it gets its chance.
        self.failed = Some(failed);
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// What a function says behind an answer that is not all of it. Its caller has to see that.
pub(super) fn failure(trailers: &HeaderMap) -> Option<Broken> {
    let kind = trailers.get(FAILED)?;
    let kind = String::from_utf8_lossy(kind.as_bytes()).into_owned();
    let document = trailers.get(DOCUMENT);
    let document = document.and_then(|document| STANDARD.decode(document.as_bytes()).ok());
    let document = Bytes::from(document.unwrap_or_default());
    Some(Broken(Raised::of(document, Some(kind))))
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the function failed: {}", self.0)
    }
}

impl Error for Broken {}
