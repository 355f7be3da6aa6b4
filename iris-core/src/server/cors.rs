//! Cross-origin calls: which pages may call, and with what.
//!
//! A wildcard never goes with credentials, and an origin is echoed only where it was named: with
//! either, any page a signed-in person visits could act for them.

#[cfg(feature = "websocket")]
use crate::websocket::Origins;
use http::header::{HeaderName, HeaderValue};
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

/// What a page may see of every answer: how a gRPC call ended.
const EXPOSED: [&str; 3] = ["grpc-status", "grpc-message", "grpc-status-details-bin"];

impl Cors {
    /// Whose pages may open WebSockets: those that may call.
    ///
    /// # Errors
    ///
    /// Where an origin is none.
    #[cfg(feature = "websocket")]
    pub(crate) fn origins(&self) -> Result<Origins, String> {
        Ok(match self {
            Cors::Off => Origins::Own,
            Cors::Any => Origins::Any,
            Cors::Origins(origins) => {
                let origins: Result<_, _> = origins.iter().map(|origin| checked(origin)).collect();
                Origins::Named(origins?)
            }
        })
    }

    /// The layer that answers preflights and marks responses.
    ///
    /// # Errors
    ///
    /// Where an origin is none.
    pub(crate) fn layer(&self, exposed: &[String]) -> Result<Option<CorsLayer>, String> {
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
        let exposed = exposed
            .iter()
            .flat_map(|name| [name.clone(), format!("trailer-{name}")]);
        let exposed: Result<Vec<HeaderName>, String> = EXPOSED
            .into_iter()
            .map(str::to_owned)
            .chain(exposed)
            .map(|name| {
                let wrong = |_| {
                    format!(
                        "expose_metadata: `{}` is no name a header can have",
                        name.escape_debug()
                    )
                };
                HeaderName::try_from(&name).map_err(wrong)
            })
            .collect();
        Ok(Some(
            layer
                .allow_methods([Method::GET, Method::POST])
                // Metadata may have any name, so the preflight allows what is asked for.
                .allow_headers(AllowHeaders::mirror_request())
                .expose_headers(exposed?)
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
    if authority.as_str().contains('@') {
        return wrong("names a user, which no origin does");
    }
    let default_port = if scheme == "https" { 443 } else { 80 };
    if authority.port_u16() == Some(default_port) {
        return wrong("has the scheme's own port, which browsers leave out: leave it out too");
    }
    let normal = format!("{scheme}://{}", authority.as_str().to_ascii_lowercase());
    HeaderValue::try_from(normal)
        .or_else(|_| wrong("is no origin; write `https://app.example.com`"))
}
