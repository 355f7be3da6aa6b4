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

async fn role(_: &Session, wanted: &str) -> bool {
    true
}

#[remote(package = "users.v1", filters = [signed_in, role("reader")])]
impl Users {
    #[procedure(filters = [role("writer"), signed_in])]
    async fn create(&self, _: &Session, user: &Authenticated) -> Result<(), IrisError> {
        todo!()
    }

    #[procedure(filters = [role("admin"), role("owner"), role("admin")])]
    async fn delete(&self, _: &Session, user: &Authenticated) -> Result<(), IrisError> {
        todo!()
    }
}

struct Groups;

#[remote(package = "users.v1", filters = [role("reader"), signed_in, signed_in])]
impl Groups {
    #[procedure(filters = [role("reader")])]
    async fn list(&self, _: &Session, user: &Authenticated) -> Result<(), IrisError> {
        todo!()
    }
}

fn main() {}
