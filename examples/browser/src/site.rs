//! The page and its package, as files.

use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use std::path::Path;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeader;

/// Where the page is.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/page");

/// What the page may do: run its own scripts and its package's WebAssembly, call its own server, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers with a header beside.
type With<S> = SetResponseHeader<S, HeaderValue>;

/// The page, and the folder that has its package as `client`.
pub fn files(package: &Path) -> With<With<ServeDir<ServeDir>>> {
    let files = ServeDir::new(PAGE).fallback(ServeDir::new(package));
    let policy = HeaderValue::from_static(POLICY);
    let files = SetResponseHeader::overriding(files, CONTENT_SECURITY_POLICY, policy);
    // Browsers ask whether a file is still the same, which it often is not while one tries things out.
    let fresh = HeaderValue::from_static("no-cache");
    SetResponseHeader::overriding(files, CACHE_CONTROL, fresh)
}
