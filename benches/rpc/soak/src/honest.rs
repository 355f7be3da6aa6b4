//! Callers who do what clients do, in every protocol: they come and go, give up, and are refused.

use crate::Outcome;
use crate::load::Done;
use crate::server::Doors;
use futures_util::{FutureExt, stream};
use iris_client::{Client, Compression, Format, Method, Protocol, Status};
use rpc_iris_client::Remotes;
use rpc_iris_client::messages::bench::v1::{Blob, Text, Wanted};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Rounds of calls before a caller goes, and another comes.
const ROUNDS: usize = 10;

const NOBODY: Method<Text, Text> = Method::new("/bench.v1.Bench/Nobody");

/// Calls until it is aborted.
pub(crate) async fn call(doors: Arc<Doors>, place: usize, pause: Duration, done: Arc<Done>) {
    for way in place.. {
        if let Err(why) = visit(&doors, way, pause, &done).await {
            done.failed(&format!("way {}", way % WAYS), &why);
        }
    }
}

const WAYS: usize = 17;

fn client(doors: &Doors, way: usize) -> Outcome<Client> {
    let builder = Client::builder(&format!("http://{}", doors.plain));
    let secured = || {
        Client::builder(&format!("https://{}", doors.secured)).root_certificate(&doors.certificate)
    };
    let (gzip, zstd) = (Compression::Gzip, Compression::Zstd);
    let builder = match way % WAYS {
        0 => builder.http1(),
        1 => builder.http1().format(Format::Json),
        2 => builder.http2(),
        3 => builder.http2().compress_requests(gzip, 0),
        4 => builder.protocol(Protocol::Grpc),
        5 => builder.protocol(Protocol::Grpc).format(Format::Json),
        6 => builder.protocol(Protocol::Grpc).compress_requests(gzip, 0),
        7 => builder.protocol(Protocol::GrpcWeb).http1(),
        8 => builder.protocol(Protocol::GrpcWeb).http2(),
        9 => builder.protocol(Protocol::GrpcWeb).format(Format::Json),
        10 => builder.http2().compress_requests(zstd, 0),
        11 => builder.protocol(Protocol::Grpc).compress_requests(zstd, 0),
        12 => secured(),
        13 => secured().http1().format(Format::Json),
        14 => secured().protocol(Protocol::Grpc),
        15 => builder.protocol(Protocol::GrpcWebText),
        _ => secured()
            .protocol(Protocol::GrpcWeb)
            .compress_requests(zstd, 0),
    };
    Ok(builder.build()?)
}

/// One caller, from its first connection to its last.
async fn visit(doors: &Doors, way: usize, pause: Duration, done: &Done) -> Outcome {
    let client = client(doors, way)?;
    for _ in 0..ROUNDS {
        unary(&client).await?;
        streams(&client).await?;
        refused(&client).await?;
        given_up(&client).await?;
        done.calls.fetch_add(9, Relaxed);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
    Ok(())
}

fn text(length: usize) -> Text {
    Text {
        text: "x".repeat(length),
    }
}

async fn unary(client: &Client) -> Outcome {
    let remotes = Remotes::new(client.clone());
    let short = remotes.bench().echo(text(64)).await?;
    let filtered = remotes.filtered().echo(text(1000)).await?;
    let data = vec![7; 64 * 1024];
    let large = remotes.bench().large(Blob { data: data.into() }).await?;
    same(short.text.len(), 64)?;
    same(filtered.text.len(), 1000)?;
    same(large.data.len(), 64 * 1024)
}

async fn streams(client: &Client) -> Outcome {
    let bench = Remotes::new(client.clone()).bench();
    let wanted = Wanted {
        messages: 100,
        bytes: 300,
    };
    let mut down = bench.download(wanted).await?;
    let mut received = 0;
    while let Some(message) = down.next().await {
        received += message?.text.len();
    }
    same(received, 100 * 300)?;

    let texts = || stream::iter((0..50).map(|_| text(64)));
    let count = bench.upload(texts()).await?.count;
    same(usize::try_from(count)?, 50)?;
    let mut back = bench.chat(texts()).await?;
    let mut received = 0;
    while let Some(message) = back.next().await {
        message?;
        received += 1;
    }
    same(received, 50)
}

/// Calls that end with an error, which is what they are to do.
async fn refused(client: &Client) -> Outcome {
    let nobody = client.unary::<_, _, i32>(NOBODY, text(1)).await;
    match nobody {
        Err(error) if error.status == Status::Unimplemented => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => Err("nobody answered".into()),
    }
}

/// Calls whose callers go away: before the answer, and in the middle of it.
async fn given_up(client: &Client) -> Outcome {
    let bench = Remotes::new(client.clone()).bench();
    let endless = Wanted {
        messages: 1_000_000,
        bytes: 64,
    };
    let _ = bench.echo(text(64)).into_future().now_or_never();
    let mut down = bench.download(endless).await?;
    for _ in 0..3 {
        down.next().await.ok_or("it ended early")??;
    }
    drop(down);
    // Late, at a time that is up to chance.
    let deadline = Duration::from_millis(20);
    if let Ok(mut late) = bench.download(endless).deadline(deadline).await {
        while let Some(Ok(_)) = late.next().await {}
    }
    Ok(())
}

fn same(received: usize, expected: usize) -> Outcome {
    match received == expected {
        true => Ok(()),
        false => Err(format!("{received} instead of {expected} came back").into()),
    }
}
