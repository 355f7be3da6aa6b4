//! An endpoint as a browser needs it.

use super::Endpoint;
use http::Uri;
use http::uri::{PathAndQuery, Scheme};
use iris_core::wire::websocket;

impl Endpoint {
    /// The URL of the server's WebSocket.
    pub(crate) fn socket(&self) -> String {
        let scheme = match self.scheme == Scheme::HTTPS {
            true => "wss",
            false => "ws",
        };
        let Endpoint {
            authority, prefix, ..
        } = self;
        format!("{scheme}://{authority}{prefix}{}", websocket::PATH)
    }

    /// The path of a request below the prefix, with its query.
    pub(crate) fn below(&self, uri: &Uri) -> PathAndQuery {
        let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let below = path.strip_prefix(&self.prefix).unwrap_or(path);
        // What begins with the prefix begins with a slash behind it, and is as much of a path.
        below.parse().unwrap_or(PathAndQuery::from_static("/"))
    }
}
