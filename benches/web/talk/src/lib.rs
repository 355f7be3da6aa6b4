//! What pages call over a WebSocket to be measured. Apart from what they call by `fetch` alone, whose package is weighed and
//! has no WebSockets.

pub mod remotes;

/// What `build.rs` generated.
pub mod messages {
    iris_core::include_generated!();
}
