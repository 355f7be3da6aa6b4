//! `google.protobuf.Any`: messages of types that were registered.

use crate::cases::{read, read_and_written, refused, write};
use iris_core::json;
use prost::{Message, Name};
use prost_types::Any;
use protojson::included::everything::v1::{Anything, Nothing, Scalars, WellKnown, maps};
use protojson::included::{Rootless, TYPES};
use std::sync::Once;

/// Registers the messages, as `Iris::contract` and generated clients do.
fn registered() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| json::register(TYPES));
}

fn any<M: Message + Name>(message: &M) -> Any {
    Any::from_msg(message).expect("bytes")
}

#[test]
fn messages_stand_beside_their_type() {
    registered();
    read_and_written::<Any>(&[
        ("{}", "{}"),
        (
            r#"{"@type": "type.googleapis.com/everything.v1.Scalars", "aString": "a", "anInt64": 5}"#,
            r#"{"@type":"type.googleapis.com/everything.v1.Scalars","anInt64":"5","aString":"a"}"#,
        ),
        // The domain is the sender's.
        (
            r#"{"@type": "https://example.com/a/b/everything.v1.Nothing"}"#,
            r#"{"@type":"https://example.com/a/b/everything.v1.Nothing"}"#,
        ),
        (
            r#"{"@type": "/everything.v1.Maps.Inner", "unknown": {"@type": 1}}"#,
            r#"{"@type":"/everything.v1.Maps.Inner"}"#,
        ),
        (
            r#"{"@type": "type.googleapis.com/Rootless"}"#,
            r#"{"@type":"type.googleapis.com/Rootless"}"#,
        ),
        // A field may be called as the member that well-known types have.
        (
            r#"{"@type": "type.googleapis.com/everything.v1.Tree", "value": 5, "left": {"value": 6}}"#,
            r#"{"@type":"type.googleapis.com/everything.v1.Tree","value":5,"left":{"value":6}}"#,
        ),
        (
            r#"{"@type": "type.googleapis.com/iris.v1.ErrorDetail", "code": 0, "internal_message": "a"}"#,
            r#"{"@type":"type.googleapis.com/iris.v1.ErrorDetail","code":0,"internalMessage":"a"}"#,
        ),
    ]);
    let text = r#"{"@type": "type.googleapis.com/everything.v1.Scalars", "aString": "a"}"#;
    let scalars = Scalars {
        a_string: "a".into(),
        ..Scalars::default()
    };
    assert_eq!(read::<Any>(text), Ok(any(&scalars)));
    for name in [
        Scalars::full_name(),
        Nothing::full_name(),
        Rootless::full_name(),
        maps::Inner::full_name(),
    ] {
        assert!(TYPES.iter().any(|ty| ty.name() == name), "{name}");
    }
}

