//! Settings that browsers alone have.

use super::socket;
use crate::endpoint::Endpoint;
use crate::transport::HttpService;

/// Whether a browser sends cookies and HTTP authentication with calls, and keeps the cookies of their answers
/// (Fetch, "credentials mode").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// Never.
    Omit,
    /// To the page's own origin.
    #[default]
    SameOrigin,
    /// To other origins too, which have to name this page's (`HttpServer::allow_origins`, not a wildcard).
    Include,
}

impl Credentials {
    /// The word of fetch.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Credentials::Omit => "omit",
            Credentials::SameOrigin => "same-origin",
            Credentials::Include => "include",
        }
    }
}

/// What streams go by. Fetch sends no streams, and a page may have few connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Streams {
    /// What the caller streams goes over a WebSocket, all else by fetch.
    #[default]
    Auto,
    /// All by fetch. Calls that send a stream fail with `unimplemented`.
    Fetch,
    /// All calls go over one WebSocket, the unary ones too; but those by GET, which may be answered from a cache.
    ///
    /// It has the cookies that the page had when it was opened, and those that answers set do not reach the page.
    WebSocket,
}

/// How calls are carried.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) credentials: Credentials,
    /// What begins the socket that all calls go over, where they do.
    pub(super) socket_for_all: Option<fn(&Endpoint) -> HttpService>,
    pub(super) only_fetch: bool,
}

impl Settings {
    pub(crate) fn set_streams(&mut self, streams: Streams) {
        self.only_fetch = streams == Streams::Fetch;
        self.socket_for_all = match streams {
            Streams::WebSocket => Some(socket::service),
            Streams::Auto | Streams::Fetch => None,
        };
    }
}
