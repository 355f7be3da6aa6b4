//! Reading that refuses what is not known.

use crate::cases::read;
use iris_core::json;
use prost_types::Any;
use protojson::included::everything::v1::{Choices, Lists, Maps, Optionals, Tree};

#[track_caller]
fn refused<M: json::ProtoJson + std::fmt::Debug>(cases: &[(&str, &str)]) {
    for (text, reason) in cases {
        let error = json::from_slice_strict::<M>(text.as_bytes()).expect_err(text);
        assert!(error.to_string().starts_with(reason), "{text}: {error}");
        read::<M>(text).expect("passed over");
    }
}

#[test]
fn fields_that_are_not_known_are_refused() {
    refused::<Tree>(&[
        (r#"{"valeu": 1}"#, "valeu: there is no such field"),
        (
            r#"{"named": {"a": {"more": [{}, {"b": null}]}}}"#,
            "named[\"a\"].more[1].b: there is no such field",
        ),
    ]);
    refused::<()>(&[(r#"{"a": 1}"#, "a: there is no such field")]);
    refused::<Any>(&[(
        r#"{"@type": "/google.protobuf.Duration", "value": "1s", "seconds": 1}"#,
        "seconds: there is no such field",
    )]);
}

#[test]
fn names_of_enum_values_that_are_not_known_are_refused() {
    let reason =
        |place: &str| format!("{place}: unknown enum value \"LEVEL_MIDDLE\", expected one of");
    refused::<Optionals>(&[(r#"{"level": "LEVEL_MIDDLE"}"#, &reason("level"))]);
    refused::<Lists>(&[(r#"{"levels": ["LEVEL_MIDDLE"]}"#, &reason("levels[0]"))]);
    refused::<Maps>(&[(
        r#"{"byUint64": {"1": "LEVEL_MIDDLE"}}"#,
        &reason("byUint64[\"1\"]"),
    )]);
    refused::<Choices>(&[(r#"{"level": "LEVEL_MIDDLE"}"#, &reason("level"))]);
    let known = br#"{"levels": ["LEVEL_LOW", 7]}"#;
    assert_eq!(
        json::from_slice_strict::<Lists>(known)
            .expect("known")
            .levels,
        [1, 7]
    );
}
