//! How deep messages nest.

use crate::cases::{read, refused, write};
use iris_core::json::ProtoJson;
use prost::Message;
use protojson::included::everything::v1::{Choices, Tree, WellKnown, choices};

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| format!("{}{{}}{}", "{\"left\":".repeat(depth), "}".repeat(depth));
    assert!(read::<Tree>(&nested(100)).is_ok());
    refused::<Tree>(&[
        (&nested(101), "left: messages nest deeper than 100 levels"),
        (&nested(200), "left: messages nest deeper than 100 levels"),
    ]);
    let lists = "[".repeat(100_000);
    refused::<WellKnown>(&[(
        &format!("{{\"value\": {lists}"),
        "messages nest deeper than 100 levels",
    )]);
    // Lists of messages are levels of JSON, not of messages.
    let lists = "{\"more\":[".repeat(100);
    refused::<Tree>(&[(&lists, "recursion limit")]);
    // What is passed over is not recursed into.
    let lists = "[".repeat(100_000);
    refused::<WellKnown>(&[(&format!("{{\"unknown\": {lists}"), "EOF")]);
}

/// Holds the depths at which JSON is read against those at which prost reads the same message.
#[track_caller]
fn as_deep_as_the_binary_format<M: Message + Default + ProtoJson>(inner: M, wrap: impl Fn(M) -> M) {
    let mut message = inner;
    let mut readable = 0;
    for depth in 0..=110 {
        let from_bytes = M::decode(&message.encode_to_vec()[..]).is_ok();
        let from_json = read::<M>(&write(&message).expect("a JSON form")).is_ok();
        assert_eq!(from_json, from_bytes, "at {depth} levels");
        readable += usize::from(from_json);
        message = wrap(message);
    }
    assert!((1..=101).contains(&readable), "{readable}");
}

#[test]
fn json_nests_as_deep_as_the_binary_format() {
    as_deep_as_the_binary_format(Tree::default(), |tree| Tree {
        right: Some(Box::new(tree)),
        ..Tree::default()
    });
    as_deep_as_the_binary_format(Tree::default(), |tree| Tree {
        named: [("a".into(), tree)].into(),
        ..Tree::default()
    });
    let timed = Choices {
        choice: Some(choices::Choice::At(prost_types::Timestamp::default())),
        ..Choices::default()
    };
    as_deep_as_the_binary_format(timed, |inner| Choices {
        choice: Some(choices::Choice::Again(Box::new(inner))),
        ..Choices::default()
    });
    as_deep_as_the_binary_format(prost_types::Value::from(1.0), |value| {
        prost_types::Value::from(vec![value])
    });
    as_deep_as_the_binary_format(prost_types::Value::from(1.0), |value| prost_types::Value {
        kind: Some(prost_types::value::Kind::StructValue(prost_types::Struct {
            fields: [("a".into(), value)].into(),
        })),
    });
}
