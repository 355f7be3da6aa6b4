//! Why the lock stops a build.

use std::fmt;

/// Why the lock stops a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockError {
    /// `iris.lock` cannot be read. Nothing may be written over it.
    Unreadable {
        /// Counted from 1, where it is known.
        line: Option<usize>,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The schema no longer agrees with `iris.lock`: never empty.
    Changed(Vec<Problem>),
}

/// One thing that no longer agrees with the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `users/v1/users.proto:12` or `src/remotes/users.rs:40`; `None` where nothing of it is left.
    pub place: Option<String>,
    /// What broke, and for whom.
    pub what: String,
    /// Whether `IRIS_LOCK=accept` makes it go through. Reuse of what was removed never does.
    pub can_be_accepted: bool,
}

impl LockError {
    /// Every problem; empty where the lock could not be read.
    pub fn problems(&self) -> &[Problem] {
        match self {
            LockError::Unreadable { .. } => &[],
            LockError::Changed(problems) => problems,
        }
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LockError::Unreadable { line, reason } => {
                formatter.write_str("iris.lock")?;
                if let Some(line) = line {
                    write!(formatter, ":{line}")?;
                }
                write!(formatter, ": {reason}")
            }
            LockError::Changed(problems) => {
                formatter.write_str("the schema no longer agrees with iris.lock:\n")?;
                for problem in problems {
                    write!(formatter, "\n  {problem}")?;
                }
                formatter.write_str("\n\n")?;
                formatter.write_str(advice(problems))
            }
        }
    }
}

fn advice(problems: &[Problem]) -> &'static str {
    let some = |acceptable: bool| {
        problems
            .iter()
            .any(|problem| problem.can_be_accepted == acceptable)
    };
    match (some(true), some(false)) {
        (true, false) => {
            "Restore what is named above, or run `IRIS_LOCK=accept cargo build` to accept these breaks and record them."
        }
        (true, true) => {
            "What was removed before cannot be used again, accepted or not: choose other numbers and names there. \
             Restore the rest, or run `IRIS_LOCK=accept cargo build` to accept those breaks and record them."
        }
        (false, _) => {
            "What was removed before cannot be used again, accepted or not: choose other numbers and names."
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(formatter, "{place}: ")?;
        }
        formatter.write_str(&self.what)
    }
}

impl std::error::Error for LockError {}
