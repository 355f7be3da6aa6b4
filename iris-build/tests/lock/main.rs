//! The schema lock: what it holds, what it lets through, and what it says where it does not.

#![allow(
    clippy::unwrap_used,
    reason = "what a test sets up is there, or the test fails"
)]

mod breaks;
mod cases;
mod file;
#[path = "../schemas_from_text/mod.rs"]
mod schemas_from_text;
mod tombstones;

use iris_build::lock::check;
use iris_build::schema::Schema;
use schemas_from_text::{procedure, remote};

/// The lock of a schema that had none.
fn lock_of(schema: &Schema) -> String {
    check(schema, None, false).unwrap()
}

/// What stands between the lock of one schema and another schema.
fn problems(before: &Schema, after: &Schema) -> Vec<String> {
    match check(after, Some(&lock_of(before)), false) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

/// The lock after `after` was accepted over `text`.
fn accept(text: &str, after: &Schema) -> String {
    check(after, Some(text), true).unwrap_or_else(|error| panic!("{error}"))
}

/// Why `schema` does not go over `text`, even accepted.
fn refused(text: &str, schema: &Schema) -> Vec<String> {
    let error = check(schema, Some(text), true).unwrap_err();
    assert!(
        error
            .problems()
            .iter()
            .all(|problem| !problem.can_be_accepted)
    );
    error.problems().iter().map(ToString::to_string).collect()
}

/// A proto2 message with one field, and its lock.
fn with_default(option: &str) -> Schema {
    let text = format!(
        "syntax = \"proto2\"; package old; message Page {{ optional int32 size = 1 {option}; }}"
    );
    let mut schema = crate::schemas_from_text::schema(&[("old.proto", &text)]);
    let call = procedure("Call", "old.Page", "old.Page");
    schema.remotes.push(remote("old.Old", vec![call]));
    schema
}
