//! The file's text: TOML, one line per thing, so that branches merge.

mod print;
mod read;

pub(super) use print::print;
pub(super) use read::read;

use super::live::Given;
use iris_model::Idempotency;

/// The version of the format that this code reads and prints.
const VERSION: i64 = 1;

/// Marks messages that a procedure neither takes nor gives.
const NOT_GIVEN: [(Given, &str); 2] = [
    // Empty, and printed by Iris itself: `"users.v1.PingRequest {}"`.
    (Given::Printed, " {}"),
    // Declared by a `.proto`, but `()` to the procedure and to callers' code: `"users.v1.PingRequest ()"`.
    (Given::Declared, " ()"),
];

/// The key of a remote's name in the client. No procedure has such a name.
const CLIENT_NAME: &str = "client-name";

/// The words for idempotency; none where nothing is promised.
const IDEMPOTENCY: [(Idempotency, &str); 2] = [
    (Idempotency::NoSideEffects, "no_side_effects"),
    (Idempotency::WithSideEffects, "with_side_effects"),
];
