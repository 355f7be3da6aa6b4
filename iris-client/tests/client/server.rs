//! Servers that answer what a test tells them.

use bytes::{BufMut, Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use iris_client::Body;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server on a free port, gone with the test.
pub(crate) struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    /// HTTP/1.1 and HTTP/2, each request answered by the closure.
    pub(crate) async fn start<F, A>(answer: F) -> Server
    where
        F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        Server::start_at(([127, 0, 0, 1], 0).into(), answer).await
    }

    /// The same, there.
    pub(crate) async fn start_at<F, A>(address: SocketAddr, answer: F) -> Server
    where
        F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        let handle = move |socket, _| serve(TokioIo::new(socket), answer.clone());
        Server::raw_at(address, handle).await
    }

    /// Each connection is handled by the closure, which also gets its number, from 0.
    pub(crate) async fn raw<F, A>(handle: F) -> Server
    where
        F: Fn(TcpStream, usize) -> A + Send + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        Server::raw_at(([127, 0, 0, 1], 0).into(), handle).await
    }

    async fn raw_at<F, A>(address: SocketAddr, handle: F) -> Server
    where
        F: Fn(TcpStream, usize) -> A + Send + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = connections.clone();
        let task = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                tokio::spawn(handle(socket, counter.fetch_add(1, Ordering::SeqCst)));
            }
        });
        Server {
            address,
            connections,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    #[cfg(feature = "tls")]
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves one connection.
pub(crate) async fn serve<I, F, A>(io: I, answer: F)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let answer = answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection(io, service)
        .await;
}

pub(crate) async fn read(request: Request<Incoming>) -> Bytes {
    request.into_body().collect().await.unwrap().to_bytes()
}

pub(crate) fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::builder().status(status);
    if !content_type.is_empty() {
        response = response.header(CONTENT_TYPE, content_type);
    }
    response.body(Body::full(body)).unwrap()
}

/// The encoded `Note { text }`.
pub(crate) fn encoded(text: &str) -> Bytes {
    prost::Message::encode_to_vec(&super::messages::note(text)).into()
}

/// A unary answer in Connect.
pub(crate) fn ok(text: &str) -> Response<Body> {
    answer(200, "application/proto", encoded(text))
}

pub(crate) fn envelope(flags: u8, payload: &[u8]) -> Bytes {
    let mut buffer = BytesMut::new();
    buffer.put_u8(flags);
    buffer.put_u32(payload.len() as u32);
    buffer.put_slice(payload);
    buffer.freeze()
}

pub(crate) fn joined(parts: &[Bytes]) -> Bytes {
    parts.concat().into()
}

pub(crate) fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect()
}
