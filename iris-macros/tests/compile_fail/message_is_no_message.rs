#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

struct NotAMessage;

#[remote(package = "users.v1")]
impl Users {
    #[procedure]
    async fn find(&self, _: &Session, request: NotAMessage) -> Result<User, IrisError> {
        todo!()
    }
}

fn main() {}
