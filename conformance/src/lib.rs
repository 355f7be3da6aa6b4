//! The two programs that the Connect project's conformance suite (<https://github.com/connectrpc/conformance>) calls
//! and is called by: a server made of iris-core, a client made of iris-client.
//!
//! `cargo xtask conformance` gets the suite, builds both and runs them; see `docs/conformance.md`.
//!
//! # Map
//!
//! - [`server`]: the suite's service as a remote, and how it is served
//! - [`client`]: the calls the suite asks for
//! - [`framing`]: how either talks to the runner, over stdin and stdout
//! - [`record`]: what the suite's peers say, kept as seeds for fuzzers
//! - [`messages`]: the suite's messages

pub mod client;
mod failure;
pub mod framing;
mod header;
mod packed;
pub mod record;
pub mod server;

/// What the suite's `.proto` files declare.
pub mod messages {
    iris_core::include_generated!();
}

use messages::connectrpc::conformance::v1 as suite;
