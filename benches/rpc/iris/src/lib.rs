//! Iris, measured: the remotes that its server has.

pub mod remotes;

/// What `build.rs` generated.
pub mod messages {
    iris_core::include_generated!();
}
