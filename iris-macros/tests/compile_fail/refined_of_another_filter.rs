#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, remote};
use support::*;

struct Users;

struct Authenticated;

struct Tenant;

async fn tenant(_: &Session) -> Option<Tenant> {
    Some(Tenant)
}

#[remote(package = "users.v1", filters = [tenant])]
impl Users {
    #[procedure]
    async fn find(&self, _: &Session, user: &Authenticated, tenant: &Tenant) -> Result<(), IrisError> {
        todo!()
    }
}

fn main() {}
