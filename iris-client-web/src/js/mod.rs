//! Calls from JavaScript, as the module of a generated package makes them.
//!
//! Messages cross the border encoded: JavaScript reads and writes its own objects, and what is here knows no message. So
//! it is the same, and as small, for every schema.
//!
//! - [`Connection`]: a client, and the ways to begin a call
//! - [`Going`]: a call on its way
//! - `requests`: a stream of requests that JavaScript gives one by one
//! - `encoded`, `error`: messages and errors as they cross the border

mod connection;
mod encoded;
mod error;
mod going;
#[cfg(feature = "js-sockets")]
mod requests;

pub use connection::Connection;
pub use going::Going;
