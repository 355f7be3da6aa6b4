//! An endpoint as a browser needs it.

use super::Endpoint;
use crate::IrisError;
use http::Uri;
use http::uri::{PathAndQuery, Scheme};
use iris_core::wire::websocket;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Location;

    /// Of a page or a worker; Node has none.
    #[wasm_bindgen(thread_local_v2, js_name = location)]
    static LOCATION: Option<Location>;

    #[wasm_bindgen(method, getter)]
    fn origin(this: &Location) -> String;
}

impl Endpoint {
    /// Where a page calls. What begins with a slash is a path at its own origin.
    pub(crate) fn of(url: &str) -> Result<Endpoint, IrisError> {
        let origin = LOCATION.with(|location| location.as_ref().map(Location::origin));
        match origin.filter(|_| url.starts_with('/')) {
            Some(origin) => Endpoint::parse(&(origin + url)),
            None => Endpoint::parse(url),
        }
    }

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
