//! What a value is read or written within.

use super::{Failure, Result};
use std::marker::PhantomData;

/// The reading that a value is part of.
///
/// Each [`Kind`](super::Kind) hands it on to the values inside its own. It tells how deep they
/// stand, and is where a registry of types will come from when `google.protobuf.Any` has one.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'r> {
    /// How many messages may still stand inside each other, this one's own among them.
    levels: u32,
    types: PhantomData<&'r ()>,
}

/// The writing that a value is part of.
///
/// Each [`Kind`](super::Kind) hands it on to the values inside its own. It is where a registry of
/// types will come from when `google.protobuf.Any` has one.
#[derive(Debug, Clone, Copy)]
pub struct Writing<'w> {
    types: PhantomData<&'w ()>,
}

/// How deep protobuf's binary format nests messages, not counting the outermost.
const DEEPEST: u32 = 100;

impl Reading<'_> {
    pub(crate) fn new() -> Self {
        Reading {
            levels: DEEPEST + 1,
            types: PhantomData,
        }
    }

    /// The reading of what is inside a message, or inside a map's entry, which is a message in the
    /// binary format.
    pub(crate) fn enter(self) -> Result<Self> {
        match self.levels.checked_sub(1) {
            Some(levels) => Ok(Reading { levels, ..self }),
            None => Err(Failure::new(format!(
                "messages nest deeper than {DEEPEST} levels"
            ))),
        }
    }
}

impl Writing<'_> {
    pub(crate) fn new() -> Self {
        Writing { types: PhantomData }
    }
}
