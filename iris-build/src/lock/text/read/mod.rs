//! Reads the lock.

mod entries;
mod file;
mod removed;

use super::VERSION;
use crate::lock::{Lock, LockError};
use file::File;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(in crate::lock) fn read(text: &str) -> Result<Lock, LockError> {
    no_conflict(text)?;
    let Version { version } = parse(text)?;
    match version {
        Some(VERSION) => {}
        Some(other) => {
            return Err(unreadable(format!(
                "it has version {other}, this iris-build reads version {VERSION}: build with the iris-build that wrote it, or a newer one"
            )));
        }
        None => {
            return Err(unreadable(format!(
                "it does not say its version, so it may be no schema lock at all; if it is, restore it from version control, where it has `version = {VERSION}`"
            )));
        }
    }
    let file: File = parse(text)?;
    file.into_lock().map_err(unreadable)
}

/// Git leaves both sides of a merge in the file.
fn no_conflict(text: &str) -> Result<(), LockError> {
    let marked = text.lines().position(|line| {
        ["<<<<<<< ", ">>>>>>> ", "||||||| "]
            .iter()
            .any(|marker| line.starts_with(marker))
            || line == "======="
    });
    match marked {
        None => Ok(()),
        Some(index) => Err(LockError::Unreadable {
            line: Some(index + 1),
            reason: "it has merge conflict markers: keep the lines of both sides, once each, \
                     without the markers, and build again; the order does not matter"
                .to_owned(),
        }),
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, LockError> {
    toml::from_str(text).map_err(|error| LockError::Unreadable {
        line: error
            .span()
            .and_then(|span| text.get(..span.start))
            .map(|before| before.matches('\n').count() + 1),
        reason: format!(
            "{}; restore the file from version control, nothing was written over it",
            error.message()
        ),
    })
}

fn unreadable(reason: String) -> LockError {
    LockError::Unreadable { line: None, reason }
}

#[derive(Deserialize)]
struct Version {
    version: Option<i64>,
}

const RESTORE: &str = "restore the file from version control";
