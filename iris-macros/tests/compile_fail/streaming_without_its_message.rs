#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, Streaming, remote};
use support::*;

struct Users;

#[remote(package = "users.v1")]
impl Users {
    #[procedure]
    async fn upload(&self, _: &Session, requests: Streaming) -> Result<User, IrisError> {
        todo!()
    }
}

fn main() {}
