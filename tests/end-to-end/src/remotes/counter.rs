//! A generic remote.

use crate::context::Trace;
use crate::messages::testing::v1::Number;
use iris_core::{IrisError, remote};

/// Counts with whatever it was given.
#[derive(Debug)]
pub struct Counter<F> {
    source: F,
}

impl<F> Counter<F> {
    /// Counts with `source`.
    pub fn new(source: F) -> Self {
        Counter { source }
    }
}

/// A remote with a type parameter.
#[remote(package = "testing.v1")]
impl<F> Counter<F>
where
    F: Fn() -> i64 + Send + Sync + 'static,
{
    /// The number.
    #[procedure]
    async fn next(&self, _: &Trace) -> Result<Number, IrisError> {
        Ok(Number {
            number: self.helper(),
        })
    }

    /// A function that is no procedure.
    fn helper(&self) -> i64 {
        (self.source)()
    }
}
