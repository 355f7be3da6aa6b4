//! The schema lock: `iris.lock`, committed beside `Cargo.toml`, holds what callers rely on.
//!
//! Adding is free and recorded by itself. What would break callers is an error that names every
//! break and whom it breaks, until it is restored or accepted. What was removed leaves a tombstone:
//! its number and name are never used again, except by restoring exactly what was there.
//!
//! - `live`: what the lock holds, and how it is taken from a [`Schema`]
//! - `text`: reading and printing the file
//! - `compare`: what breaks between the lock and the schema
//! - `callers`, `retyped`: whom it breaks
//! - `known_names`: what the lock settles before there is a schema; `older`: what older locks did not say
//! - `tombstones`: what was removed, and whether something uses it again

#![doc(hidden)]

mod callers;
mod compare;
mod error;
mod known_names;
mod live;
mod older;
mod retyped;
mod text;
mod tombstones;

use crate::schema::Schema;
use crate::types::Types;
use live::Live;
use tombstones::Removed;

pub use error::{LockError, Problem};
pub(crate) use known_names::{KnownNames, Side};

/// Everything in a lock file.
#[derive(Debug, Default)]
struct Lock {
    live: Live,
    removed: Removed,
}

/// Compares the schema with the text of `iris.lock` and yields the text it should have.
///
/// `previous` is `None` where there is no lock yet. With `accept` breaks are recorded in place of
/// being errors. The text comes back unchanged, byte for byte, where nothing changed.
///
/// # Errors
///
/// - The previous text cannot be read: no TOML, merge conflict markers, another version.
/// - The schema breaks callers, and `accept` is not set: every break.
/// - The schema uses again what was removed, `accept` or not: every such use.
pub fn check(schema: &Schema, previous: Option<&str>, accept: bool) -> Result<String, LockError> {
    let types = Types::of(&schema.files.file);
    let live = Live::of(schema, &types);
    let Some(previous) = previous else {
        let lock = Lock {
            live,
            removed: Removed::default(),
        };
        return Ok(text::print(&lock));
    };
    let mut old = text::read(previous)?;
    old.live.complete(&live);
    let places = compare::Places::new(schema, &types);
    let mut problems = Vec::new();
    if !accept {
        problems = compare::breaks(&old.live, &live, &places);
    }
    problems.extend(old.removed.reuses(&live, &places));
    if !problems.is_empty() {
        return Err(LockError::Changed(problems));
    }
    let removed = old.removed.after(&old.live, &live);
    let text = text::print(&Lock { live, removed });
    // A checkout may have given the file the line ends of its system; that is no change.
    Ok(match previous.replace("\r\n", "\n") == text {
        true => previous.to_owned(),
        false => text,
    })
}
