//! hyper with nothing on top of it: the floor.
//!
//! Requests are answered as gRPC and Connect want it, and no message is decoded or encoded: an echo gives back the bytes
//! that came, a count counts envelopes or is always the same, a download is cut from a buffer made before.
//!
//! - [`service`]: which request gets which answer; [`answer`]: the bodies of answers

pub mod answer;
pub mod service;
