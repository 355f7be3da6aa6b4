//! What both ends of a call agree on, byte by byte: envelopes, timeouts, error bodies, metadata.
//!
//! Nothing here does input or output, so that the same code runs in a server, a native client and
//! a browser. It is public for Iris's own clients and grows with them: what is here may change with any
//! release. Sources: the gRPC specification (`PROTOCOL-HTTP2.md`) and the Connect protocol reference.

pub(crate) mod base64;
pub mod compression;
pub mod connect;
pub mod envelope;
pub mod grpc;
pub mod grpc_web;
mod room;
pub mod timeout;
pub mod websocket;
pub mod whole;
