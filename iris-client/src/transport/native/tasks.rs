//! What the HTTP stack runs beside a call.

use hyper::rt::Executor;
use std::future::Future;

/// Spawns futures on the runtime of the call that needs them.
///
/// For each request hyper spawns one future that sends its body and one that waits for its answer, both as large as the
/// largest thing it ever spawns. A new task is moved several times before it rests; boxed it is one pointer by then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tasks;

impl<F> Executor<F> for Tasks
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, future: F) {
        tokio::spawn(Box::pin(future));
    }
}
