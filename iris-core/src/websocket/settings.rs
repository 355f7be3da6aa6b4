//! What holds for every socket at one place.

use super::origin::Origins;
use crate::server::Limits;
use http::HeaderName;

/// The settings of a server's sockets, checked.
#[derive(Debug)]
pub(crate) struct Settings {
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
            origins,
            handshake_headers: names?,
            limits,
        })
    }
}
