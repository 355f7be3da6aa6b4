//! The server of hyper alone.

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rpc_hyper::service::Prepared;
use rpc_peer::{Counting, server};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

/// How many bytes of a call, and of all calls of a connection, may be under way unread. So much has Iris, whose clients are
/// measured against this server: of fewer, h2 counts the short frames of an upload, and ends the connection over too many.
const STREAM: u32 = 1 << 20;
const CONNECTION: u32 = 32 << 20;

fn main() -> ExitCode {
    server::run(&ALLOCATIONS, async |ready| {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        ready.at(listener.local_addr()?)?;
        let prepared = Arc::new(Prepared::default());
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            let prepared = prepared.clone();
            let service = service_fn(move |request| {
                let prepared = prepared.clone();
                async move { prepared.answer(request).await }
            });
            tokio::spawn(async move {
                // A caller who goes away is no failure of the server.
                let _ = http2::Builder::new(TokioExecutor::new())
                    .initial_stream_window_size(STREAM)
                    .initial_connection_window_size(CONNECTION)
                    .serve_connection(TokioIo::new(socket), service)
                    .await;
            });
        }
    })
}
