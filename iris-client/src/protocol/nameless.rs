//! Errors of Connect that do not say their code. What else they say is told all the same.

use crate::json::{self, FieldReader, FieldWriter, Fields};
use crate::{IrisError, Status};

/// An error body, as far as it can be read without a code.
#[derive(Debug, Default)]
struct Nameless {
    message: Option<String>,
}

impl Fields for Nameless {
    fn write(&self, out: &mut FieldWriter<'_>) -> json::Result {
        out.optional::<json::Text>("message", &self.message)
    }

    fn read(&mut self, field: &mut FieldReader<'_>) -> json::Result<bool> {
        match field.name() {
            "message" => field.optional::<json::Text>(1, &mut self.message),
            _ => Ok(false),
        }
    }
}

/// The end of a stream with such an error.
#[derive(Debug, Default)]
struct NamelessEnd {
    error: Option<Nameless>,
}

impl Fields for NamelessEnd {
    fn write(&self, out: &mut FieldWriter<'_>) -> json::Result {
        out.optional::<json::Message<Nameless>>("error", &self.error)
    }

    fn read(&mut self, field: &mut FieldReader<'_>) -> json::Result<bool> {
        match field.name() {
            "error" => field.optional::<json::Message<Nameless>>(1, &mut self.error),
            _ => Ok(false),
        }
    }
}

/// The error of a unary answer; its status is that of HTTP. `None` where it has no message either.
pub(super) fn error_body(body: &[u8], http_status: u16) -> Option<IrisError> {
    let nameless: Nameless = json::from_slice(body).ok()?;
    let status = Status::from_http(http_status);
    Some(IrisError::of_status(status, nameless.message?))
}

/// The error that ends a stream. `None` where there is none.
pub(super) fn end_of_stream(payload: &[u8]) -> Option<IrisError> {
    let end: NamelessEnd = json::from_slice(payload).ok()?;
    let message = end.error?.message.unwrap_or_default();
    Some(IrisError::of_status(Status::Unknown, message))
}
