//! Remotes that are called like what their generated files need.

use crate::context::Trace;
use iris_core::{IrisError, remote};

/// A remote called `Sync`.
#[derive(Debug)]
pub struct Syncing;

/// Called like a trait.
#[remote(package = "names.v1", name = "Sync")]
impl Syncing {
    /// Nothing.
    #[procedure]
    async fn ping(&self, _: &Trace) -> Result<(), IrisError> {
        Ok(())
    }
}

/// A remote called `Result`.
#[derive(Debug)]
pub struct Resulting;

/// Called like a type.
#[remote(package = "names.v1", name = "Result")]
impl Resulting {
    /// Nothing.
    #[procedure]
    async fn ping(&self, _: &Trace) -> Result<(), IrisError> {
        Ok(())
    }
}

/// A remote called `IrisError`.
#[derive(Debug)]
pub struct Failing;

/// Called like the error.
#[remote(package = "names.v1", name = "IrisError")]
impl Failing {
    /// Nothing.
    #[procedure]
    async fn ping(&self, _: &Trace) -> Result<(), IrisError> {
        Ok(())
    }
}
