//! What runs apps.

pub(crate) mod cargo_lambda;
pub(crate) mod direct;
pub(crate) mod iris_up;
pub(crate) mod pm2;

use crate::Outcome;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// Whatever has not come after so long does not.
const PATIENCE: Duration = Duration::from_secs(60);

/// A port at which nothing listens.
fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Waits until something listens.
async fn listening(address: SocketAddr) -> Outcome {
    let begun = Instant::now();
    while TcpStream::connect(address).await.is_err() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("nothing listens at {address}").into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}
