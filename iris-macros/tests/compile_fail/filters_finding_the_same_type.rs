#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

struct Authenticated;

async fn signed_in(_: &Session) -> Option<Authenticated> {
    Some(Authenticated)
}

async fn with_api_key(_: &Session) -> Option<Authenticated> {
    Some(Authenticated)
}

#[remote(package = "users.v1", filters = [signed_in])]
impl Users {
    #[procedure(filters = [with_api_key])]
    async fn find(&self, _: &Session, user: &Authenticated) -> Result<(), IrisError> {
        todo!()
    }
}

fn main() {}
