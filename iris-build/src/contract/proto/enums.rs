//! Enums and their values.

use super::{Printer, child, options};
use crate::contract::types::tag;
use prost_types::EnumDescriptorProto;

impl Printer<'_> {
    pub(super) fn enumeration(&mut self, enumeration: &EnumDescriptorProto, path: &[i32]) {
        self.comment(path);
        self.writer.open(&format!("enum {}", enumeration.name()));
        for option in options::of_enum(enumeration) {
            self.writer.line(&format!("option {option};"));
        }
        for (value, index) in enumeration.value.iter().zip(0..) {
            self.comment(&child(path, tag::ENUM_VALUE, index));
            let deprecated = match &value.options {
                Some(options) if options.deprecated() => " [deprecated = true]",
                _ => "",
            };
            self.writer.line(&format!(
                "{} = {}{deprecated};",
                value.name(),
                value.number()
            ));
        }
        let ranges = enumeration
            .reserved_range
            .iter()
            // Unlike a message's, an enum's ranges include their end.
            .map(|range| options::range(range.start(), range.end(), i32::MAX));
        self.reserved(ranges.collect(), &enumeration.reserved_name);
        self.writer.close();
    }

    pub(super) fn reserved(&mut self, ranges: Vec<String>, names: &[String]) {
        if !ranges.is_empty() {
            self.writer
                .line(&format!("reserved {};", ranges.join(", ")));
        }
        if !names.is_empty() {
            let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
            self.writer.line(&format!("reserved {};", names.join(", ")));
        }
    }
}
