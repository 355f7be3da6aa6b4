//! What is expected of an answer, and what it has in it.

use crate::fault::{self, Fault};
use crate::{Body, BoxError, Format, IrisError, Metadata, Status, code};
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body::Body as _;
use iris_core::wire::whole::{Whole, WholeError};
use std::future::poll_fn;
use std::pin::Pin;

/// The least that is read of what a server says of an error, in bytes: a small limit for messages is not to hide it.
const ERROR_FLOOR: usize = 64 * 1024;

/// What is expected of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// Who answers, for messages.
    pub(crate) base: &'a str,
    pub(crate) format: Format,
    /// The most bytes a message may have.
    pub(crate) limit: usize,
}

impl Expected<'_> {
    /// The most bytes that an error, or the end of a stream, may have.
    pub(super) fn error_limit(&self) -> usize {
        self.limit.max(ERROR_FLOOR)
    }
}

/// An answer of one message, undecoded.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) payload: Bytes,
    pub(crate) metadata: Metadata,
    pub(crate) trailers: Metadata,
}

/// The content type without parameters, in lower case; empty where there is none.
pub(super) fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    let essence = value.unwrap_or_default().split(|byte| *byte == b';').next();
    String::from_utf8_lossy(essence.unwrap_or_default().trim_ascii()).to_ascii_lowercase()
}

/// The error of an answer that is compressed as nobody asked for.
pub(super) fn compressed(base: &str, encoding: &str) -> IrisError {
    IrisError::communication(
        Status::Internal,
        format!(
            "{base} compressed its answer ({encoding}), which was not asked for and cannot be read"
        ),
    )
}

/// The server answered in the other format.
pub(super) fn other_format(base: &str, content_type: &str, asked: &str) -> IrisError {
    IrisError::communication(
        Status::Internal,
        format!("{base} answered with content type `{content_type}` where `{asked}` was asked for"),
    )
}

/// Gives an error that came without a message one, unless a procedure raised it so.
pub(super) fn never_silent(
    mut error: IrisError,
    message: impl FnOnce(&IrisError) -> String,
) -> IrisError {
    if !error.is_from_remote() && error.internal_message.trim().is_empty() {
        error.internal_message = message(&error);
    }
    error
}

/// Reads a whole body, no further than `limit`.
pub(super) async fn collect(body: Body, limit: usize, base: &str) -> Result<Bytes, Fault> {
    let mut whole = Whole::new(body, limit);
    let read = poll_fn(|context| whole.poll(context)).await;
    read.map_err(|error| match error {
        WholeError::TooLarge { length, limit } => too_large(length, limit).into(),
        WholeError::Body(cause) => fault::broken_off(cause, base).into(),
    })
}

/// The next bytes of a body; trailers are passed over.
pub(super) async fn next_data(body: &mut Body) -> Option<Result<Bytes, BoxError>> {
    loop {
        match poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await? {
            Ok(frame) => match frame.into_data() {
                Ok(data) => return Some(Ok(data)),
                Err(_) => continue,
            },
            Err(error) => return Some(Err(error)),
        }
    }
}

fn too_large(bytes: usize, limit: usize) -> IrisError {
    IrisError::new(
        code::IRIS_MESSAGE_TOO_LARGE,
        format!("the answer has at least {bytes} bytes, more than the limit of {limit}"),
    )
}
