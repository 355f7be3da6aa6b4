//! A server with every kind of procedure, for the tests beside it.

pub mod context;
pub mod error;
pub mod remotes;

/// What `build.rs` generated.
pub mod messages {
    iris_core::include_generated!();
}

use context::{Probe, Trace};
use iris_core::Iris;
use remotes::{
    calls::Calls,
    counter::Counter,
    failures::Failures,
    guarded::Guarded,
    names::{Failing, Resulting, Syncing},
    shapes::Shapes,
};
use std::sync::Arc;

/// The whole application; `probe` sees what happens inside.
pub fn application(probe: Arc<Probe>) -> Iris<Trace> {
    Iris::new(move |request| Trace::of(request, probe.clone()))
        .contract(messages::CONTRACT)
        .add_remote(Shapes)
        .add_remote(Failures)
        .add_remote(Calls)
        .add_remote(Guarded)
        .add_remote(Syncing)
        .add_remote(Resulting)
        .add_remote(Failing)
        .add_remote(Counter::new(|| 42))
}
