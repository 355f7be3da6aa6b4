//! Calls Iris remotes from native programs, in Connect, gRPC or gRPC-Web.
//!
//! Most programs meet this crate through a client crate that `iris-build` generated: it has a function for each
//! procedure, and what they return is found here. Such a function is one line of [`Client`]:
//!
//! ```
//! # mod messages {
//! #     #[derive(Clone, PartialEq, prost::Message)]
//! #     pub struct Greeting { #[prost(string, tag = "1")] pub text: String }
//! #     impl prost::Name for Greeting {
//! #         const NAME: &'static str = "Greeting";
//! #         const PACKAGE: &'static str = "greet.v1";
//! #     }
//! #     impl iris_client::json::Fields for Greeting {
//! #         fn write(&self, out: &mut iris_client::json::FieldWriter<'_>) -> iris_client::json::Result {
//! #             out.singular::<iris_client::json::Text>("text", &self.text)
//! #         }
//! #         fn read(&mut self, field: &mut iris_client::json::FieldReader<'_>) -> iris_client::json::Result<bool> {
//! #             match field.name() {
//! #                 "text" => field.singular::<iris_client::json::Text>(1, &mut self.text),
//! #                 _ => Ok(false),
//! #             }
//! #         }
//! #     }
//! # }
//! # use messages::Greeting;
//! use iris_client::{IrisError, Method, Mock, Unary};
//! use std::time::Duration;
//!
//! const HELLO: Method<Greeting, Greeting> = Method::new("/greet.v1.Greeter/Hello");
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), IrisError> {
//! // In a program: Client::connect("http://127.0.0.1:8088")?
//! let client = Mock::new()
//!     .on(HELLO, |request| match request.text.as_str() {
//!         "" => Err(IrisError::new(1, "nobody to greet")),
//!         name => Ok(Greeting { text: format!("Hello, {name}!") }),
//!     })
//!     .client();
//!
//! let call: Unary<_, _> = client.unary(HELLO, Greeting { text: "Ada".into() });
//! let answer = call.deadline(Duration::from_secs(2)).metadata("x-tenant", "north").await?;
//! assert_eq!(answer.text, "Hello, Ada!");
//!
//! let call: Unary<_, _> = client.unary(HELLO, Greeting::default());
//! match call.await {
//!     Err(IrisError { code: 1, internal_message, .. }) => assert_eq!(internal_message, "nobody to greet"),
//!     other => panic!("{other:?}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//!
//! | | |
//! |---|---|
//! | [`Client`], [`ClientBuilder`] | an address and how to call it |
//! | [`Method`], [`kind`] | a procedure as its callers know it |
//! | [`Unary`], [`ServerStreaming`], [`ClientStreaming`], [`Bidirectional`] | a call to be awaited, with its deadline and metadata |
//! | [`Answering`] | a call on its way |
//! | [`Streaming`], [`Response`] | what a call answers |
//! | [`IrisError`], [`code`], [`Status`] | how it failed; [`Client::on_error`] tells of every failure |
//! | [`RetryPolicy`] | when a call is sent again |
//! | [`Mock`] | a stand-in for a server in tests |
//!
//! # Errors
//!
//! Whatever the server raised has the server's code. What the client itself finds wrong is
//!
//! | code | |
//! |---|---|
//! | 900 | the call was not carried out or its answer did not come back; the status and the message say which of: no connection (refused, DNS, TLS, timeout), reset, deadline, an answer that is not of an Iris server |
//! | 911 | the answer's message does not decode |
//! | 913 | the answer's message is over the limit |
//!
//! The causes are in the error's `source`.
//!
//! # Features
//!
//! `native` (default): calls over sockets, with Tokio and hyper. `tls` (default): calls to `https`, with rustls.
//! `cookies` (default): `ClientBuilder::keep_cookies`. `gzip` (default, with deflate), `zstd`, `brotli`: compressed
//! messages. Without `native` the crate is for browsers, and has neither `tls` nor `cookies`, which are theirs.

#[cfg(not(any(feature = "native", all(target_arch = "wasm32", target_os = "unknown"))))]
compile_error!(
    "outside of browsers iris-client needs its feature `native`, which is a default one"
);

mod builder;
mod call;
mod client;
#[cfg(feature = "cookies")]
mod cookies;
mod deadline;
mod endpoint;
mod failures;
mod fault;
#[cfg(feature = "native")]
mod health;
#[cfg(feature = "native")]
mod hedge;
pub mod kind;
mod method;
mod mock;
mod protocol;
mod random;
mod response;
mod retry;
mod time;
mod transport;
mod unprocessed;
mod waiting;

pub use builder::ClientBuilder;
pub use call::{
    Answering, Bidirectional, ClientStreaming, ServerStreaming, Streaming, Unary, WithResponse,
};
pub use client::Client;
pub use failures::{ErrorStream, Failure};
#[cfg(feature = "native")]
pub use hedge::HedgePolicy;
pub use method::Method;
pub use mock::{Mock, not_mocked};
pub use protocol::Protocol;
pub use response::Response;
pub use retry::RetryPolicy;
pub use transport::HttpService;
#[cfg(not(feature = "native"))]
pub use transport::{Credentials, Streams};

pub use futures_core::Stream;
#[cfg(any(feature = "native", feature = "json"))]
pub use iris_core::json;
pub use iris_core::wire::compression::Compression;
pub use iris_core::{
    Body, Contract, Format, InvalidMetadata, IrisError, Message, Metadata, Status, code,
};
#[cfg(feature = "tls")]
pub use rustls;

/// ProtoJSON, which generated messages know how to read and write; a page without the feature `json` is without it.
#[cfg(not(any(feature = "native", feature = "json")))]
pub mod json {
    pub use iris_core::json::*;

    /// Nothing: what an `Any` holds is told apart in JSON alone.
    pub fn register(_types: &'static [MessageType]) {}
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What generated code names. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use iris_core::__private::{bytes, prost, prost_types, serde};
}
