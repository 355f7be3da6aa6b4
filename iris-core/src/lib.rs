//! Typed RPC: what an Iris server runs on, and the small kernel its clients share.
//!
//! A remote is a plain impl block; its procedures take and give protobuf messages. One application
//! serves it on one port to callers in gRPC, gRPC-Web and Connect, whose unary calls are plain JSON where they like:
//!
//! ```no_run
//! use iris_core::{HttpServer, Iris, IrisError, Request, remote};
//!
//! struct Clock;
//!
//! #[remote(package = "clock.v1")]
//! impl Clock {
//!     /// Says that the server is there.
//!     #[procedure(idempotent)]
//!     async fn ping(&self, _: &Request) -> Result<(), IrisError> {
//!         Ok(())
//!     }
//! }
//!
//! # async fn run() -> Result<(), iris_core::StartError> {
//! Iris::without_context()
//!     .add_remote(Clock)
//!     .add_server(HttpServer::bind("127.0.0.1:8088"))
//!     .serve()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! Messages and the typed client come from `iris-build`, in the build script.
//!
//! # Map
//!
//! - [`Iris`]: the application; [`HttpServer`] and [`Running`]: where it is served; [`IrisService`]: mounting it
//! - [`Remote`], [`remote`], [`procedure`]: bundles of procedures; [`Streaming`]: streams of requests
//! - `WebSockets`: calls of browsers, streams both ways included, where an application is mounted (feature `websocket`)
//! - [`Request`], [`Peer`], [`Metadata`]: what is known of a call
//! - [`Observer`], [`TraceCalls`]: watching calls
//! - [`IrisError`], [`ErrorCodes`], [`Status`], [`code`]: what a failed call is
//! - [`Message`], [`Format`], [`json`]: messages and their formats; [`Contract`]: what callers are told of them
//! - [`Body`], [`deadline`], and what both ends agree on byte by byte: the kernel, shared with the clients; all there is without the `server` feature
//!
//! # A call's way
//!
//! `server` accepts a connection and reads a request; `dispatch` finds the procedure and the
//! protocol; the code the macros register (`remote`) runs the filters, decodes, calls the function
//! and encodes. Three files tell what happens to a request.

#[cfg(feature = "server")]
mod answer_stream;
#[cfg(feature = "server")]
mod answering;
#[cfg(feature = "server")]
mod application;
#[cfg(feature = "server")]
mod attention;
mod body;
mod contract;
pub mod deadline;
#[cfg(feature = "server")]
mod disclosure;
#[cfg(feature = "server")]
mod dispatch;
pub mod error;
#[cfg(feature = "server")]
mod filter;
#[cfg(feature = "server")]
mod guard;
#[cfg(feature = "server")]
mod incoming;
pub mod json;
#[cfg(feature = "server")]
mod load;
mod message;
mod metadata;
#[cfg(feature = "server")]
mod observe;
#[cfg(feature = "server")]
mod outgoing;
#[cfg(feature = "server")]
mod pages;
#[cfg(feature = "server")]
mod peer;
mod pieces;
#[cfg(feature = "server")]
mod protocol;
#[cfg(feature = "server")]
mod remote;
#[cfg(feature = "server")]
mod request;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod start_error;
#[cfg(feature = "server")]
mod stream_run;
#[cfg(feature = "server")]
mod timeouts;
#[cfg(feature = "tonic")]
mod tonic;
#[cfg(feature = "websocket")]
mod websocket;
#[doc(hidden)]
pub mod wire;

pub use body::Body;
pub use contract::Contract;
pub use error::{Detail, ErrorCodes, ErrorDetail, IntoIrisError, IrisError, Status, code};
pub use message::{DecodeError, EncodeError, Format, Message};
pub use metadata::{InvalidMetadata, Metadata};
#[doc(hidden)]
pub use pieces::Chunks;
pub use pieces::Pieces;

#[cfg(feature = "server")]
pub use {
    application::{DEFAULT_MAX_REQUEST_SIZE, DEFAULT_MAX_RESPONSE_SIZE, Iris},
    cookie::{Cookie, SameSite},
    futures_core::Stream,
    incoming::Streaming,
    iris_macros::{ErrorCodes, procedure, remote},
    observe::{Ending, Observation, Observer, StartedCall, TraceCalls},
    peer::Peer,
    remote::Remote,
    request::Request,
    server::{Address, DEFAULT_DRAIN_TIMEOUT, Drained, HttpServer, HttpService, Running},
    service::IrisService,
    start_error::{Problems, StartError},
};

#[cfg(feature = "websocket")]
pub use websocket::WebSockets;

#[cfg(feature = "tls")]
pub use {
    rustls,
    server::{Identity, Pem, Tls, TlsError, TlsHandle},
};

/// Brings in what `iris_build::generate` wrote for this server: its messages, and their `CONTRACT`.
///
/// ```text
/// pub mod messages {
///     iris_core::include_generated!();
/// }
/// ```
#[macro_export]
macro_rules! include_generated {
    () => {
        include!(concat!(env!("OUT_DIR"), "/iris.rs"));
    };
}

/// What generated code names. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use bytes;
    pub use prost;
    pub use prost_types;
    pub use serde;

    #[cfg(feature = "server")]
    pub use crate::{
        filter::{AnyVerdict, Take, Verdict},
        incoming::Incoming,
        outgoing::{Encoded, Encoding, Outgoing},
        remote::{Procedures, Spec, told},
    };
}
