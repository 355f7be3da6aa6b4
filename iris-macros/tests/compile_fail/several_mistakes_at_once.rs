#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

#[remote(package = "users/v1", filter = [])]
impl Users {
    #[procedure]
    fn find(self, _: &Session, name: String) -> User {
        todo!()
    }
}

fn main() {}
