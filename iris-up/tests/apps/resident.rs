//! A daemon for tests. What it does beside answering, it is told by its arguments and by paths.

#![expect(
    clippy::disallowed_methods,
    reason = "it ends without a word, as programs of others do"
)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{any, get};
use std::env;
use std::error::Error;
use std::path::Path;
use std::process::exit;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    match env::args().nth(1).as_deref() {
        Some("ends") => exit(3),
        // It answers until there is a file `broken` in its folder.
        Some("may-be-broken") if Path::new("broken").exists() => {
            println!("broken");
            exit(3)
        }
        Some("does-not-end") => drop(tokio::spawn(told_to_end(false))),
        Some("ends-in-its-time") => drop(tokio::spawn(told_to_end(true))),
        // The first time that it finds this it shuts the socket that it was given, for everybody.
        Some("shuts") if Path::new("shut").exists() => {
            std::fs::remove_file("shut")?;
            let given = listenfd::ListenFd::from_env().take_tcp_listener(0)?;
            rustix::net::shutdown(given.ok_or("no socket")?, rustix::net::Shutdown::Both)?;
            println!("shut it");
            exit(5)
        }
        // It takes no socket that it is given.
        Some("takes-none") => {
            println!("own {}", std::process::id());
            loop {
                std::thread::park();
            }
        }
        // It takes its time, in which somebody else may take its port.
        Some("listens-later") => {
            println!("port {}", env::var("PORT")?);
            while !Path::new("go").exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        // What listens is a process that it has started, in a session of its own.
        Some("listens-by-another") => {
            let mut other = std::process::Command::new("setsid");
            let program = env::current_exe()?;
            exit(other.arg(program).status()?.code().unwrap_or(1))
        }
        _ => {}
    }
    let child = std::process::Command::new("sleep").arg("1000").spawn()?;
    println!("child {}", child.id());
    println!("own {}", std::process::id());
    let version = env::var("IRIS_UP_VERSION")?;
    let closes = Arc::new(Notify::new());
    let told = closes.clone();
    let router = Router::new()
        .route(
            "/",
            get(move || async move { format!("version {version}") }),
        )
        .route(
            "/own",
            get(async || -> String { std::process::id().to_string() }),
        )
        .route("/headers", any(headers))
        // Paths that are the daemon's by other names.
        .route("/-/websocket", any(headers))
        .route("/iris.up.v1.Apps/List", any(headers))
        .route("/{version}/functions/{name}/{*invocations}", any(headers))
        .route(
            "/echo",
            any(async |request: Request| Response::new(request.into_body())),
        )
        .route("/health", get(health))
        .route("/environment", get(environment))
        .route("/end", get(async || -> &'static str { exit(4) }))
        .route("/wait", get(wait))
        .route(
            "/close",
            get(move || async move {
                told.notify_one();
                "closes"
            }),
        )
        .route("/upgrade", get(upgrade));
    axum::serve(listener().await?, router.clone())
        .with_graceful_shutdown(async move { closes.notified().await })
        .await?;
    // Nothing listens any more, and it does not end.
    println!("closed");
    while !Path::new("open").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    axum::serve(listener().await?, router).await?;
    Ok(())
}

/// Says that it was told to end, and does so once all is done that waits, or never.
async fn told_to_end(ends: bool) {
    let Ok(mut told) = signal(SignalKind::terminate()) else {
        return;
    };
    told.recv().await;
    println!("told to end");
    while !ends || !Path::new("go").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // What waited is answered by then.
    tokio::time::sleep(Duration::from_millis(100)).await;
    exit(0);
}

/// The socket that it was given, or one at the port that it was told.
async fn listener() -> Result<TcpListener, Box<dyn Error>> {
    if let Some(given) = listenfd::ListenFd::from_env().take_tcp_listener(0)? {
        println!("given {}", given.local_addr()?.port());
        given.set_nonblocking(true)?;
        return Ok(TcpListener::from_std(given)?);
    }
    let address = format!("{}:{}", env::var("HOST")?, env::var("PORT")?);
    Ok(TcpListener::bind(address).await?)
}

/// The request as it came: its line, its headers.
async fn headers(request: Request) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        text += &format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()));
    }
    text
}

/// It is well once there is a file `well` in its folder.
async fn health() -> (axum::http::StatusCode, &'static str) {
    match Path::new("well").exists() {
        true => (axum::http::StatusCode::OK, "well"),
        false => (axum::http::StatusCode::SERVICE_UNAVAILABLE, "not yet"),
    }
}

async fn environment() -> String {
    env::vars().map(|(name, _)| name + "\n").collect()
}

/// Answers once there is a file `go` in its folder.
async fn wait() -> &'static str {
    println!("waits");
    while !Path::new("go").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    "went"
}

/// Gives back in capital letters what is sent once the protocol is another.
async fn upgrade(mut request: Request) -> Response {
    let upgraded = request
        .extensions_mut()
        .remove::<hyper::upgrade::OnUpgrade>();
    let sent = to_bytes(std::mem::take(request.body_mut()), 10).await;
    assert!(
        sent.is_ok_and(|sent| sent.is_empty()),
        "a request with a body"
    );
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let Some(Ok(upgraded)) = (match upgraded {
            Some(upgraded) => Some(upgraded.await),
            None => None,
        }) else {
            return;
        };
        let mut upgraded = hyper_util::rt::TokioIo::new(upgraded);
        let mut buffer = [0; 100];
        while let Ok(read @ 1..) = upgraded.read(&mut buffer).await {
            let loud = buffer[..read].to_ascii_uppercase();
            if upgraded.write_all(&loud).await.is_err() {
                return;
            }
        }
    });
    let response = Response::builder().status(101);
    let response = response
        .header("connection", "upgrade")
        .header("upgrade", "loud");
    response.body(Body::empty()).unwrap_or_default()
}
