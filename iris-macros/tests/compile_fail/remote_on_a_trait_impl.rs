#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

trait Api {
    async fn ping(&self, _: &Session) -> Result<(), IrisError>;
}

#[remote(package = "users.v1")]
impl Api for Users {
    #[procedure]
    async fn ping(&self, _: &Session) -> Result<(), IrisError> {
        Ok(())
    }
}

fn main() {}
