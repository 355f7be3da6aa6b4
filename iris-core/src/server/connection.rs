//! One connection: HTTP/1.1 or HTTP/2, whichever its first bytes are.

use super::corked::cork;
use super::first_bytes::FirstBytes;
use super::inline::Inline;
use super::running::stopped;
use crate::service::IrisService;
use crate::{Body, Peer};
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tower_http::cors::{Cors, CorsLayer};
use tower_layer::Layer;
use tower_service::Service;

/// How long an HTTP/2 connection may be silent before its peer is asked whether it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How long the peer may take to say so.
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// What every connection of a server shares.
pub(crate) struct Connections<C> {
    plain: IrisService<C>,
    cors: Option<Cors<IrisService<C>>>,
    builder: Builder<Inline>,
    header_timeout: Duration,
}

impl<C: Send + Sync + 'static> Connections<C> {
    pub(crate) fn new(
        service: IrisService<C>,
        cors: Option<CorsLayer>,
        header_timeout: Duration,
    ) -> Self {
        let mut builder = Builder::new(Inline::default());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT);
        Connections {
            cors: cors.map(|layer| layer.layer(service.clone())),
            plain: service,
            builder,
            header_timeout,
        }
    }

    /// Serves a connection until it ends; once `stopping` is true, no longer than its calls in flight.
    pub(crate) async fn serve<IO>(&self, io: IO, peer: Peer, mut stopping: watch::Receiver<bool>)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = hyper::service::service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer.clone());
            let plain = self.plain.clone();
            let cors = self.cors.clone();
            let request = request.map(Body::from);
            async move {
                match cors {
                    None => Ok::<_, Infallible>(plain.answer(request).await),
                    Some(mut cors) => cors.call(request).await,
                }
            }
        });
        let (io, cork) = cork(FirstBytes::new(io, self.header_timeout));
        let mut connection = pin!(self.builder.serve_connection(TokioIo::new(io), service));
        let ended = tokio::select! {
            ended = cork.run(connection.as_mut()) => ended,
            () = stopped(&mut stopping) => {
                connection.as_mut().graceful_shutdown();
                cork.run(connection).await
            }
        };
        if let Err(error) = ended {
            // Clients come and go as they like.
            tracing::debug!(%error, ?peer, "a connection ended early");
        }
    }
}
