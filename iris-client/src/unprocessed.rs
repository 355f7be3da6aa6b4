//! Requests that a server did not begin with, for certain.

use crate::fault::find;
#[cfg(not(feature = "native"))]
use crate::transport::Failure;
use crate::{BoxError, IrisError};
use std::error::Error;
use std::fmt;

/// A mark among the causes of an error: whatever the procedure does, sending its request again does it once.
#[derive(Debug)]
pub(crate) struct Unprocessed(BoxError);

impl Unprocessed {
    /// Marks why there was no answer, where that is so: the server refused the stream (RFC 9113, section 8.7), or closes
    /// the connection and names an earlier stream as the last that it looks at (section 6.8); or none of it was sent.
    #[cfg(feature = "native")]
    pub(crate) fn mark(cause: BoxError) -> BoxError {
        let by_server = find::<h2::Error>(&*cause).is_some_and(|error| {
            let refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
            // Streams up to the last one go on, so that they never fail of a GOAWAY.
            error.is_remote() && (error.is_go_away() || refused)
        });
        let unsent = || find::<hyper::Error>(&*cause).is_some_and(hyper::Error::is_canceled);
        match by_server || unsent() {
            true => Unprocessed(cause).into(),
            false => cause,
        }
    }

    /// The same of a WebSocket: RESET 1, or GOAWAY.
    #[cfg(not(feature = "native"))]
    pub(crate) fn mark(cause: BoxError) -> BoxError {
        match find::<Failure>(&*cause).is_some_and(|failure| failure.unprocessed) {
            true => Unprocessed(cause).into(),
            false => cause,
        }
    }

    /// Whether the error bears it.
    pub(crate) fn is_behind(error: &IrisError) -> bool {
        find::<Unprocessed>(error).is_some()
    }
}

impl fmt::Display for Unprocessed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the request was not processed")
    }
}

impl Error for Unprocessed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
