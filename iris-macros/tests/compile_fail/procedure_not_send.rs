#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

#[remote(package = "users.v1")]
impl Users {
    #[procedure]
    async fn find(&self, _: &Session) -> Result<(), IrisError> {
        let local = std::rc::Rc::new(1);
        std::future::ready(()).await;
        drop(local);
        Ok(())
    }
}

fn main() {}
