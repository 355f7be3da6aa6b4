//! Events, one after the other, and several at once where that is wanted.

use crate::answer::Answer;
use crate::api::{Address, Api, Given, Origin};
use crate::caught::caught;
use crate::context::{Context, Function};
use crate::error::{Kind, RunError};
use crate::failure::Failure;
use crate::handler::Handler;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::task::JoinSet;
use tracing::Instrument;

/// How many events are taken at once (Lambda Managed Instances).
const CONCURRENCY: &str = "AWS_LAMBDA_MAX_CONCURRENCY";

/// Takes turns until there is no more to be had.
pub(super) async fn run(
    address: Address,
    handler: Arc<dyn Handler>,
    function: Arc<Function>,
) -> Result<(), RunError> {
    let count = concurrency()?;
    if count == 1 {
        let Err(error) = turns(&address, &*handler, &function).await;
        return Err(error);
    }
    let mut all = JoinSet::new();
    for _ in 0..count {
        let (address, handler, function) = (address.clone(), handler.clone(), function.clone());
        all.spawn(async move { turns(&address, &*handler, &function).await });
    }
    // One that ends, ends all: what it met, the others meet too, and a process that takes fewer events than it was
    // started for would not be noticed.
    match all.join_next().await {
        Some(Ok(Err(error))) => Err(error),
        Some(Ok(Ok(never))) => match never {},
        // It never panics by itself: handlers are caught.
        Some(Err(panicked)) => Err(RunError::not_started(Failure::of(panicked))),
        None => Ok(()),
    }
}

fn concurrency() -> Result<usize, RunError> {
    let Some(value) = std::env::var_os(CONCURRENCY) else {
        return Ok(1);
    };
    let value = value.to_string_lossy().into_owned();
    match value.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(RunError::new(Kind::Variable {
            name: CONCURRENCY,
            value,
            why: "it is to be a number of events, at least 1",
        })),
    }
}

async fn turns(
    address: &Address,
    handler: &dyn Handler,
    function: &Arc<Function>,
) -> Result<Infallible, RunError> {
    let mut api = Api::new(address);
    loop {
        let given = api.next().await?;
        let origin = Origin::of(&given);
        let span = tracing::info_span!("event", request_id = %given.id);
        let outcome = answer(handler, given, function.clone()).instrument(span.clone());
        let outcome = outcome.await;
        api.answer(&origin, outcome).instrument(span).await?;
    }
}

async fn answer(
    handler: &dyn Handler,
    given: Given,
    function: Arc<Function>,
) -> Result<Answer, Failure> {
    let context = Context::of(&given, function);
    let outcome = caught(async { handler.handle(given.event, context).await }).await;
    let outcome = outcome.and_then(|outcome| outcome);
    if let Err(failure) = &outcome {
        tracing::error!(stack_trace = ?failure.stack_trace(), "{failure}");
    }
    outcome
}
