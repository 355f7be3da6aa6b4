//! The opening handshake (RFC 6455, section 4.2).

use super::introduction::Introduction;
use super::origin::Trust;
use super::refusal::Refusal;
use super::settings::Settings;
use crate::Body;
use crate::disclosure::shown;
use crate::wire::websocket::SUBPROTOCOL;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    ALLOW, CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{Method, Request, Response, StatusCode, Version};
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// A socket that will be there once its handshake was answered.
pub(crate) struct Opening {
    pub(super) upgrade: OnUpgrade,
    pub(super) introduction: Introduction,
    /// What counts of what the handshake brought.
    pub(crate) trust: Trust,
}

/// Accepts a handshake: the answer to it, and the socket. `secure` where it came through TLS.
///
/// # Errors
///
/// The answer to a request that is no handshake, or may not open a socket.
pub(crate) fn open<B: http_body::Body>(
    request: Request<B>,
    settings: &Settings,
    secure: bool,
) -> Result<(Response<Body>, Opening), Refusal> {
    let accept = accept(&request)?;
    let trust = settings.origins.admit(request.headers(), secure)?;
    subprotocol(request.headers())?;
    let (mut parts, _) = request.into_parts();
    let Some(upgrade) = parts.extensions.remove::<OnUpgrade>() else {
        return Err(Refusal::new(
            StatusCode::NOT_IMPLEMENTED,
            "whatever stands before this application keeps its connections to itself; sockets need hyper's",
        ));
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    let selected = HeaderValue::from_static(SUBPROTOCOL);
    headers.insert(SEC_WEBSOCKET_PROTOCOL, selected);
    let introduction = Introduction::new(parts, trust, &settings.handshake_headers);
    let opening = Opening {
        upgrade,
        introduction,
        trust,
    };
    Ok((response, opening))
}

/// The proof that the request was understood, for one that asks for a WebSocket.
fn accept<B: http_body::Body>(request: &Request<B>) -> Result<HeaderValue, Refusal> {
    let headers = request.headers();
    if request.method() != Method::GET {
        let refusal = Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "sockets are opened with GET",
        );
        return Err(refusal.with(ALLOW, "GET"));
    }
    let asks =
        has_token(headers, &UPGRADE, "websocket") && has_token(headers, &CONNECTION, "upgrade");
    if request.version() != Version::HTTP_11 || !asks {
        let refusal = Refusal::new(
            StatusCode::UPGRADE_REQUIRED,
            "here is a WebSocket (RFC 6455), which is asked for over HTTP/1.1",
        )
        .with(UPGRADE, "websocket");
        return Err(match request.version() {
            Version::HTTP_11 => refusal.with(CONNECTION, "upgrade"),
            _ => refusal,
        });
    }
    let version = headers.get(SEC_WEBSOCKET_VERSION);
    if version.is_none_or(|version| version != "13") {
        let refusal = Refusal::new(
            StatusCode::UPGRADE_REQUIRED,
            "the version of WebSockets here is 13 (RFC 6455)",
        );
        return Err(refusal.with(SEC_WEBSOCKET_VERSION, "13"));
    }
    if !request.body().is_end_stream() {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "a handshake has no body",
        ));
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    let random = key.and_then(|key| STANDARD.decode(key).ok());
    let accept = key
        .filter(|_| random.is_some_and(|random| random.len() == 16))
        .and_then(|key| HeaderValue::try_from(derive_accept_key(key)).ok());
    accept.ok_or_else(|| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            "sec-websocket-key must be 16 bytes in base64",
        )
    })
}

/// Refuses a client that does not offer the subprotocol.
fn subprotocol(headers: &HeaderMap) -> Result<(), Refusal> {
    if has_token(headers, &SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Ok(());
    }
    let offered: Vec<_> = headers
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .map(|offered| shown(&String::from_utf8_lossy(offered.as_bytes())))
        .collect();
    let offered = match offered.as_slice() {
        [] => "none".to_owned(),
        offered => format!("`{}`", offered.join(", ")),
    };
    Err(Refusal::new(
        StatusCode::BAD_REQUEST,
        format!(
            "the subprotocol here is `{SUBPROTOCOL}`, and the client offers {offered}: new WebSocket(url, \"{SUBPROTOCOL}\")"
        ),
    ))
}

/// Whether a list of tokens has this one, in any case where the list is one of HTTP's own.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|listed| match *name == SEC_WEBSOCKET_PROTOCOL {
            true => listed.trim() == token,
            false => listed.trim().eq_ignore_ascii_case(token),
        })
}