#[test]
fn well_known_types_are_the_member_value() {
    registered();
    let form = |name: &str, value: &str| {
        format!(r#"{{"@type":"type.googleapis.com/google.protobuf.{name}","value":{value}}}"#)
    };
    for (name, value) in [
        ("Any", "{}"),
        ("Timestamp", "\"1970-01-01T00:00:01Z\""),
        ("Duration", "\"1.500s\""),
        ("FieldMask", "\"a,b.cD\""),
        ("Struct", r#"{"a":[1.0,{"b":null}]}"#),
        ("Value", "null"),
        ("Value", "[true]"),
        ("ListValue", "[\"a\"]"),
        ("BoolValue", "true"),
        ("BytesValue", "\"AQ==\""),
        ("DoubleValue", "\"NaN\""),
        ("FloatValue", "0.5"),
        ("Int32Value", "0"),
        ("Int64Value", "\"-5\""),
        ("StringValue", "\"a\""),
        ("UInt32Value", "5"),
        ("UInt64Value", "\"5\""),
    ] {
        let text = form(name, value);
        read_and_written::<Any>(&[(&text, &text)]);
    }
    read_and_written::<Any>(&[
        (
            r#"{"unknown": {}, "value": "5", "@type": "type.googleapis.com/google.protobuf.Int32Value"}"#,
            &form("Int32Value", "5"),
        ),
        // It has no form of its own, though some write it as if it had.
        (
            &form("Empty", "{}"),
            r#"{"@type":"type.googleapis.com/google.protobuf.Empty"}"#,
        ),
    ]);
}

#[test]
fn the_type_may_come_at_any_place() {
    registered();
    let written = r#"{"any":{"@type":"type.googleapis.com/everything.v1.Anything","many":[{"@type":"type.googleapis.com/everything.v1.Scalars","anInt64":"-9223372036854775808","aUint64":"18446744073709551615","aBool":true,"aString":"\n"}],"named":{"a":{}}}}"#;
    read_and_written::<Anything>(&[
        (
            r#"{"any": {
                "named": {"a": {}},
                "many": [{
                    "aString": "\n",
                    "@type": "type.googleapis.com/everything.v1.Scalars",
                    "aBool": true,
                    "aFloat": null,
                    "aDouble": 0.0,
                    "anInt64": -9223372036854775808,
                    "aUint64": 18446744073709551615
                }],
                "unknown": [{"@type": []}, 1.5, -1],
                "@type": "type.googleapis.com/everything.v1.Anything"
            }}"#,
            written,
        ),
        (
            r#"{"any": {
                "many": [{
                    "anInt64": "-9223372036854775808",
                    "aUint64": "18446744073709551615",
                    "aBool": true,
                    "aString": "\n",
                    "@type": "type.googleapis.com/everything.v1.Scalars"
                }],
                "@type": "type.googleapis.com/everything.v1.Anything",
                "named": {"a": {}}
            }}"#,
            written,
        ),
    ]);
}

