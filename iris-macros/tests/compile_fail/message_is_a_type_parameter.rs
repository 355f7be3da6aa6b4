#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users<T>(T);

#[remote(package = "users.v1")]
impl<T: Send + Sync + 'static> Users<T> {
    #[procedure]
    async fn find(&self, _: &Session, request: T) -> Result<User, IrisError> {
        todo!()
    }
}

fn main() {}
