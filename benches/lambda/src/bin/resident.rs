//! The server that is measured: a line for every request. Told to end it answers what it has, and ends.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::error::Error;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::var("PORT")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    // systemd and iris-up send the one, PM2 the other.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (end, ending) = watch::channel(false);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (socket, _) = accepted?;
                socket.set_nodelay(true)?;
                connections.spawn(serve(TokioIo::new(socket), ending.clone()));
            }
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    drop(listener);
    end.send_replace(true);
    while connections.join_next().await.is_some() {}
    Ok(())
}

async fn serve(socket: TokioIo<tokio::net::TcpStream>, mut ending: watch::Receiver<bool>) {
    let service = service_fn(|_: Request<Incoming>| async {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"Hello\n"))))
    });
    let connection = hyper::server::conn::http1::Builder::new().serve_connection(socket, service);
    let mut connection = std::pin::pin!(connection);
    let end = async {
        // Where it is the program's end, too.
        let _ = ending.wait_for(|ending| *ending).await;
    };
    tokio::select! {
        _ = connection.as_mut() => return,
        () = end => {}
    }
    connection.as_mut().graceful_shutdown();
    // Whoever hung up meanwhile is not waited for.
    let _ = connection.await;
}
