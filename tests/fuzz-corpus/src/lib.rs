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
//! - [`compression`]: messages that are packed, and bombs
//! - [`metadata`], [`cookies`], [`deadline`], [`content_type`]: what stands in headers
//! - [`connect`], [`grpc`], [`details`]: errors and the ends of streams
//! - [`grpc_web`]: bodies in base64, and trailers in a body
//! - [`get`]: messages in a query
//! - [`websocket`]: frames, heads and windows
//! - [`answer`]: what a client makes of what a server answers
//! - [`endpoint`]: URLs of servers
//! - [`handshake`], [`driver`]: sockets, from their handshake to their end
//! - [`whole`]: bodies that are one message
//! - [`request`]: whole requests to an application, and what it answers
//! - `archive`, behind the feature of this name: zips that are pushed to `iris-up`
//! - [`recorded`]: inputs that were said in a run of the Connect project's conformance suite
//! - [`TARGETS`]: all of them by name

mod answer;
#[cfg(feature = "archive")]
mod archive;
mod chunks;
mod clock;
mod compression;
mod connect;
mod cookies;
mod deadline;
mod details;
mod endpoint;
mod envelope;
mod errors;
mod grpc;
mod grpc_web;
mod input;
mod message;
mod metadata;
mod recorded;
mod request;
mod socket;
mod websocket;
mod whole;

pub use answer::answer;
#[cfg(feature = "archive")]
pub use archive::archive;
pub use compression::compression;
pub use connect::connect;
pub use cookies::cookies;
pub use deadline::deadline;
pub use details::details;
pub use endpoint::endpoint;
pub use envelope::envelope;
pub use grpc::grpc;
pub use grpc_web::grpc_web;
pub use message::{json, protobuf};
pub use metadata::metadata;
pub use recorded::{recorded, write_recorded};
pub use request::{content_type, get, request};
pub use socket::{driver, handshake};
pub use websocket::websocket;
pub use whole::whole;

/// Something that must hold of any bytes.
pub type Target = fn(&[u8]);

/// Every target, under the name of its fuzzer and its folder in `corpus/`.
pub const TARGETS: &[(&str, Target)] = &[
    ("envelope", envelope),
    ("compression", compression),
    ("protobuf", protobuf),
    ("json", json),
    ("metadata", metadata),
    ("cookies", cookies),
    ("deadline", deadline),
    ("content_type", content_type),
    ("connect", connect),
    ("grpc", grpc),
    ("grpc_web", grpc_web),
    ("details", details),
    ("get", get),
    ("request", request),
    ("websocket", websocket),
    ("whole", whole),
    ("answer", answer),
    ("endpoint", endpoint),
    ("handshake", handshake),
    ("driver", driver),
    #[cfg(feature = "archive")]
    ("archive", archive),
];
