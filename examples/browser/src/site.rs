//! The page and what it calls with, as files.

use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeader;

/// Where both are.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/page");

/// What the page may do: run its own scripts and the WebAssembly in them, call its own server, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers with a header beside.
type With<S> = SetResponseHeader<S, HeaderValue>;

/// The page, with the generated package as `client`.
pub fn files() -> With<With<ServeDir>> {
    let files = ServeDir::new(PAGE);
    let policy = HeaderValue::from_static(POLICY);
    let files = SetResponseHeader::overriding(files, CONTENT_SECURITY_POLICY, policy);
    // Browsers ask whether a file is still the same, which it often is not while one tries things out.
    let fresh = HeaderValue::from_static("no-cache");
    SetResponseHeader::overriding(files, CACHE_CONTROL, fresh)
}
