//! connect-rust, measured: the service that its server has.

mod service;

pub use service::Service;

/// What `build.rs` generated.
#[allow(missing_docs, rust_2018_idioms, unreachable_pub)]
#[allow(clippy::all, clippy::semicolon_if_nothing_returned)]
#[allow(clippy::redundant_closure_for_method_calls, clippy::wildcard_imports)]
pub mod proto {
    connectrpc::include_generated!();
}
