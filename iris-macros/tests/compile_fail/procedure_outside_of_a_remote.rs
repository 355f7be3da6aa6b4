#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, procedure};
use support::*;

struct Users;

impl Users {
    #[procedure]
    async fn ping(&self, _: &Session) -> Result<(), IrisError> {
        Ok(())
    }
}

fn main() {}
