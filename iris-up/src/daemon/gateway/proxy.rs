//! From a request to an app's process and back: bodies as they come, upgrades and all.

use super::refusal;
use crate::daemon::gate::Entered;
use http::header::{CONNECTION, HOST, HeaderMap, HeaderName, UPGRADE};
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Response, StatusCode, Uri, Version};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use iris_core::{Body, Peer};
use std::net::SocketAddr;
use tokio::io::copy_bidirectional;

/// What is for one connection and not for what is behind it (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
];

/// The way to the processes of one version of an app.
#[derive(Debug)]
pub(crate) struct Proxy(Client<HttpConnector, Body>);

impl Proxy {
    pub(crate) fn new() -> Proxy {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Proxy(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// Sends a request there, and its answer back.
    pub(crate) async fn forward(
        &self,
        address: SocketAddr,
        entered: Entered,
        mut request: Request<Body>,
    ) -> Response<Body> {
        let upgrade = take_upgrade(request.headers_mut());
        let caller = hyper::upgrade::on(&mut request);
        if let Err(error) = direct(&mut request, address) {
            return refusal(StatusCode::BAD_REQUEST, &error.to_string());
        }
        if let Some(protocol) = &upgrade {
            let headers = request.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, protocol.clone());
        }
        match self.0.request(request).await {
            Ok(mut answer) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => {
                let app = hyper::upgrade::on(&mut answer);
                tokio::spawn(async move {
                    let _entered = entered;
                    match tokio::try_join!(caller, app) {
                        Ok((caller, app)) => {
                            let (mut caller, mut app) = (TokioIo::new(caller), TokioIo::new(app));
                            // Either end may break off.
                            let _ = copy_bidirectional(&mut caller, &mut app).await;
                        }
                        Err(error) => tracing::warn!(%error, "an upgrade came to nothing"),
                    }
                });
                answer.map(|_| Body::empty())
            }
            Ok(mut answer) => {
                clean(answer.headers_mut());
                answer.map(|body| Body::new(Counted(body, entered)))
            }
            Err(error) => {
                tracing::debug!(%error, %address, "an app did not answer");
                refusal(
                    StatusCode::BAD_GATEWAY,
                    "the app did not answer the request",
                )
            }
        }
    }
}

/// A body that is under way until it has been read.
struct Counted(
    hyper::body::Incoming,
    #[expect(dead_code, reason = "counts until it is dropped")] Entered,
);

impl http_body::Body for Counted {
    type Data = bytes::Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, hyper::Error>>> {
        std::pin::Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.size_hint()
    }
}

/// What a caller wants to speak from here on, where it does.
fn take_upgrade(headers: &mut HeaderMap) -> Option<HeaderValue> {
    let wanted = headers.get_all(CONNECTION).iter().any(|value| {
        let mut names = value.as_bytes().split(|byte| *byte == b',');
        names.any(|name| name.trim_ascii().eq_ignore_ascii_case(b"upgrade"))
    });
    let protocol = headers.remove(UPGRADE);
    protocol.filter(|_| wanted)
}

/// Makes a request one to this address, that says whom it is from.
fn direct(request: &mut Request<Body>, address: SocketAddr) -> Result<(), http::Error> {
    let peer = request.extensions().get::<Peer>().and_then(Peer::address);
    let authority = request.uri().authority().cloned();
    let mut parts = request.uri().clone().into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(Authority::try_from(address.to_string())?);
    *request.uri_mut() = Uri::from_parts(parts)?;
    *request.version_mut() = Version::HTTP_11;
    let headers = request.headers_mut();
    clean(headers);
    // By HTTP/2 it was in the URI.
    if let Some(authority) = authority
        && !headers.contains_key(HOST)
    {
        headers.insert(HOST, HeaderValue::try_from(authority.as_str())?);
    }
    if let Some(host) = headers.get(HOST).cloned() {
        headers.insert("x-forwarded-host", host);
    }
    if let Some(peer) = peer {
        let peer = HeaderValue::try_from(peer.ip().to_string())?;
        headers.insert("x-forwarded-for", peer);
    }
    headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
    Ok(())
}

/// Takes away what is for one connection.
fn clean(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}
