//! Filters of every kind, in their order.

use crate::context::Trace;
use crate::error::TestError;
use crate::messages::testing::v1::{Order, Text};
use iris_core::{IrisError, remote};

/// What the filter `named` finds.
#[derive(Debug)]
pub struct Name(pub String);

/// What the filter `aged` finds.
#[derive(Debug)]
pub struct Age(pub u32);

async fn first(trace: &Trace) -> bool {
    trace.step("first");
    trace.request.metadata().get("x-reject") != Some("first")
}

async fn second(trace: &Trace) -> Result<bool, TestError> {
    trace.step("second");
    match trace.request.metadata().get("x-reject") {
        Some("second") => Ok(false),
        Some("second-code") => Err(TestError::Zero),
        _ => Ok(true),
    }
}

async fn named(trace: &Trace) -> Option<Name> {
    trace.step("named");
    trace
        .request
        .metadata()
        .get("x-name")
        .map(|name| Name(name.to_owned()))
}

async fn aged(trace: &Trace) -> Result<Age, TestError> {
    trace.step("aged");
    let age = trace
        .request
        .metadata()
        .get("x-age")
        .and_then(|age| age.parse().ok());
    age.map(Age).ok_or(TestError::Named { count: 0 })
}

async fn perhaps(trace: &Trace) -> Result<Option<Name>, IrisError> {
    trace.step("perhaps");
    Ok(trace
        .request
        .metadata()
        .get("x-name")
        .map(|name| Name(name.to_owned())))
}

/// A filter with an argument.
async fn wearing(trace: &Trace, colour: &str) -> bool {
    trace.step("wearing");
    trace.request.metadata().get("x-colour") == Some(colour)
}

async fn panicking(_: &Trace) -> bool {
    panic!("the password of the database is hunter2")
}

/// Procedures behind filters.
#[derive(Debug)]
pub struct Guarded;

/// Who may pass.
#[remote(package = "testing.v1", filters = [first])]
impl Guarded {
    /// Tells the order in which everything ran.
    #[procedure(filters = [second, named])]
    async fn order(&self, trace: &Trace) -> Result<Order, IrisError> {
        trace.step("procedure");
        Ok(Order {
            steps: trace.steps(),
        })
    }

    /// Borrows what two filters found, in another order than they ran.
    #[procedure(filters = [named, aged])]
    async fn who(&self, _: &Trace, age: &Age, name: &Name) -> Result<Text, IrisError> {
        Ok(Text {
            text: format!("{} is {}", name.0, age.0),
        })
    }

    /// The message stands between what was found.
    #[procedure(filters = [perhaps])]
    async fn greet(&self, _: &Trace, greeting: Text, name: &Name) -> Result<Text, IrisError> {
        Ok(Text {
            text: format!("{}, {}!", greeting.text, name.0),
        })
    }

    /// Behind a filter with an argument.
    #[procedure(filters = [wearing("blue")])]
    async fn blue(&self, trace: &Trace) -> Result<Order, IrisError> {
        Ok(Order {
            steps: trace.steps(),
        })
    }

    /// Behind a filter that panics.
    #[procedure(filters = [panicking])]
    async fn doomed(&self, trace: &Trace) -> Result<(), IrisError> {
        trace.count();
        Ok(())
    }
}
