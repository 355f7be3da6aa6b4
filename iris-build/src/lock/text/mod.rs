//! The file's text: TOML, one line per thing, so that branches merge.

mod print;
mod read;

pub(super) use print::print;
pub(super) use read::read;

use iris_model::Idempotency;

/// The version of the format that this code reads and prints.
const VERSION: i64 = 1;

/// Marks the empty messages that Iris prints itself: `"users.v1.PingRequest {}"`.
const PRINTED: &str = " {}";

/// The words for idempotency; none where nothing is promised.
const IDEMPOTENCY: [(Idempotency, &str); 2] = [
    (Idempotency::NoSideEffects, "no_side_effects"),
    (Idempotency::WithSideEffects, "with_side_effects"),
];
