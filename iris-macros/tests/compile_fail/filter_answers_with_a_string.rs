#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

async fn greeting(_: &Session) -> String {
    "hello".to_owned()
}

#[remote(package = "users.v1", filters = [greeting])]
impl Users {
    #[procedure]
    async fn ping(&self, _: &Session) -> Result<(), IrisError> {
        Ok(())
    }
}

fn main() {}
