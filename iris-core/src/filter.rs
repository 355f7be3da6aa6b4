//! What filters answer, and how what they find reaches the procedure.
//!
//! The macros write `Verdict(signed_in(&context).await).pass("signed_in")?` for each filter and chain
//! the results into nested pairs, from which a procedure's borrowed parameters are taken by type.

use crate::{IntoIrisError, IrisError, code};
use std::marker::PhantomData;

/// What a filter answered.
#[derive(Debug)]
pub struct Verdict<A>(pub A);

fn rejected(filter: &str) -> IrisError {
    IrisError::new(
        code::IRIS_REJECTED_BY_FILTER,
        format!("rejected by filter `{filter}`"),
    )
}

impl Verdict<bool> {
    /// `false` rejects.
    pub fn pass(self, filter: &str) -> Result<(), IrisError> {
        self.0.then_some(()).ok_or_else(|| rejected(filter))
    }
}

impl<T> Verdict<Option<T>> {
    /// `None` rejects; what was found goes on to the procedure.
    pub fn pass(self, filter: &str) -> Result<T, IrisError> {
        self.0.ok_or_else(|| rejected(filter))
    }
}

impl<E: IntoIrisError> Verdict<Result<bool, E>> {
    /// `Ok(false)` rejects; an error is the filter's own.
    pub fn pass(self, filter: &str) -> Result<(), IrisError> {
        Verdict(self.0.map_err(IntoIrisError::into_iris_error)?).pass(filter)
    }
}

impl<T, E: IntoIrisError> Verdict<Result<Option<T>, E>> {
    /// `Ok(None)` rejects; an error is the filter's own.
    pub fn pass(self, filter: &str) -> Result<T, IrisError> {
        Verdict(self.0.map_err(IntoIrisError::into_iris_error)?).pass(filter)
    }
}

/// Every other answer. The inherent functions above come first where they apply.
pub trait AnyVerdict<A> {
    /// An error is the filter's own; what was found goes on to the procedure.
    fn pass(self, filter: &str) -> Result<A::Found, IrisError>
    where
        A: FilterAnswer;
}

impl<A> AnyVerdict<A> for Verdict<A> {
    fn pass(self, _: &str) -> Result<A::Found, IrisError>
    where
        A: FilterAnswer,
    {
        self.0.into_result()
    }
}

/// What an async filter function may return.
#[diagnostic::on_unimplemented(
    message = "a filter does not answer with `{Self}`",
    label = "this filter",
    note = "a filter is `async fn(&Context)` and returns bool, Option<Found>, or a Result of bool, Option<Found> or Found"
)]
pub trait FilterAnswer {
    /// What the procedure may borrow.
    type Found;

    /// What was found, or why the call stops here.
    fn into_result(self) -> Result<Self::Found, IrisError>;
}

impl<T, E: IntoIrisError> FilterAnswer for Result<T, E> {
    type Found = T;

    fn into_result(self) -> Result<T, IrisError> {
        self.map_err(IntoIrisError::into_iris_error)
    }
}

/// The first of the pair.
#[derive(Debug)]
pub struct Here;

/// Somewhere in the second of the pair.
#[derive(Debug)]
pub struct Further<Index>(PhantomData<Index>);

/// Takes a value out of nested pairs by its type; the compiler infers `Index`.
#[diagnostic::on_unimplemented(
    message = "no filter of this procedure yields `{T}`",
    label = "the procedure borrows `{T}` here",
    note = "add the filter that returns `{T}` (or an Option or Result of it) to `filters = [..]` of the procedure or its remote"
)]
pub trait Take<T, Index> {
    /// What is left.
    type Rest;

    /// The value, and what is left.
    fn take(self) -> (T, Self::Rest);
}

impl<T, Rest> Take<T, Here> for (T, Rest) {
    type Rest = Rest;

    fn take(self) -> (T, Rest) {
        self
    }
}

impl<T, Head, Rest, Index> Take<T, Further<Index>> for (Head, Rest)
where
    Rest: Take<T, Index>,
{
    type Rest = (Head, Rest::Rest);

    fn take(self) -> (T, Self::Rest) {
        let (value, rest) = self.1.take();
        (value, (self.0, rest))
    }
}
