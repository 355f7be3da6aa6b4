#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, Streaming, remote};
use support::*;

struct Users;

#[remote(package = "users.v1")]
impl Users {
    #[procedure(idempotent)]
    async fn upload(&self, _: &Session, requests: Streaming<UserRequest>) -> Result<User, IrisError> {
        todo!()
    }
}

fn main() {}
