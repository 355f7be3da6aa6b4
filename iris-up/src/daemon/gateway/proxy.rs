//! From a request to an app's process and back: bodies as they come, upgrades and all.

use super::dial::{Dialer, Unreached, Whereabouts};
use super::hop::{self, Upgrade};
use super::http2::{Busy, Call, Http2};
use super::{refusal, tunnel};
use crate::daemon::gate::Entered;
use http::header::{CONNECTION, CONTENT_TYPE, TE, UPGRADE};
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Response, StatusCode, Uri, Version};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use iris_core::Body;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection to a process stays that nobody uses.
const IDLE: Duration = Duration::from_secs(30);

/// The way to the processes of one version of an app.
#[derive(Debug)]
pub(crate) struct Proxy {
    http1: Client<Dialer, Body>,
    http2: Http2,
}

impl Proxy {
    /// Where a process has ended, another is waited for so long.
    pub(crate) fn new(whereabouts: Arc<dyn Whereabouts>, patience: Duration) -> Proxy {
        let dialer = Dialer::new(whereabouts, patience);
        Proxy {
            http1: Client::builder(TokioExecutor::new())
                // Connections that nobody used for a while are closed.
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .build(dialer.clone()),
            http2: Http2::new(dialer),
        }
    }

    /// Sends a request there, and its answer back: what is gRPC by HTTP/2, and what came by it to an app that is known to
    /// speak it, since both ends of a call may then speak at once.
    pub(crate) async fn forward(
        &self,
        address: SocketAddr,
        speaks_http2: bool,
        entered: Entered,
        mut request: Request<Body>,
    ) -> Response<Body> {
        let http2 = is_grpc(&request) || speaks_http2 && request.version() == Version::HTTP_2;
        let upgrade = request.extensions_mut().remove::<Upgrade>();
        let upgrades = upgrade.is_some();
        let caller = hyper::upgrade::on(&mut request);
        if let Err(error) = direct(&mut request, address) {
            return refusal(StatusCode::BAD_REQUEST, &error.to_string());
        }
        if let Some(Upgrade(protocol)) = upgrade {
            let headers = request.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, protocol);
        }
        let answer = match http2 {
            true => {
                *request.version_mut() = Version::HTTP_2;
                // Servers refuse gRPC that does not say so (gRPC over HTTP2, "Requests").
                let trailers = HeaderValue::from_static("trailers");
                request.headers_mut().insert(TE, trailers);
                let sent = self.http2.send(address, request).await;
                sent.map(|(answer, call)| (answer, Some(call)))
            }
            false => {
                let sent = self.http1.request(request).await;
                sent.map(|answer| (answer, None)).map_err(Box::from)
            }
        };
        match answer {
            Ok((answer, _)) if answer.status() == StatusCode::SWITCHING_PROTOCOLS && !upgrades => {
                let why = "the app went over to another protocol, which nobody asked for";
                refusal(StatusCode::BAD_GATEWAY, why)
            }
            Ok((mut answer, _)) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => {
                let app = hyper::upgrade::on(&mut answer);
                tokio::spawn(async move {
                    let _entered = entered;
                    match tokio::try_join!(caller, app) {
                        Ok((caller, app)) => {
                            let (caller, app) = (TokioIo::new(caller), TokioIo::new(app));
                            // Either end may break off.
                            let _ = tunnel::join(caller, app).await;
                        }
                        Err(error) => tracing::warn!(%error, "an upgrade came to nothing"),
                    }
                });
                answer.map(|_| Body::empty())
            }
            Ok((mut answer, call)) => {
                hop::clean(answer.headers_mut());
                answer.map(|body| Body::new(Counted(body, (entered, call))))
            }
            Err(error) if error.is::<Busy>() => {
                refusal(StatusCode::SERVICE_UNAVAILABLE, &error.to_string())
            }
            Err(error) => {
                tracing::debug!(%error, %address, "an app did not answer");
                unanswered(&*error)
            }
        }
    }
}

/// What a caller is told where an app was not reached, or broke off.
fn unanswered(error: &(dyn Error + 'static)) -> Response<Body> {
    match Unreached::behind(error) {
        Some(why @ Unreached::Over(_)) => {
            refusal(StatusCode::SERVICE_UNAVAILABLE, &why.to_string())
        }
        Some(why @ Unreached::Late) => refusal(StatusCode::GATEWAY_TIMEOUT, &why.to_string()),
        Some(why @ Unreached::Closed) => refusal(StatusCode::BAD_GATEWAY, &why.to_string()),
        None => {
            let why = "the app did not answer the request";
            refusal(StatusCode::BAD_GATEWAY, why)
        }
    }
}

/// gRPC goes by HTTP/2 alone, but for gRPC-Web.
fn is_grpc(request: &Request<Body>) -> bool {
    let kind = request.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| {
        let kind = kind.as_bytes();
        kind.starts_with(b"application/grpc") && !kind.starts_with(b"application/grpc-web")
    })
}

/// A body that is under way until it has been read.
struct Counted(
    hyper::body::Incoming,
    #[expect(dead_code, reason = "counts until it is dropped")] (Entered, Option<Call>),
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

/// Makes a request one to this address.
fn direct(request: &mut Request<Body>, address: SocketAddr) -> Result<(), http::Error> {
    let mut parts = request.uri().clone().into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(Authority::try_from(address.to_string())?);
    *request.uri_mut() = Uri::from_parts(parts)?;
    *request.version_mut() = Version::HTTP_11;
    Ok(())
}
