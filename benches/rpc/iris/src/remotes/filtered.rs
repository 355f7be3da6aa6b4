//! An echo behind three filters that let everyone pass.

use crate::messages::bench::v1::Text;
use iris_core::{IrisError, Request, remote};

async fn first(_: &Request) -> bool {
    true
}

async fn second(_: &Request) -> bool {
    true
}

async fn third(_: &Request) -> bool {
    true
}

/// An echo behind three filters that let everyone pass.
#[derive(Debug)]
pub struct Filtered;

/// An echo behind three filters that let everyone pass.
#[remote(package = "bench.v1", filters = [first, second, third])]
impl Filtered {
    /// The same back.
    #[procedure]
    async fn echo(&self, _: &Request, text: Text) -> Result<Text, IrisError> {
        Ok(text)
    }
}
