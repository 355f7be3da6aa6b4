//! The kinds of procedures, as the third parameter of a [`Method`](crate::Method).
//!
//! They exist as types alone, so that a call of another kind than the procedure's does not compile:
//!
//! ```compile_fail,E0308
//! use iris_client::{Client, Method, Unary, kind};
//!
//! const WATCH: Method<(), (), kind::ServerStreaming> = Method::new("/users.v1.Users/Watch");
//!
//! fn watch(client: &Client) -> Unary<(), ()> {
//!     client.unary(WATCH, ())
//! }
//! ```
//!
//! nor does a mock's answer of another kind:
//!
//! ```compile_fail,E0308
//! use iris_client::{Method, Mock, kind};
//!
//! const WATCH: Method<(), (), kind::ServerStreaming> = Method::new("/users.v1.Users/Watch");
//!
//! let mock = Mock::new().on(WATCH, |()| Ok(()));
//! ```
//!
//! The right kind does:
//!
//! ```
//! use iris_client::{Client, Method, Mock, ServerStreaming, kind};
//!
//! const WATCH: Method<(), (), kind::ServerStreaming> = Method::new("/users.v1.Users/Watch");
//!
//! fn watch(client: &Client) -> ServerStreaming<(), ()> {
//!     client.server_streaming(WATCH, ())
//! }
//! let mock = Mock::new().on_stream(WATCH, |()| [Ok(())]);
//! # let _ = watch(&mock.client());
//! ```

/// Takes one message and gives one.
#[derive(Debug)]
pub enum Unary {}

/// Takes one message and gives a stream.
#[derive(Debug)]
pub enum ServerStreaming {}

/// Takes a stream and gives one message.
#[derive(Debug)]
pub enum ClientStreaming {}

/// Takes a stream and gives a stream.
#[derive(Debug)]
pub enum Bidirectional {}
