//! Whoever looks after a server: health checks in every protocol, by GET as well, and scrapes of metrics.

use crate::Outcome;
use crate::load::Done;
use crate::server::Doors;
use iris_client::{Client, Compression, Method, Protocol, kind};
use rpc_iris_client::messages::bench::v1::{Count, Text};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Between two looks; far more often than anybody looks at a server.
const PAUSE: Duration = Duration::from_millis(100);

/// `grpc.health.v1.HealthCheckRequest` has a text as its first field, as `Text` has, and the response a number.
const CHECK: Method<Text, Count> = Method::new("/grpc.health.v1.Health/Check").no_side_effects();
const WATCH: Method<Text, Count, kind::ServerStreaming> =
    Method::new("/grpc.health.v1.Health/Watch");

/// `SERVING`.
const SERVING: u64 = 1;

/// Looks until it is aborted.
pub(crate) async fn look(doors: Arc<Doors>, done: Arc<Done>) {
    for way in 0.. {
        match checks(&doors, way).await {
            Ok(()) => {
                done.looks.fetch_add(4, Relaxed);
            }
            Err(why) => done.failed(&format!("check {}", way % WAYS), &why),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

const WAYS: usize = 6;

/// A check by POST and one by GET, a watch that is given up, and a scrape.
async fn checks(doors: &Doors, way: usize) -> Outcome {
    let builder = Client::builder(&format!("http://{}", doors.plain));
    let secured = || {
        Client::builder(&format!("https://{}", doors.secured)).root_certificate(&doors.certificate)
    };
    let builder = match way % WAYS {
        0 => builder,
        1 => builder.http2(),
        2 => builder.compress_requests(Compression::Zstd, 0),
        3 => builder.protocol(Protocol::Grpc),
        4 => secured(),
        _ => secured().protocol(Protocol::GrpcWeb),
    };
    let client = builder.build()?;
    let server = || Text {
        text: "bench.v1.Bench".to_owned(),
    };
    let check = || client.unary::<_, _, i32>(CHECK, server());
    serving(check().await?)?;
    // By POST once more where it is not Connect.
    serving(check().get().await?)?;
    let mut watch = client
        .server_streaming::<_, _, i32>(WATCH, server())
        .await?;
    serving(watch.next().await.ok_or("the watch ended")??)?;
    drop(watch);
    scrape(doors.plain).await
}

fn serving(status: Count) -> Outcome {
    match status.count {
        SERVING => Ok(()),
        other => Err(format!("the server's health is {other}").into()),
    }
}

/// Reads metrics as Prometheus does.
async fn scrape(address: SocketAddr) -> Outcome {
    let mut socket = TcpStream::connect(address).await?;
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await?;
    let is_right = answer.starts_with("HTTP/1.1 200")
        && answer.contains("rpc_server_call_duration_seconds")
        && answer.ends_with("# EOF\n");
    match is_right {
        true => Ok(()),
        false => Err(format!("no metrics: {}", answer.lines().next().unwrap_or_default()).into()),
    }
}
