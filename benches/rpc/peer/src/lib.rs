//! What the programs of all peers share: how the bench starts and asks them.
//!
//! - [`server`]: the frame of a peer's server
//! - [`client`]: the frame of a peer's own client
//! - [`histogram`]: how long calls took

pub mod client;
pub mod histogram;
pub mod server;

pub use rpc_allocations::Counting;

/// Whatever a peer fails with.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many threads every peer's runtime has.
pub const THREADS: usize = 2;

/// Bytes of text in an echo and in each message of a stream.
pub const TEXT: usize = 64;

/// Messages in a stream.
pub const MESSAGES: usize = 1000;

/// Records in a log message.
pub const RECORDS: u64 = 50;

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()
}
