#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{Iris, IrisError, remote};
use support::*;

struct Users;

#[remote(package = "users.v1")]
impl Users {
    #[procedure]
    async fn ping(&self, _: &Session) -> Result<(), IrisError> {
        Ok(())
    }
}

fn main() {
    let _ = Iris::without_context().add_remote(Users);
}
