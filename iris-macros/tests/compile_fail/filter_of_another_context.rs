#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

async fn signed_in(_: &String) -> bool {
    true
}

#[remote(package = "users.v1", filters = [signed_in])]
impl Users {
    #[procedure]
    async fn ping(&self, _: &Session) -> Result<(), IrisError> {
        Ok(())
    }
}

fn main() {}
