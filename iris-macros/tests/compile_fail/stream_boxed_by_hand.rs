#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, Stream, remote};
use std::pin::Pin;
use support::*;

struct Users;

#[remote(package = "users.v1")]
impl Users {
    #[procedure]
    async fn watch(&self, _: &Session) -> Result<Pin<Box<dyn Stream<Item = Result<User, IrisError>>>>, IrisError> {
        todo!()
    }
}

fn main() {}
