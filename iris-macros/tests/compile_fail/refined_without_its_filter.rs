#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

struct Authenticated;

#[remote(package = "users.v1")]
impl Users {
    #[procedure]
    async fn find(&self, _: &Session, user: &Authenticated) -> Result<(), IrisError> {
        todo!()
    }
}

fn main() {}
