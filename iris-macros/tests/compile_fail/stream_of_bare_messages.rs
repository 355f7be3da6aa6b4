#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{IrisError, Stream, remote};
use support::*;

struct Users;

#[remote(package = "users.v1")]
impl Users {
    #[procedure]
    async fn watch(&self, _: &Session) -> Result<impl Stream<Item = User>, IrisError> {
        Ok(todo!() as tokio_stream::Empty<User>)
    }
}

fn main() {}
