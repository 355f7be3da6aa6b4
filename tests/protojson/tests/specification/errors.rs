//! What an error tells.

use crate::cases::{read, read_and_written, refused, write};
use protojson::included::everything::v1::{Awkward, Maps, Optionals, Scalars, Tree, WellKnown};

#[test]
fn errors_name_the_field_and_the_place() {
    let error = read::<Optionals>("{\n  \"scalars\": {\"aString\": 5}\n}").unwrap_err();
    assert_eq!(
        error,
        "scalars.aString: invalid type: integer `5`, expected a string at line 2 column 26"
    );
    refused::<Tree>(&[
        (
            r#"{"left": {"more": [{}, {"value": "a"}]}}"#,
            "left.more[1].value: invalid value",
        ),
        (
            r#"{"named": {"a b": {"right": 1}}}"#,
            "named[\"a b\"].right: invalid type",
        ),
        (
            r#"{"named": {"\n": {"right": {"value": 1"#,
            "named[\"\\n\"].right: EOF",
        ),
    ]);
    let long = "x".repeat(10_000);
    let error = read::<Scalars>(&format!("{{\"anInt32\": \"{long}\"}}")).unwrap_err();
    assert!(error.len() < 300, "{error}");
    let error = read::<Maps>(&format!("{{\"byInt32\": {{\"{long}\": 1}}}}")).unwrap_err();
    assert!(error.len() < 400, "{error}");
}

#[test]
fn values_without_a_json_form_are_errors_with_their_field() {
    let cases = [
        (
            Awkward {
                times: vec![
                    prost_types::Timestamp::default(),
                    prost_types::Timestamp {
                        seconds: i64::MAX,
                        nanos: 0,
                    },
                ],
                ..Awkward::default()
            },
            "times[1]: 9223372036854775807 seconds",
        ),
        (
            Awkward {
                inner: Some(WellKnown {
                    duration: Some(prost_types::Duration {
                        seconds: 1,
                        nanos: -1,
                    }),
                    ..WellKnown::default()
                }),
                ..Awkward::default()
            },
            "inner.duration: 1 seconds and -1 nanoseconds",
        ),
        (
            Awkward {
                inner: Some(WellKnown {
                    mask: Some(prost_types::FieldMask {
                        paths: vec!["fooBar".into()],
                    }),
                    ..WellKnown::default()
                }),
                ..Awkward::default()
            },
            "inner.mask: the field mask",
        ),
        (
            Awkward {
                values: [("a".into(), prost_types::Value { kind: None })].into(),
                ..Awkward::default()
            },
            "values[\"a\"]: a google.protobuf.Value is not set",
        ),
        (
            Awkward {
                values: [("a".into(), prost_types::Value::from(f64::NAN))].into(),
                ..Awkward::default()
            },
            "values[\"a\"]: a google.protobuf.Value holds the number NaN",
        ),
        (
            Awkward {
                any: Some(prost_types::Any {
                    type_url: "type.googleapis.com/a.B".into(),
                    value: vec![],
                }),
                ..Awkward::default()
            },
            "any: a google.protobuf.Any holds a message of the type \"a.B\", which is not known here; register",
        ),
        (
            Awkward {
                field: Some(prost_types::FieldDescriptorProto::default()),
                ..Awkward::default()
            },
            "field: google.protobuf.FieldDescriptorProto has no JSON form",
        ),
    ];
    for (message, reason) in cases {
        let error = write(&message).unwrap_err();
        assert!(error.starts_with(reason), "{error}");
    }
    refused::<Awkward>(&[
        (
            r#"{"any": {"value": 1, "@type": "type.googleapis.com/a.B"}}"#,
            "any.@type: a google.protobuf.Any holds a message of the type \"a.B\"",
        ),
        (
            r#"{"any": {"value": 1}}"#,
            "any: a google.protobuf.Any needs \"@type\"",
        ),
        (
            r#"{"field": {}}"#,
            "field: google.protobuf.FieldDescriptorProto has no JSON form",
        ),
    ]);
    read_and_written::<Awkward>(&[(r#"{"any": {}, "type": 9}"#, r#"{"any":{},"type":9}"#)]);
}
