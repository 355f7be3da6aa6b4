//! Pages that a server can show beside the remotes, below `/-/`: the OpenAPI document and the explorer.

use crate::Body;
use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, Request, Response, StatusCode};

/// Which pages are shown.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pages {
    pub(crate) openapi: bool,
    pub(crate) explorer: bool,
}

/// The explorer's page; what it loads is below it.
const EXPLORER: &str = include_str!("explorer/explorer.html");

const STYLE: &str = include_str!("explorer/explorer.css");

macro_rules! scripts {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("explorer/", $name)))),*]
    };
}

/// The explorer's modules, by their name below `/-/explorer/`.
const SCRIPTS: &[(&str, &str)] = scripts![
    "any.js" "connect.js" "connection.js" "contract.js" "curl.js" "dom.js" "entries.js" "explorer.js" "fields.js"
    "json.js" "log.js" "metadata.js" "navigation.js" "outcome.js" "overview.js" "procedure.js" "prose.js"
    "request.js" "scalars.js" "shape.js" "types.js"
];

const HTML: &str = "text/html; charset=utf-8";

const PLAIN: &str = "text/plain; charset=utf-8";

/// The explorer loads its own files and calls its own server, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const NO_CONTRACT: &str = "this application has no contract to show; \
    give it one: Iris::contract(messages::CONTRACT)\n";

impl Pages {
    /// The page at a path, where there is one.
    pub(crate) fn answer(
        self,
        path: &str,
        request: &Request<Body>,
        openapi: Option<&Bytes>,
    ) -> Option<Response<Body>> {
        let name = path.strip_prefix("/-/")?;
        let page = match name {
            "openapi.json" if self.openapi => match openapi {
                Some(document) => page("application/json", document.clone()),
                None => missing(),
            },
            _ if !self.explorer => return None,
            "explorer" => text(HTML, EXPLORER),
            "explorer/explorer.css" => text("text/css; charset=utf-8", STYLE),
            _ => {
                let name = name.strip_prefix("explorer/")?;
                let (_, script) = SCRIPTS.iter().find(|(file, _)| *file == name)?;
                text("text/javascript; charset=utf-8", script)
            }
        };
        // The body of an answer to HEAD is left out by the HTTP stack.
        Some(match *request.method() {
            Method::GET | Method::HEAD => page,
            _ => not_allowed(),
        })
    }
}

fn text(kind: &'static str, contents: &'static str) -> Response<Body> {
    page(kind, Bytes::from_static(contents.as_bytes()))
}

fn page(kind: &'static str, contents: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::full(contents));
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, kind),
        // They change with the server, and are small.
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn missing() -> Response<Body> {
    let mut response = text(PLAIN, NO_CONTRACT);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn not_allowed() -> Response<Body> {
    let mut response = text(PLAIN, "pages are read with GET\n");
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    let allowed = HeaderValue::from_static("GET, HEAD");
    response.headers_mut().insert(ALLOW, allowed);
    response
}
