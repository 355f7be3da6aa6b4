//! Calls Iris remotes from browsers, workers and Node, compiled to WebAssembly.
//!
//! # Features
//!
//! `js`: exports what the JavaScript of a generated package calls, so that a page has the same client as programs in
//! Rust. A generated client crate turns it on with its own feature `js`. `js-sockets`: the same, and its calls can go over a WebSocket, as streams of requests must. `json`: messages in JSON, by `ClientBuilder::format`.

#[cfg(all(feature = "js", target_arch = "wasm32", target_os = "unknown"))]
pub mod js;

pub use iris_client::*;
