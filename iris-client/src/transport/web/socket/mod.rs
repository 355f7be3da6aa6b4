//! Calls over a WebSocket, many on one (`docs/websocket.md`).
//!
//! The socket is opened by the first call, and again by the first after it was lost. Failed attempts are followed by
//! pauses, during which calls wait for the next one; a call fails with the attempt that it waited for.

mod body;
mod driver;
mod js;
mod link;
mod stream;
mod upload;

use super::Failure;
use crate::endpoint::Endpoint;
use crate::time::Instant;
use crate::transport::HttpService;
use crate::{Body, Status, random};
use body::Calling;
use bytes::Bytes;
use driver::Ended;
use http::{Request, Response};
use iris_core::wire::websocket::write_request;
use link::Link;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

/// The pause after the first failed attempt, which doubles with each, and the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The sockets of a client to one server: one that takes calls, and those that are being left.
#[derive(Debug)]
struct Sockets {
    endpoint: Endpoint,
    current: Mutex<Current>,
}

#[derive(Debug, Default)]
struct Current {
    link: Option<Arc<Link>>,
    /// Attempts that failed, since the last one that did not.
    failures: u32,
    not_before: Option<Instant>,
}

/// Sends requests over sockets to an endpoint.
pub(super) fn service(endpoint: &Endpoint) -> HttpService {
    let sockets = Arc::new(Sockets {
        endpoint: endpoint.clone(),
        current: Mutex::default(),
    });
    HttpService::by(move |request| {
        let sockets = sockets.clone();
        Box::pin(async move { Ok(sockets.send(request).await?) })
    })
}

impl Sockets {
    /// Sends a request and waits for the head of its answer. Dropping either cancels the call.
    async fn send(self: &Arc<Self>, request: Request<Body>) -> Result<Response<Body>, Failure> {
        let (parts, body) = request.into_parts();
        let path = self.endpoint.below(&parts.uri);
        let head = write_request(&path, &parts.headers)
            .map_err(|error| Failure::lasting(Status::InvalidArgument, error.to_string()))?;
        let calling = self.begin(head)?;
        let Calling {
            link, id, stream, ..
        } = &calling;
        let mut upload = Box::pin(upload::upload(body, link.clone(), *id, stream.clone()));
        // A small body is sent at once; what is left of others has a task of its own.
        let sent = poll_fn(|context| Poll::Ready(upload.as_mut().poll(context).is_ready())).await;
        if !sent {
            js_sys::futures::spawn_local(upload);
        }
        let head = poll_fn(|context| stream.poll_head(context)).await?;
        Ok(head.with_body(Body::new(calling)))
    }

    /// Begins a call on the socket that takes calls, or on a new one.
    fn begin(self: &Arc<Self>, head: Bytes) -> Result<Calling, Failure> {
        let mut current = self.lock();
        if let Some(link) = &current.link
            && let Some((id, stream)) = link.begin(head.clone())
        {
            return Ok(Calling::new(link.clone(), id, stream));
        }
        let link = Arc::new(Link::new());
        let not_before = current.not_before;
        current.link = Some(link.clone());
        drop(current);
        let sockets = Arc::downgrade(self);
        let url = self.endpoint.socket();
        js_sys::futures::spawn_local(run(sockets, url, link.clone(), not_before));
        let (id, stream) = link
            .begin(head)
            .ok_or_else(|| Failure::unavailable("a new WebSocket takes no calls"))?;
        Ok(Calling::new(link, id, stream))
    }

    fn ended(&self, connected: bool) {
        let mut current = self.lock();
        if connected {
            (current.failures, current.not_before) = (0, None);
            return;
        }
        let doubled = 2u32.saturating_pow(current.failures);
        current.failures = current.failures.saturating_add(1);
        let pause = PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE);
        // So that pages that failed together do not come back together.
        let pause = pause.mul_f64(1.0 - random::share() / 2.0);
        current.not_before = Instant::now().checked_add(pause);
    }

    /// Nothing in it is ever half changed.
    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        if let Some(link) = self.lock().link.take() {
            link.retire();
        }
    }
}

/// A socket's life.
async fn run(sockets: Weak<Sockets>, url: String, link: Arc<Link>, not_before: Option<Instant>) {
    let ended = driver::drive(&url, &link, not_before).await;
    let failure = match &ended {
        Ended::Unconnected(failure) | Ended::Lost(failure) => failure.clone(),
        Ended::Closed => Failure::unavailable("the WebSocket is closed"),
    };
    // Before the calls are told, which may come again at once.
    if let Some(sockets) = sockets.upgrade() {
        sockets.ended(!matches!(ended, Ended::Unconnected(_)));
    }
    link.lost(&failure);
}
