//! Descriptors of which some bytes are others: a client or an error, and nothing else.

use super::{Folder, descriptors};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

const EVERYTHING: &str = r#"syntax = "proto3";
package a.v1;
import "google/protobuf/empty.proto";
// Does it.
service Does {
  // Once.
  rpc Once(All) returns (google.protobuf.Empty) { option deprecated = true; }
  rpc Often(stream All.Inner) returns (stream All) { option idempotency_level = IDEMPOTENT; }
}
// All of it.
message All {
  oneof one { string text = 1; All inside = 2; }
  map<string, Inner> by_name = 3;
  optional Kind kind = 4;
  repeated int64 numbers = 5 [deprecated = true];
  message Inner { bytes data = 1 [json_name = "other"]; }
  enum Kind { option allow_alias = true; KIND_NONE = 0; KIND_SAME = 0; KIND_SOME = -1; }
}
"#;

const OLD: &str = r#"syntax = "proto2";
package b;
message Old {
  required int32 number = 1 [default = -3];
  optional double ratio = 2 [default = inf];
  optional Grade grade = 3 [default = GOOD];
  optional group Part = 4 { optional string text = 1 [default = "a"]; }
  repeated int32 packed = 5 [packed = true];
  extensions 100 to 199;
  enum Grade { BAD = 3; GOOD = 4; }
}
extend Old { optional string more = 100; }
service Keeps { rpc Keep(Old) returns (Old); }
"#;

/// What terminals take orders by.
const ESCAPE: char = '\u{1b}';

/// Names that a field may say its type is called, whatever they are of.
const NAMES: [&str; 10] = [
    ".a.v1.All",
    ".a.v1.All.Inner",
    ".a.v1.All.Kind",
    ".a.v1.All.ByNameEntry",
    ".a.v1.All.text",
    ".a.v1.Does",
    ".a.v1",
    ".google.protobuf.Empty",
    ".b.Old.Part",
    "Inner",
];

fn both() -> Vec<u8> {
    descriptors(&[("a.proto", EVERYTHING), ("b.proto", OLD)])
}

/// A client of them, or an error and nothing else.
fn run(set: Vec<u8>) -> Result<(), TestCaseError> {
    let folder = Folder::new();
    if let Err(error) = folder.run(set) {
        prop_assert!(folder.files("").is_empty());
        prop_assert!(!error.to_string().contains(ESCAPE));
    }
    Ok(())
}

/// Every field of a file, those of nested messages and extensions among them.
fn fields(file: &mut FileDescriptorProto) -> Vec<&mut FieldDescriptorProto> {
    fn add<'a>(
        messages: &'a mut [DescriptorProto],
        fields: &mut Vec<&'a mut FieldDescriptorProto>,
    ) {
        for message in messages {
            fields.extend(&mut message.field);
            add(&mut message.nested_type, fields);
        }
    }
    let mut fields: Vec<_> = file.extension.iter_mut().collect();
    add(&mut file.message_type, &mut fields);
    fields
}

/// Gives a field something else, which need not go with the rest of it.
fn change(field: &mut FieldDescriptorProto, what: u8, number: i32, name: &str) {
    match what {
        0 => field.r#type = Some(number % 20),
        1 => field.label = Some(number % 5),
        2 => field.type_name = Some(name.to_owned()),
        3 => field.type_name = None,
        4 => field.number = Some(number),
        5 => field.oneof_index = Some(number % 3),
        6 => field.oneof_index = None,
        7 => field.proto3_optional = Some(number % 2 == 0),
        8 => field.default_value = Some(number.to_string()),
        9 => field.default_value = Some(format!("{name}\\\"\n")),
        10 => field.json_name = Some(format!("{name}\"\n*/")),
        _ => field.extendee = Some(name.to_owned()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_descriptors_stop_nothing(
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..4),
    ) {
        let mut set = both();
        for (at, byte, how) in changes {
            let at = at.index(set.len());
            match how {
                0 => set[at] = byte,
                1 => set[at] ^= 1 << (byte % 8),
                2 => set.truncate(at.max(1)),
                _ => drop(set.remove(at)),
            }
            if set.is_empty() {
                break;
            }
        }
        run(set)?;
    }

    #[test]
    fn fields_that_are_not_what_they_say_stop_nothing(
        changes in vec((any::<prop::sample::Index>(), 0..12_u8, -2..30_i32, 0..NAMES.len()), 1..4),
    ) {
        let mut set = FileDescriptorSet::decode(&both()[..]).unwrap();
        for (at, what, number, name) in changes {
            let own = set.file.iter_mut().filter(|file| file.package() != "google.protobuf");
            let mut fields: Vec<_> = own.flat_map(fields).collect();
            let at = at.index(fields.len());
            change(fields[at], what, number, NAMES[name]);
        }
        run(set.encode_to_vec())?;
    }
}
