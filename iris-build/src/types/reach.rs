//! What messages contain.

use super::{Types, type_name};
use prost_types::field_descriptor_proto::Type;
use std::collections::BTreeSet;

/// What can be got at from some messages, by full name. Map entries are looked through.
#[derive(Default)]
pub(crate) struct Reached {
    pub(crate) messages: BTreeSet<String>,
    pub(crate) enums: BTreeSet<String>,
}

impl Types<'_> {
    /// What the messages called `roots` contain, themselves included. Messages that are `opaque`
    /// are left out with everything below them.
    pub(crate) fn reach<'r>(
        &self,
        roots: impl IntoIterator<Item = &'r str>,
        opaque: impl Fn(&str) -> bool,
    ) -> Reached {
        let mut reached = Reached::default();
        let mut waiting: Vec<String> = roots.into_iter().map(str::to_owned).collect();
        while let Some(name) = waiting.pop() {
            let Some(message) = self.message(&name) else {
                continue;
            };
            if opaque(&name) || !reached.messages.insert(name) {
                continue;
            }
            for field in &message.descriptor.field {
                let field = self.map_entry(field).map_or(field, |(_, value)| value);
                let name = type_name(field);
                match field.r#type() {
                    Type::Message | Type::Group => waiting.push(name.to_owned()),
                    Type::Enum if !opaque(name) => {
                        reached.enums.insert(name.to_owned());
                    }
                    _ => {}
                }
            }
        }
        reached
    }
}
