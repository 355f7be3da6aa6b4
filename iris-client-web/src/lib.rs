//! Calls Iris remotes from browsers, workers and Node.js, compiled to WebAssembly.
//!
//! Most programs meet this crate through a client crate that `iris-build` generated, which calls by way of it where it is
//! compiled for `wasm32-unknown-unknown`, and by iris-client everywhere else. Both have the same calls, so that one source
//! is for both:
//!
//! ```
//! use iris_client_web::{Client, IrisError, Method, RetryPolicy, Unary};
//! use std::time::Duration;
//!
//! const PING: Method<(), ()> = Method::new("/users.v1.Users/Ping").no_side_effects();
//!
//! async fn ping(url: &str) -> Result<(), IrisError> {
//!     let client = Client::builder(url)
//!         .deadline(Duration::from_secs(5))
//!         .metadata("x-tenant", "north")
//!         .retry(RetryPolicy::default().attempts(5))
//!         .build()?;
//!     let ping: Unary<(), ()> = client.unary(PING, ());
//!     ping.await
//! }
//! ```
//!
//! # What is a browser's
//!
//! Unary calls and streams of answers go by fetch, streams of requests over one WebSocket; `ClientBuilder::streams` says
//! otherwise. `ClientBuilder::credentials` says whether cookies go along. Dropping a call aborts it. Requests are in
//! Connect; the browser unpacks the answers. A URL that begins with a slash is a path at the page's own origin.
//!
//! No Tokio, no hyper: timers, randomness and sockets are the browser's. Futures are `Send` all the same: what belongs
//! to JavaScript stays in tasks of the page.
//!
//! # Features
//!
//! `json`: messages in JSON, by `ClientBuilder::format`. Without it a page is without what reads and writes them.
//!
//! # Elsewhere
//!
//! On other targets this crate is iris-client, so that what names it compiles, and the tests of an application run.

#[doc(inline)]
pub use iris_client::*;
