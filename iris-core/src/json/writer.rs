//! Writing a message's fields.

use super::{Kind, List, MapKey, Object, Oneof, Result, Shape, Writing};
use std::collections::HashMap;

/// Where [`Fields::write`](super::Fields::write) puts fields, each under its JSON name.
#[expect(missing_debug_implementations, reason = "it holds a closure")]
pub struct FieldWriter<'w> {
    out: &'w mut dyn FnMut(&str, Shape<'_>) -> Result,
    writing: Writing,
}

impl<'w> FieldWriter<'w> {
    pub(crate) fn new(out: &'w mut dyn FnMut(&str, Shape<'_>) -> Result, writing: Writing) -> Self {
        FieldWriter { out, writing }
    }

    /// A field with implicit presence: its default is left out.
    ///
    /// # Errors
    ///
    /// A value without a JSON form, or a failing writer. So for each method here.
    pub fn singular<K: Kind>(&mut self, name: &'static str, value: &K::Value) -> Result {
        match K::is_default(value) {
            true => Ok(()),
            false => self.present::<K>(name, value),
        }
    }

    /// A field with explicit presence.
    pub fn optional<K: Kind>(&mut self, name: &'static str, value: &Option<K::Value>) -> Result {
        match value {
            Some(value) => self.present::<K>(name, value),
            None => Ok(()),
        }
    }

    /// A field that is set: a required one of proto2, or the member of a oneof.
    pub fn present<K: Kind>(&mut self, name: &'static str, value: &K::Value) -> Result {
        (self.out)(name, K::shape(value, self.writing))
    }

    /// A repeated field: left out where it is empty.
    pub fn repeated<K: Kind>(&mut self, name: &'static str, values: &[K::Value]) -> Result {
        match values {
            [] => Ok(()),
            values => (self.out)(name, Shape::List(&Repeated::<K>(values, self.writing))),
        }
    }

    /// A map: left out where it is empty.
    pub fn map<M: MapKey, K: Kind>(
        &mut self,
        name: &'static str,
        entries: &HashMap<M, K::Value>,
    ) -> Result {
        match entries.is_empty() {
            true => Ok(()),
            false => (self.out)(name, Shape::Object(&Entries::<M, K>(entries, self.writing))),
        }
    }

    /// A oneof: its members stand among the message's fields.
    pub fn oneof<O: Oneof>(&mut self, member: &Option<O>) -> Result {
        match member {
            Some(member) => member.write(self),
            None => Ok(()),
        }
    }
}

struct Repeated<'a, K: Kind>(&'a [K::Value], Writing);

impl<K: Kind> List for Repeated<'_, K> {
    fn length(&self) -> usize {
        self.0.len()
    }

    fn write(&self, out: &mut dyn FnMut(Shape<'_>) -> Result) -> Result {
        self.0
            .iter()
            .try_for_each(|value| out(K::shape(value, self.1)))
    }
}

struct Entries<'a, M, K: Kind>(&'a HashMap<M, K::Value>, Writing);

impl<M: MapKey, K: Kind> Object for Entries<'_, M, K> {
    fn write(&self, out: &mut dyn FnMut(&str, Shape<'_>) -> Result) -> Result {
        let mut entries: Vec<_> = self.0.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        entries
            .into_iter()
            .try_for_each(|(key, value)| out(&key.to_name(), K::shape(value, self.1)))
    }
}
