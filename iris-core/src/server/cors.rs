//! Cross-origin calls: which pages may call, and with what.
//!
//! A wildcard never goes with credentials, and an origin is echoed only where it was named: with
//! either, any page a signed-in person visits could act for them.

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Uri};
use std::time::Duration;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// Which pages may call.
#[derive(Debug, Clone)]
pub(crate) enum Cors {
    /// Those of the server's own origin.
    Off,
    /// All, without credentials.
    Any,
    /// Those of these origins, with credentials.
    Origins(Vec<String>),
}

/// How long a browser may remember a preflight's answer: two hours, the most that Chromium keeps.
const MAX_AGE: Duration = Duration::from_secs(7200);

impl Cors {
    /// The layer that answers preflights and marks responses.
    ///
    /// # Errors
    ///
    /// Where an origin is none.
    pub(crate) fn layer(&self) -> Result<Option<CorsLayer>, String> {
        let layer = match self {
            Cors::Off => return Ok(None),
            Cors::Any => CorsLayer::new().allow_origin(tower_http::cors::Any),
            Cors::Origins(origins) => {
                let origins: Result<Vec<_>, _> =
                    origins.iter().map(|origin| checked(origin)).collect();
                CorsLayer::new()
                    .allow_origin(AllowOrigin::list(origins?))
                    .allow_credentials(true)
            }
        };
        let exposed = [
            "grpc-status",
            "grpc-message",
            "grpc-status-details-bin",
            "x-request-id",
        ];
        Ok(Some(
            layer
                .allow_methods([Method::GET, Method::POST])
                // Metadata may have any name, so the preflight allows what is asked for.
                .allow_headers(AllowHeaders::mirror_request())
                .expose_headers(
                    exposed
                        .map(HeaderName::from_static)
                        .into_iter()
                        .chain([CONTENT_TYPE])
                        .collect::<Vec<_>>(),
                )
                .max_age(MAX_AGE),
        ))
    }
}

/// An origin as browsers send it: scheme and host, a port that is not the scheme's own, nothing after.
fn checked(origin: &str) -> Result<HeaderValue, String> {
    let wrong = |why: &str| Err(format!("allow_origins: `{origin}` {why}"));
    if origin == "*" {
        return wrong(
            "would let every page act for the people signed in; use allow_any_origin(), which sends no cookies",
        );
    }
    let Ok(uri) = origin.parse::<Uri>() else {
        return wrong("is no origin; write `https://app.example.com`");
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return wrong("lacks its scheme; write `https://app.example.com`");
    };
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() || origin.ends_with('/') {
        return wrong("must end after the host and port: an origin has no path");
    }
    let normal = format!("{scheme}://{}", authority.as_str().to_ascii_lowercase());
    HeaderValue::try_from(normal)
        .or_else(|_| wrong("is no origin; write `https://app.example.com`"))
}
