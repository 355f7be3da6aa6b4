#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, Stream, remote};
use support::*;

struct Users;

#[remote(package = "users.v1")]
impl Users {
    #[procedure]
    async fn find(&self, _: &Session, requests: impl Stream<Item = UserRequest>) -> Result<User, IrisError> {
        todo!()
    }
}

fn main() {}
