//! Where things stand in the source, as far as they still do.

use crate::schema::{Remote, Schema};
use crate::types::{Types, tag};

/// Looks places up in the schema and its descriptors.
pub(in crate::lock) struct Places<'a> {
    schema: &'a Schema,
    types: &'a Types<'a>,
}

impl<'a> Places<'a> {
    pub(in crate::lock) fn new(schema: &'a Schema, types: &'a Types<'a>) -> Self {
        Places { schema, types }
    }

    pub(in crate::lock) fn remote(&self, full_name: &str) -> Option<String> {
        self.find_remote(full_name)
            .map(|remote| remote.place.to_string())
    }

    /// Of the procedure, or of its remote where it is gone.
    pub(in crate::lock) fn procedure(&self, remote: &str, name: &str) -> Option<String> {
        let found = self.find_remote(remote)?;
        let procedure = found
            .procedures
            .iter()
            .find(|procedure| procedure.name == name);
        let place = procedure.map_or(&found.place, |procedure| &procedure.place);
        Some(place.to_string())
    }

    pub(in crate::lock) fn message(&self, full_name: &str) -> Option<String> {
        let message = self.types.message(full_name)?;
        Some(self.types.place(message, &[], &self.schema.paths))
    }

    /// Of the field, or of its message where it is gone.
    pub(in crate::lock) fn field(&self, message: &str, number: i32) -> Option<String> {
        let declared = self.types.message(message)?;
        let mut fields = declared.descriptor.field.iter().zip(0..);
        match fields.find(|(field, _)| field.number() == number) {
            Some((_, index)) => Some(self.types.place(
                declared,
                &[tag::MESSAGE_FIELD, index],
                &self.schema.paths,
            )),
            None => self.message(message),
        }
    }

    pub(in crate::lock) fn enumeration(&self, full_name: &str) -> Option<String> {
        let enumeration = self.types.enumeration(full_name)?;
        Some(self.types.place(enumeration, &[], &self.schema.paths))
    }

    /// Of the value, or of its enum where it is gone.
    pub(in crate::lock) fn value(&self, enumeration: &str, name: &str) -> Option<String> {
        let declared = self.types.enumeration(enumeration)?;
        let mut values = declared.descriptor.value.iter().zip(0..);
        match values.find(|(value, _)| value.name() == name) {
            Some((_, index)) => Some(self.types.place(
                declared,
                &[tag::ENUM_VALUE, index],
                &self.schema.paths,
            )),
            None => self.enumeration(enumeration),
        }
    }

    pub(in crate::lock) fn code(&self, number: i32) -> Option<String> {
        let mut codes = self.schema.error_codes.iter();
        codes
            .find(|code| code.number == number)
            .map(|code| code.place.to_string())
    }

    /// Whether a `.proto` still has the message, be it out of every procedure's reach.
    pub(in crate::lock) fn declares_message(&self, full_name: &str) -> bool {
        self.types.message(full_name).is_some()
    }

    /// Whether a `.proto` still has the enum, be it out of every procedure's reach.
    pub(in crate::lock) fn declares_enum(&self, full_name: &str) -> bool {
        self.types.enumeration(full_name).is_some()
    }

    fn find_remote(&self, full_name: &str) -> Option<&'a Remote> {
        self.schema
            .remotes
            .iter()
            .find(|remote| remote.full_name() == full_name)
    }
}
