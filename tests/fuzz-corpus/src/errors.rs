//! Errors to be written, and what must be left of them when they are read.

use crate::input::Input;
use iris_core::{IrisError, Metadata, Status};

/// Any error that can go on the wire.
pub(crate) fn any_error(input: &mut Input<'_>) -> IrisError {
    let code = i32::from_be_bytes(input.u32().to_be_bytes()) >> (input.byte() % 32);
    let status = input.one_of(&Status::ALL);
    let id = input.text();
    let error = IrisError::new(code, input.text()).with_status(status);
    match id.is_empty() {
        true => error,
        false => error.with_request_id(id),
    }
}

/// Any metadata a user can set.
pub(crate) fn any_metadata(input: &mut Input<'_>) -> Metadata {
    let mut metadata = Metadata::new();
    for _ in 0..input.byte() % 8 {
        // What cannot be set is another target's concern.
        let _ = match input.byte() % 2 {
            0 => metadata.append(&input.text(), &input.text()),
            _ => metadata.append_bytes(&(input.text() + "-bin"), input.piece()),
        };
    }
    metadata
}

/// Fails unless nothing was lost.
pub(crate) fn assert_same(one: &IrisError, other: &IrisError) {
    let shown = |error: &IrisError| {
        let id = error.request_id().map(str::to_owned);
        (error.code, error.status, error.internal_message.clone(), id)
    };
    assert_eq!(shown(one), shown(other));
}
