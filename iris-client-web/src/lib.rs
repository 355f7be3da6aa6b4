//! Calls Iris remotes from browsers, workers and Node, compiled to WebAssembly.

pub use iris_client::*;
