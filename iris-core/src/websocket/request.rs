//! The request that a stream is.

use super::introduction::Introduction;
use super::refusal::Refusal;
use super::stream::{Inbox, Stream};
use crate::Body;
use crate::protocol::Protocol;
use crate::server::Received;
use crate::wire::websocket::{HeadError, RequestHead, parse_request};
use http::header::HeaderMap;
use http::{Method, Request, StatusCode, Uri, Version};
use std::sync::Arc;
use std::time::Duration;

/// Makes the request of a stream, whose path is below `base`.
///
/// It is one of HTTP/2, in which an answer may begin before the request has ended.
///
/// # Errors
///
/// The answer to a HEAD that is none, or has what no HEAD may have.
pub(super) fn request(
    head: &[u8],
    base: &str,
    introduction: &Introduction,
    stream: &Arc<Stream>,
    body_timeout: Duration,
) -> Result<Request<Body>, Refusal> {
    let RequestHead { path, headers } = parse_request(head).map_err(|error| {
        let status = match error {
            HeadError::TooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            HeadError::Malformed { .. } => StatusCode::BAD_REQUEST,
        };
        Refusal::new(status, error.to_string())
    })?;
    if let Some(name) = headers
        .keys()
        .find(|name| !introduction.leaves_to_head(name))
    {
        let why = format!(
            "HEAD may not have `{name}`: over a socket it is taken from the handshake, or means nothing"
        );
        return Err(Refusal::new(StatusCode::BAD_REQUEST, why));
    }
    if Protocol::needs_trailers(&headers) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "gRPC needs trailers, and a socket has none; call with application/proto or application/connect+proto",
        ));
    }
    let uri: Result<Uri, _> = match base {
        "" => Ok(path.into()),
        base => format!("{base}{path}").parse(),
    };
    let uri = uri.map_err(|_| Refusal::new(StatusCode::URI_TOO_LONG, "the path is too long"))?;
    let body = Received::over_websocket(Inbox::new(stream.clone()), body_timeout);
    let mut request = Request::new(Body::received(body));
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = uri;
    *request.headers_mut() = with_introduction(headers, introduction);
    *request.extensions_mut() = introduction.extensions.clone();
    Ok(request)
}

/// A HEAD's headers, and those of the handshake that it does not have.
fn with_introduction(mut headers: HeaderMap, introduction: &Introduction) -> HeaderMap {
    for name in introduction.headers.keys() {
        if headers.contains_key(name) {
            continue;
        }
        for value in introduction.headers.get_all(name) {
            headers.append(name, value.clone());
        }
    }
    headers
}
