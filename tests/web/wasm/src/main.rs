//! `web-wasm ADDRESS [ORIGIN..]`: the server of the end-to-end tests, for pages of these origins; `*` stands for all.
//!
//! Its first line of output is its URL. Then it does what the lines of its input say, and answers each with a line, until
//! its input ends: whoever started it holds the other end, and is gone then.

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod server;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    server::run(std::env::args().skip(1)).await
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn main() {}
