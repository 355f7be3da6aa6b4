//! Why there is no connection.

use crate::BoxError;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Why there is no connection, in words; whether the next attempt may find one. All who waited for it are told.
#[derive(Debug, Clone)]
pub(crate) struct ConnectFailure {
    text: String,
    pub(crate) retry: bool,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// A host name without addresses; a mark by which [`ConnectFailure::socket`] knows it.
#[derive(Debug)]
pub(super) struct NoAddress(pub(super) io::Error);

impl ConnectFailure {
    /// A failure that the next attempt meets as well.
    #[cfg(feature = "tls")]
    pub(super) fn lasting(text: impl Into<String>, source: Option<BoxError>) -> Self {
        ConnectFailure {
            text: text.into(),
            retry: false,
            source: source.map(Arc::from),
        }
    }

    /// A failure that may be gone a moment later.
    pub(super) fn passing(text: impl Into<String>, source: Option<BoxError>) -> Self {
        ConnectFailure {
            text: text.into(),
            retry: true,
            source: source.map(Arc::from),
        }
    }

    pub(super) fn timed_out(after: Duration) -> Self {
        ConnectFailure::passing(
            format!("no connection within the connect timeout of {after:?}"),
            None,
        )
    }

    /// Whoever was at it is gone, as with its runtime.
    pub(super) fn interrupted() -> Self {
        ConnectFailure::passing("the attempt to connect was interrupted", None)
    }

    /// The socket could not be connected.
    pub(super) fn socket(cause: BoxError) -> Self {
        if let Some(NoAddress(error)) = crate::fault::find::<NoAddress>(&*cause) {
            let text = format!("its host name has no address (DNS): {error}");
            return ConnectFailure::passing(text, Some(cause));
        }
        let error = crate::fault::find::<io::Error>(&*cause);
        match error.map(|error| (error.kind(), error)) {
            Some((io::ErrorKind::ConnectionRefused, _)) => {
                ConnectFailure::passing("connection refused; nothing listens there", Some(cause))
            }
            Some((io::ErrorKind::NotFound, _)) => {
                ConnectFailure::passing("there is no such socket", Some(cause))
            }
            Some((_, error)) => ConnectFailure::passing(error.to_string(), Some(cause)),
            None => ConnectFailure::passing(cause.to_string(), Some(cause)),
        }
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Error for ConnectFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&**self.source.as_ref()?)
    }
}

/// A failure at an address that the client's URL does not tell.
#[derive(Debug)]
pub(crate) struct Via {
    /// The endpoint's URL, and where its host is a name, which of its addresses.
    pub(crate) address: Arc<str>,
    cause: BoxError,
}

impl Via {
    /// Names the address, where there is something to name.
    pub(super) fn name(address: Option<&Arc<str>>, cause: BoxError) -> BoxError {
        match address {
            None => cause,
            Some(address) => Via {
                address: address.clone(),
                cause,
            }
            .into(),
        }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the call to {} failed", self.address)
    }
}

impl Error for Via {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

impl fmt::Display for NoAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for NoAddress {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
