//! The server that pages call to be measured.

mod records;
pub mod remotes;

/// What `build.rs` generated.
pub mod messages {
    iris_core::include_generated!();
}
