//! WebSockets from the first byte of their handshake to their end.

mod driver;
mod handshake;
mod heard;

pub use driver::driver;
pub use handshake::handshake;

use crate::clock::run;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use iris_core::{Body, IrisService};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What a server says to a connection on which this is said. It must end once its peer has nothing more to say.
fn conversation<C: Send + Sync + 'static>(service: &IrisService<C>, said: &[u8]) -> Vec<u8> {
    let service = service.clone();
    let conversation = async {
        let (here, there) = tokio::io::duplex(64 * 1024);
        let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
            let service = service.clone();
            async move {
                Ok::<_, std::convert::Infallible>(service.answer(request.map(Body::new)).await)
            }
        });
        let serving = hyper::server::conn::http1::Builder::new()
            // What has nothing more to say still listens.
            .half_close(true)
            .serve_connection(TokioIo::new(there), answer)
            .with_upgrades();
        let (mut read, mut write) = tokio::io::split(here);
        let saying = async {
            // It may be refused before its end.
            let _ = write.write_all(said).await;
            let _ = write.shutdown().await;
        };
        let mut heard = Vec::new();
        let hearing = read.read_to_end(&mut heard);
        let (_, (), result) = tokio::join!(serving, saying, hearing);
        result.expect("an end");
        heard
    };
    run(conversation).expect("it ends")
}

/// A message as clients send it (RFC 6455, section 5.2), with a mask that changes nothing.
fn message(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u64).to_be_bytes();
    [&[first, 0xff], &length[..], &[0; 4], payload].concat()
}

/// The first byte of a message in one piece that is binary.
const BINARY: u8 = 0x82;
