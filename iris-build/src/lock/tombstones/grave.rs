//! One removed thing, and which of its handles it keeps from being used again.

use crate::lock::live::{Code, Field};
use std::collections::BTreeSet;

/// A field, an enum value or an error code that is gone, at least in part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::lock) struct Grave<T> {
    pub(in crate::lock) number: i32,
    pub(in crate::lock) thing: T,
    /// A field that was renamed gave up its name alone: its number went on in use.
    pub(in crate::lock) holds: BTreeSet<Handle>,
}

/// What callers know a thing by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::lock) enum Handle {
    Number,
    Name,
    JsonName,
}

/// A thing that has a number and at least one name.
pub(in crate::lock) trait Named: Clone + Ord {
    /// The handles beside the number.
    const NAMES: &'static [Handle];

    /// The name; that in JSON for [`Handle::JsonName`].
    fn name(&self, handle: Handle) -> String;
}

/// A thing of the new schema that takes what a grave holds.
pub(super) struct Reuse<'r, T> {
    pub(super) number: i32,
    pub(super) thing: &'r T,
    pub(super) handle: Handle,
    pub(super) grave: &'r Grave<T>,
}

impl Named for Field {
    const NAMES: &'static [Handle] = &[Handle::Name, Handle::JsonName];

    fn name(&self, handle: Handle) -> String {
        match handle {
            Handle::JsonName => self.json(),
            _ => self.name.clone(),
        }
    }
}

/// An enum value is its name.
impl Named for String {
    const NAMES: &'static [Handle] = &[Handle::Name];

    fn name(&self, _: Handle) -> String {
        self.clone()
    }
}

impl Named for Code {
    const NAMES: &'static [Handle] = &[Handle::Name];

    fn name(&self, _: Handle) -> String {
        self.name.clone()
    }
}

impl Handle {
    pub(in crate::lock) const ALL: [Handle; 3] = [Handle::Number, Handle::Name, Handle::JsonName];

    /// The word in `iris.lock`.
    pub(in crate::lock) fn as_str(self) -> &'static str {
        match self {
            Handle::Number => "number",
            Handle::Name => "name",
            Handle::JsonName => "json_name",
        }
    }

    /// Every handle of things of this sort.
    pub(in crate::lock) fn all_of<T: Named>() -> BTreeSet<Handle> {
        T::NAMES.iter().copied().chain([Handle::Number]).collect()
    }
}

impl<T: Named> Grave<T> {
    fn has(&self, handle: Handle, number: i32, thing: &T) -> bool {
        match handle {
            Handle::Number => self.number == number,
            _ => self.thing.name(handle) == thing.name(handle),
        }
    }

    fn holds_any(&self) -> bool {
        !self.holds.is_empty()
    }

    fn is_restored(&self, new: &[(i32, &T)]) -> bool {
        new.contains(&(self.number, &self.thing))
    }

    /// Lets go of what is in use.
    fn release(&mut self, new: &[(i32, &T)]) {
        let mut holds = std::mem::take(&mut self.holds);
        holds.retain(|&handle| {
            !new.iter()
                .any(|(number, thing)| self.has(handle, *number, thing))
        });
        self.holds = holds;
    }
}

/// The graves once `new` has taken the place of `old`: what went is added, what came back exactly
/// as it was is taken away.
pub(super) fn after<'l, T: Named + 'l>(
    graves: &BTreeSet<Grave<T>>,
    old: impl Iterator<Item = (i32, &'l T)>,
    new: &[(i32, &T)],
) -> BTreeSet<Grave<T>> {
    let gone = old.map(|(number, thing)| Grave {
        number,
        thing: thing.clone(),
        holds: Handle::all_of::<T>(),
    });
    graves
        .iter()
        .cloned()
        .chain(gone)
        .filter(|grave| !grave.is_restored(new))
        .map(|mut grave| {
            grave.release(new);
            grave
        })
        .filter(Grave::holds_any)
        .collect()
}

/// Every use of what a grave holds.
///
/// Two enum values that shared a number lie in two graves that hold it. Restoring one of them takes
/// the number back into use, and the other grave no longer stands against that.
pub(super) fn reuses<'r, T: Named>(
    graves: &'r BTreeSet<Grave<T>>,
    new: &[(i32, &'r T)],
) -> Vec<Reuse<'r, T>> {
    let (restored, closed): (Vec<_>, Vec<_>) =
        graves.iter().partition(|grave| grave.is_restored(new));
    let mut reuses = Vec::new();
    for &(number, thing) in new {
        for grave in &closed {
            let taken = grave.holds.iter().copied().find(|&handle| {
                let is_back = || {
                    restored.iter().any(|other| {
                        other.holds.contains(&handle) && other.has(handle, number, thing)
                    })
                };
                grave.has(handle, number, thing) && !is_back()
            });
            reuses.extend(taken.map(|handle| Reuse {
                number,
                thing,
                handle,
                grave,
            }));
        }
    }
    reuses
}
