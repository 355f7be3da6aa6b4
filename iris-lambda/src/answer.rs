//! What a handler answers.

use crate::failure::{BoxError, Failure};
use crate::streamed::Streamed;
use bytes::Bytes;
use serde::Serialize;

/// What a handler may answer: whatever serde writes, as JSON, or a [`Streamed`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer",
    note = "a handler answers what implements `serde::Serialize`, or `iris_lambda::Streamed`"
)]
pub trait IntoAnswer {
    /// The answer in the form in which it goes.
    ///
    /// # Errors
    ///
    /// Where it cannot be written as JSON.
    fn into_answer(self) -> Result<Answer, Failure>;
}

/// An answer as it goes.
#[derive(Debug)]
pub struct Answer(pub(crate) Form);

#[derive(Debug)]
pub(crate) enum Form {
    Whole(Bytes),
    Streamed(Streamed),
}

impl Answer {
    pub(crate) fn whole(json: impl Into<Bytes>) -> Self {
        Answer(Form::Whole(json.into()))
    }
}

impl<T: Serialize> IntoAnswer for T {
    fn into_answer(self) -> Result<Answer, Failure> {
        match serde_json::to_vec(&self) {
            Ok(json) => Ok(Answer::whole(json)),
            Err(error) => {
                let message = format!("the answer cannot be written as JSON: {error}");
                Err(Failure::new("Runtime.MarshalError", message))
            }
        }
    }
}

impl IntoAnswer for Streamed {
    fn into_answer(self) -> Result<Answer, Failure> {
        Ok(Answer(Form::Streamed(self)))
    }
}

/// What a handler's future gives: an answer, or any error.
#[diagnostic::on_unimplemented(
    message = "a handler gives a `Result`, not `{Self}`",
    note = "its error may be any: a type that implements `Error`, a `Box<dyn Error + Send + Sync>`, a text, a `Failure`"
)]
pub trait Outcome {
    /// What the caller is told.
    ///
    /// # Errors
    ///
    /// Why there is no answer.
    fn into_outcome(self) -> Result<Answer, Failure>;
}

impl<A: IntoAnswer, E: Into<BoxError>> Outcome for Result<A, E> {
    fn into_outcome(self) -> Result<Answer, Failure> {
        match self {
            Ok(answer) => answer.into_answer(),
            Err(error) => Err(Failure::of(error)),
        }
    }
}
