//! What must hold of every parser that meets bytes from outside.
//!
//! Each target is a function of any bytes that panics where something does not hold. The fuzzers in
//! `fuzz/` call them with bytes of their making, the tests here with those of `corpus/` and random ones:
//!
//! ```
//! fuzz_corpus::deadline(b"grpc-timeout: never");
//! ```
//!
//! # Map
//!
//! - [`envelope`]: the frames of a stream, however they are cut into chunks
//! - [`protobuf`], [`json`]: messages, from either format into the other
//! - [`metadata`], [`deadline`]: what stands in headers
//! - [`connect`], [`grpc`]: errors and the ends of streams
//! - [`request`]: whole requests to an application, and what it answers
//! - [`TARGETS`]: all of them by name

mod chunks;
mod connect;
mod deadline;
mod envelope;
mod errors;
mod grpc;
mod input;
mod message;
mod metadata;
mod request;

pub use connect::connect;
pub use deadline::deadline;
pub use envelope::envelope;
pub use grpc::grpc;
pub use message::{json, protobuf};
pub use metadata::metadata;
pub use request::request;

/// Something that must hold of any bytes.
pub type Target = fn(&[u8]);

/// Every target, under the name of its fuzzer and its folder in `corpus/`.
pub const TARGETS: [(&str, Target); 8] = [
    ("envelope", envelope),
    ("protobuf", protobuf),
    ("json", json),
    ("metadata", metadata),
    ("deadline", deadline),
    ("connect", connect),
    ("grpc", grpc),
    ("request", request),
];
