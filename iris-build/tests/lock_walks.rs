//! The schema lock along random histories of a message.

#![allow(
    clippy::unwrap_used,
    reason = "what a test sets up is there, or the test fails"
)]

mod schemas_from_text;

use iris_build::lock::check;
use iris_build::schema::Schema;
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};
use schemas_from_text::{procedure, remote, schema};
use std::collections::BTreeMap;

/// The fields of one message: number, and name and type.
type Fields = BTreeMap<i32, (&'static str, &'static str)>;

const NAMES: [&str; 6] = ["anna", "bert", "cora", "dora", "emil", "fritz"];
const TYPES: [&str; 3] = ["string", "int32", "repeated bytes"];

/// Few numbers and names, so that histories come back to them.
fn fields() -> impl Strategy<Value = Fields> {
    let field = (
        1..7,
        prop::sample::select(NAMES.as_slice()),
        prop::sample::select(TYPES.as_slice()),
    );
    prop::collection::vec(field, 0..5).prop_map(|drawn| {
        let mut fields = Fields::new();
        for (number, name, kind) in drawn {
            if fields.values().all(|(taken, _)| *taken != name) {
                fields.insert(number, (name, kind));
            }
        }
        fields
    })
}

fn schema_of(fields: &Fields) -> Schema {
    let lines: Vec<String> = fields
        .iter()
        .map(|(number, (name, kind))| format!("{kind} {name} = {number};"))
        .collect();
    let text = format!(
        "syntax = \"proto3\"; package walk; message Message {{ {} }}",
        lines.join(" ")
    );
    let mut schema = schema(&[("walk.proto", &text)]);
    let call = procedure("Call", "walk.Message", "walk.Message");
    schema.remotes.push(remote("walk.Walk", vec![call]));
    schema
}

/// Whether a field takes a number or a name that is free now and was last something else.
fn takes_up_again(history: &[Fields], now: &Fields) -> bool {
    let last_of = |had: &dyn Fn(i32, &str) -> bool| {
        let (before, earlier) = history.split_last()?;
        let find = |fields: &Fields| {
            let mut fields = fields.iter();
            fields
                .find(|(number, (name, _))| had(**number, name))
                .map(|(number, field)| (*number, *field))
        };
        match find(before) {
            Some(_) => None,
            None => earlier.iter().rev().find_map(find),
        }
    };
    now.iter().any(|(number, field)| {
        let changed = |last: Option<_>| last.is_some_and(|last| last != (*number, *field));
        changed(last_of(&|had, _| had == *number)) || changed(last_of(&|_, had| had == field.0))
    })
}

/// Whether a field differs from one that had its number or its name at any time.
fn differs_from_an_earlier_one(history: &[Fields], now: &Fields) -> bool {
    now.iter().any(|(number, field)| {
        history.iter().flatten().any(|(had_number, had)| {
            (had_number == number || had.0 == field.0) && (had_number, had) != (number, field)
        })
    })
}

proptest! {
    #[test]
    fn what_was_given_up_is_never_taken_up_by_another(walk in prop::collection::vec(fields(), 1..7)) {
        let mut lock: Option<String> = None;
        let mut history: Vec<Fields> = Vec::new();
        for fields in walk {
            let schema = schema_of(&fields);
            match check(&schema, lock.as_deref(), true) {
                Ok(text) => {
                    prop_assert_eq!(check(&schema, Some(&text), false), Ok(text.clone()));
                    prop_assert!(!takes_up_again(&history, &fields), "{history:?} then {fields:?}\n{text}");
                    lock = Some(text);
                    history.push(fields);
                }
                Err(error) => {
                    prop_assert!(error.problems().iter().all(|problem| !problem.can_be_accepted));
                    prop_assert!(
                        differs_from_an_earlier_one(&history, &fields),
                        "{history:?} then {fields:?}\n{error}"
                    );
                }
            }
        }
    }

    #[test]
    fn growing_is_free(base in fields(), more in fields()) {
        let mut grown = base.clone();
        for (number, field) in more {
            if grown.values().all(|(name, _)| *name != field.0) {
                grown.entry(number).or_insert(field);
            }
        }
        let lock = check(&schema_of(&base), None, false).unwrap();
        let updated = check(&schema_of(&grown), Some(&lock), false);
        prop_assert_eq!(updated, check(&schema_of(&grown), None, false));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*") {
        let _ = check(&schema_of(&Fields::new()), Some(&text), true);
        let _ = check(&schema_of(&Fields::new()), Some(&format!("version = 1\n{text}")), true);
    }
}
