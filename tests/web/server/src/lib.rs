//! A server with messages of every form, beside the one of the end-to-end tests.

pub mod remotes;

/// What `build.rs` generated.
pub mod messages {
    iris_core::include_generated!();
}
