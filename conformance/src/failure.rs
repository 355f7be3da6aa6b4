//! Errors, as the suite's messages have them and as Iris does.

use crate::packed;
use crate::suite::{self, conformance_payload::RequestInfo};
use iris_core::{Detail, IrisError, Status};

/// The error that the suite asks the server for. `seen` is what the server knows of the call, where nothing was answered before.
pub(crate) fn asked_for(error: suite::Error, seen: Option<&RequestInfo>) -> IrisError {
    let status = Status::from_number(error.code).unwrap_or(Status::Unknown);
    let mut failure = IrisError::of_status(status, error.message.unwrap_or_default());
    for detail in &error.details {
        let name = packed::type_name(detail);
        failure = failure.with_encoded_detail(Detail::new(name, detail.value.clone()));
    }
    match seen {
        Some(seen) => failure.with_detail(seen),
        None => failure,
    }
}

/// The error that a call ended with.
pub(crate) fn of_call(error: &IrisError) -> suite::Error {
    let details = error.details().iter();
    let details =
        details.map(|detail| packed::of_parts(detail.type_name(), detail.value().to_vec()));
    suite::Error {
        code: error.status.number(),
        message: Some(error.internal_message.clone()),
        details: details.collect(),
    }
}
