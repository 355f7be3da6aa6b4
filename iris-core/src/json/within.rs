//! What a value is read or written within.

use super::failure::shown;
use super::{Failure, Members, Result};

/// The reading that a value is part of: it tells how deep the value stands, and what becomes of what is not known.
///
/// Each [`Kind`](super::Kind) hands it on to the values inside its own.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    levels: Levels,
    strict: bool,
}

/// The writing that a value is part of: it tells how deep the value stands.
///
/// Each [`Kind`](super::Kind) hands it on to the values inside its own.
#[derive(Debug, Clone, Copy)]
pub struct Writing {
    levels: Levels,
}

/// How many messages may still stand inside each other.
#[derive(Debug, Clone, Copy)]
struct Levels(u32);

/// How deep protobuf's binary format nests messages, not counting the outermost.
const DEEPEST: u32 = 100;

impl Reading {
    /// A reading that passes over what is not known.
    pub(crate) fn new() -> Self {
        Reading {
            levels: Levels::all(),
            strict: false,
        }
    }

    /// A reading that refuses what is not known.
    pub(crate) fn strict() -> Self {
        Reading {
            strict: true,
            ..Reading::new()
        }
    }

    /// Whether names of fields and of enum values that are not known are refused.
    pub fn is_strict(self) -> bool {
        self.strict
    }

    /// Passes over the value of a field that is not known, or refuses it.
    pub(crate) fn unknown(self, name: &str, members: &mut dyn Members) -> Result {
        match self.strict {
            true => Err(Failure::new("there is no such field").in_field(shown(name))),
            false => members.skip(),
        }
    }

    /// The reading of what is inside a message, or inside a map's entry, which is a message in the
    /// binary format.
    pub(crate) fn enter(self) -> Result<Self> {
        let levels = self.levels.enter()?;
        Ok(Reading { levels, ..self })
    }
}

impl Writing {
    pub(crate) fn new() -> Self {
        Writing {
            levels: Levels::all(),
        }
    }

    /// The writing of what is inside a message. Messages are written however deep they are: they
    /// were made here, or read within the limits of their format.
    pub(crate) fn inside(self) -> Self {
        Writing {
            levels: self.levels.enter().unwrap_or(Levels(0)),
        }
    }

    /// The writing of what an `Any` holds. Its bytes are read as they are written, so that the
    /// binary format's limit starts anew in each, and whoever sent them chose how many there are.
    pub(crate) fn unpack(self) -> Result<Self> {
        let levels = self.levels.enter()?;
        Ok(Writing { levels })
    }
}

impl Levels {
    fn all() -> Self {
        Levels(DEEPEST + 1)
    }

    fn enter(self) -> Result<Self> {
        match self.0.checked_sub(1) {
            Some(levels) => Ok(Levels(levels)),
            None => Err(Failure::new(format!(
                "messages nest deeper than {DEEPEST} levels"
            ))),
        }
    }
}
