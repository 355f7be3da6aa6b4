//! What holds for every socket at one place.

use super::origin::Origins;
use crate::Body;
use crate::server::Limits;
use http::{HeaderName, Request};
use std::fmt;
use std::sync::Arc;

type Decides = dyn Fn(&Request<Body>) -> bool + Send + Sync;

/// Whether a handshake is for the calls of an application.
#[derive(Clone)]
pub(crate) struct Wanted(Arc<Decides>);

impl Wanted {
    pub(crate) fn new(wanted: impl Fn(&Request<Body>) -> bool + Send + Sync + 'static) -> Self {
        Wanted(Arc::new(wanted))
    }
}

impl fmt::Debug for Wanted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Wanted")
    }
}

/// The settings of a server's sockets, checked.
#[derive(Debug)]
pub(crate) struct Settings {
    /// All are where there is none.
    pub(crate) wanted: Option<Wanted>,
    pub(crate) origins: Origins,
    /// Headers that callers may set in no HEAD, beside those that nobody may.
    pub(crate) handshake_headers: Vec<HeaderName>,
    pub(crate) limits: Limits,
}

impl Settings {
    /// # Errors
    ///
    /// Where a name is none.
    pub(crate) fn new(
        origins: Origins,
        handshake_headers: &[String],
        limits: Limits,
    ) -> Result<Self, String> {
        let names: Result<_, String> = handshake_headers
            .iter()
            .map(|name| {
                let wrong = |_| {
                    format!(
                        "handshake_headers: `{}` is no name a header can have",
                        name.escape_debug()
                    )
                };
                HeaderName::try_from(name).map_err(wrong)
            })
            .collect();
        Ok(Settings {
            wanted: None,
            origins,
            handshake_headers: names?,
            limits,
        })
    }

    /// Whether a handshake is for the application's calls.
    pub(crate) fn takes(&self, request: &Request<Body>) -> bool {
        let wanted = self.wanted.as_ref();
        wanted.is_none_or(|wanted| (wanted.0)(request))
    }
}
