//! Variables of an app on their way through the launcher stage.
//!
//! The stage begins with more rights than the app is to have, and what loads it obeys some variables (`LD_PRELOAD` is one).
//! So those that somebody pushed come by names that mean nothing to anybody, and get their own with the app.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

/// What their names begin with on the way.
const PREFIX: &str = "IRIS_UP_PUSHED_";

/// What the daemon sets and an app may have otherwise. All else that the daemon says goes before.
const USUAL: [&str; 8] = [
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_XRAY_CONTEXT_MISSING",
    "HOME",
    "LANG",
    "PATH",
    "TMPDIR",
    "TZ",
];

/// Whether an app may have another value of a variable that the daemon sets.
pub(crate) fn is_usual(name: &str) -> bool {
    USUAL.contains(&name)
}

/// The variables as the stage is given them.
pub(crate) fn wrapped<'a>(
    variables: impl Iterator<Item = (&'a str, &'a str)>,
) -> impl Iterator<Item = (String, String)> {
    let numbered = variables.enumerate();
    numbered.map(|(number, (name, value))| (format!("{PREFIX}{number}"), format!("{name}={value}")))
}

/// Gives an app its variables.
pub(super) fn unwrap(command: &mut Command) {
    let all: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    let is_wrapped = |name: &OsStr| name.as_bytes().starts_with(PREFIX.as_bytes());
    for (wrapped, pair) in all.iter().filter(|(name, _)| is_wrapped(name)) {
        command.env_remove(wrapped);
        let pair = pair.as_bytes();
        let Some(end) = pair.iter().position(|byte| *byte == b'=') else {
            continue;
        };
        let (name, value) = (
            OsStr::from_bytes(&pair[..end]),
            OsStr::from_bytes(&pair[end + 1..]),
        );
        let said = all.iter().any(|(known, _)| known == name);
        let usual = USUAL.iter().any(|usual| name == *usual);
        if !is_wrapped(name) && (usual || !said) {
            command.env(name, value);
        }
    }
}
