//! Waiting for what cannot be waited for.

use crate::world::World;
use futures_util::future::{Either, select};
use std::pin::pin;

/// The number of the server's calls once it does not grow any more.
pub(crate) async fn calls(world: &World) -> u64 {
    let mut before = None;
    loop {
        let calls = world.tell("calls").await.parse().expect("a number");
        if before == Some(calls) {
            return calls;
        }
        before = Some(calls);
        // A hundred turns of the page, in which the server would go on.
        for _ in 0..100 {
            world.tell("turn").await;
        }
    }
}

/// Does something outside while a call waits for its answer.
pub(crate) async fn meanwhile<F, T>(call: &mut F, outside: impl Future<Output = T>) -> T
where
    F: Future<Output: std::fmt::Debug> + Unpin,
{
    match select(call, pin!(outside)).await {
        Either::Left((answer, _)) => panic!("{answer:?}"),
        Either::Right((done, _)) => done,
    }
}