#[test]
fn fields_of_every_kind_hold_any() {
    registered();
    let url = "type.googleapis.com/everything.v1.WellKnown";
    let each = format!(r#"{{"@type":"{url}","duration":"1s"}}"#);
    let text =
        format!(r#"{{"any":{each},"many":[{each},{{}}],"named":{{"a":{each}}},"chosen":{each}}}"#);
    read_and_written::<Anything>(&[(&text, &text), (r#"{"any": null}"#, "{}")]);
    let message: Anything = read(&text).expect("messages");
    let inside = WellKnown {
        duration: Some(prost_types::Duration {
            seconds: 1,
            nanos: 0,
        }),
        ..WellKnown::default()
    };
    assert_eq!(message.any, Some(any(&inside)));
    assert_eq!(message.named["a"], any(&inside));
}

#[test]
fn errors_name_the_type_and_the_place() {
    registered();
    refused::<Anything>(&[
        (
            r#"{"any": {"@type": "type.googleapis.com/a.B"}}"#,
            "any.@type: a google.protobuf.Any holds a message of the type \"a.B\", which is not known here; register the messages",
        ),
        (
            r#"{"any": {"@type": "everything.v1.Scalars"}}"#,
            "any.@type: a google.protobuf.Any names its type by a URL, such as \"type.googleapis.com/users.v1.User\", and not \"everything.v1.Scalars\"",
        ),
        (
            r#"{"any": {"@type": ""}}"#,
            "any.@type: a google.protobuf.Any names its type by a URL",
        ),
        (
            r#"{"any": {"@type": 5}}"#,
            "any.@type: invalid type: integer `5`, expected a type URL",
        ),
        (
            r#"{"any": {"a": 1, "@type": null}}"#,
            "any.@type: invalid type: null, expected a type URL",
        ),
        (
            r#"{"any": {"@type": "/everything.v1.Nothing", "a": 1, "@type": "/everything.v1.Nothing"}}"#,
            "any.@type: the field is given twice",
        ),
        (
            r#"{"any": {"@type": "/everything.v1.Scalars", "aString": "a", "a_string": "b"}}"#,
            "any.a_string: the field is given twice",
        ),
        (
            r#"{"any": {"aString": "a", "aString": "a", "@type": "/everything.v1.Scalars"}}"#,
            "any.aString: the field is given twice",
        ),
        (
            r#"{"many": [{}, {"left": {"value": "a"}, "@type": "/everything.v1.Tree"}]}"#,
            "many[1].left.value: invalid value",
        ),
        (
            r#"{"any": {"@type": "/google.protobuf.Duration", "value": "1"}}"#,
            "any.value: invalid value",
        ),
        (
            r#"{"any": {"@type": "/google.protobuf.Duration", "value": "1s", "value": "1s"}}"#,
            "any.value: the field is given twice",
        ),
        (
            r#"{"any": {"@type": "/google.protobuf.Duration"}}"#,
            "any: a google.protobuf.Any of the type \"google.protobuf.Duration\" needs \"value\"",
        ),
        (
            r#"{"any": {"@type": "/google.protobuf.Int32Value", "value": null}}"#,
            "any.value: invalid type: null",
        ),
        (r#"{"any": {"a": {"b": [tru"#, "any.a: EOF"),
        (r#"{"any": []}"#, "any: invalid type: sequence"),
    ]);
    let unknown = Anything {
        many: vec![Any {
            type_url: "type.googleapis.com/a.B".into(),
            value: vec![],
        }],
        ..Anything::default()
    };
    let error = write(&unknown).unwrap_err();
    assert!(
        error.starts_with("many[0]: a google.protobuf.Any holds a message of the type \"a.B\""),
        "{error}"
    );
    for (any, reason) in [
        (
            Any {
                type_url: "type.googleapis.com/everything.v1.Scalars".into(),
                value: b"\xff".to_vec(),
            },
            "any: the value of the google.protobuf.Any: ",
        ),
        (
            Any {
                type_url: String::new(),
                value: vec![1],
            },
            "any: a google.protobuf.Any names its type by a URL",
        ),
        (
            any(&prost_types::Duration {
                seconds: i64::MAX,
                nanos: 0,
            }),
            "any.value: ",
        ),
        (
            any(&Anything {
                any: Some(any(&WellKnown {
                    value: Some(prost_types::Value { kind: None }),
                    ..WellKnown::default()
                })),
                ..Anything::default()
            }),
            "any.any.value: a google.protobuf.Value is not set",
        ),
    ] {
        let error = write(&Anything {
            any: Some(any),
            ..Anything::default()
        })
        .unwrap_err();
        assert!(error.starts_with(reason), "{error}");
    }
}

/// The JSON of `levels` messages, each in an `Any` of the one before.
fn nested(levels: usize, before: &str, after: &str) -> String {
    format!("{}{{}}{}", before.repeat(levels), after.repeat(levels))
}

#[test]
fn nesting_is_bounded() {
    registered();
    let type_first = r#"{"@type":"/everything.v1.Anything","any":"#;
    let type_last = r#","@type":"/everything.v1.Anything"}"#;
    let too_deep = "nest deeper than 100 levels";
    // What comes before its type is kept as JSON first, in which serde_json has a limit of its own.
    for (before, after, endless) in [
        (type_first, "}", too_deep),
        (r#"{"any":"#, type_last, "recursion limit"),
    ] {
        let message: Any = read(&nested(100, before, after)).expect("100 levels");
        assert_eq!(write(&message), Ok(nested(100, type_first, "}")));
        for (levels, reason) in [(101, too_deep), (20_000, endless)] {
            let error = read::<Any>(&nested(levels, before, after)).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
    let wrapped = r#"{"@type":"/google.protobuf.Any","value":"#;
    read_and_written::<Any>(&[(&nested(100, wrapped, "}"), &nested(100, wrapped, "}"))]);
    let error = read::<Any>(&nested(101, wrapped, "}")).unwrap_err();
    assert!(error.contains(too_deep), "{error}");
}

#[test]
fn bytes_that_nest_without_end_are_refused() {
    registered();
    // Bytes inside bytes: the binary format sees one level.
    let mut message = Any::default();
    for _ in 0..5_000 {
        message = Any {
            type_url: "/google.protobuf.Any".into(),
            value: message.encode_to_vec(),
        };
    }
    let error = write(&message).unwrap_err();
    assert!(error.contains("nest deeper than 100 levels"), "{error}");
}

#[test]
fn registering_twice_changes_nothing() {
    registered();
    json::register(TYPES);
    json::register(protojson::messages::TYPES);
    let text = r#"{"@type":"/everything.v1.Nothing"}"#;
    read_and_written::<Any>(&[(text, text)]);
}
