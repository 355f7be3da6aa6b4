#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

#[remote(package = "users.v1")]
impl Users {
    #[procedure]
    async fn find(&self, _: Session, request: UserRequest) -> Result<User, IrisError> {
        todo!()
    }
}

fn main() {}
