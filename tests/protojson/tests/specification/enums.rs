//! Names and numbers of enums.

use crate::cases::{read_and_written, refused};
use protojson::included::everything::v1::{
    Aliases, Choices, Level, Lists, Maps, Optionals, Scalars,
};

#[test]
fn enums_are_names_or_numbers() {
    read_and_written::<Scalars>(&[
        (r#"{"level": "LEVEL_HIGH"}"#, r#"{"level":"LEVEL_HIGH"}"#),
        (r#"{"level": 2}"#, r#"{"level":"LEVEL_HIGH"}"#),
        (r#"{"level": 2.0}"#, r#"{"level":"LEVEL_HIGH"}"#),
        (r#"{"level": -1}"#, r#"{"level":"LEVEL_NEGATIVE"}"#),
        (r#"{"level": 17}"#, r#"{"level":17}"#),
        (r#"{"level": "LEVEL_UNSPECIFIED"}"#, "{}"),
    ]);
    refused::<Scalars>(&[
        // No name that an enum may get: nothing to pass over.
        (
            r#"{"level": "2"}"#,
            "level: unknown enum value \"2\", expected one of LEVEL_UNSPECIFIED, LEVEL_LOW",
        ),
        (r#"{"level": ""}"#, "level: unknown enum value"),
        (r#"{"level": "LEVEL LOW"}"#, "level: unknown enum value"),
        (r#"{"level": 2147483648}"#, "level: invalid value"),
        (r#"{"level": true}"#, "level: invalid type"),
    ]);
    read_and_written::<Aliases>(&[
        (
            r#"{"one": "ALIASED_ALSO_FIRST"}"#,
            r#"{"one":"ALIASED_FIRST"}"#,
        ),
        (r#"{"one": "ALIASED_FIRST"}"#, r#"{"one":"ALIASED_FIRST"}"#),
    ]);
}

#[test]
fn enum_names_of_newer_peers_are_passed_over_as_unknown_fields_are() {
    read_and_written::<Scalars>(&[(
        r#"{"level": "LEVEL_MIDDLE", "aBool": true}"#,
        r#"{"aBool":true}"#,
    )]);
    read_and_written::<Optionals>(&[(r#"{"level": "LEVEL_MIDDLE"}"#, "{}")]);
    read_and_written::<Lists>(&[
        (r#"{"levels": ["LEVEL_MIDDLE"]}"#, "{}"),
        (
            r#"{"levels": ["LEVEL_LOW", "LEVEL_MIDDLE", 17, "LEVEL_HIGH"]}"#,
            r#"{"levels":["LEVEL_LOW",17,"LEVEL_HIGH"]}"#,
        ),
    ]);
    read_and_written::<Maps>(&[
        (r#"{"nested": {"a": "KIND_EVEN"}}"#, "{}"),
        (
            r#"{"byUint64": {"1": "LEVEL_LOW", "2": "LEVEL_MIDDLE", "3": "LEVEL_HIGH"}}"#,
            r#"{"byUint64":{"1":"LEVEL_LOW","3":"LEVEL_HIGH"}}"#,
        ),
    ]);
    read_and_written::<Choices>(&[
        (
            r#"{"level": "LEVEL_MIDDLE", "after": "a"}"#,
            r#"{"after":"a"}"#,
        ),
        (
            r#"{"level": "LEVEL_MIDDLE", "aText": "a"}"#,
            r#"{"aText":"a"}"#,
        ),
        (
            r#"{"aText": "a", "level": "LEVEL_MIDDLE"}"#,
            r#"{"aText":"a"}"#,
        ),
    ]);
    // What stands around such a name is held to the same rules as ever.
    refused::<Scalars>(&[(
        r#"{"level": "LEVEL_MIDDLE", "level": 1}"#,
        "level: the field is given twice",
    )]);
    refused::<Maps>(&[
        (
            r#"{"byUint64": {"one": "LEVEL_MIDDLE"}}"#,
            "byUint64[\"one\"]: invalid value",
        ),
        (
            r#"{"byUint64": {"1": "LEVEL_MIDDLE", "1": 1}}"#,
            "byUint64[\"1\"]: the key is given twice",
        ),
        (
            r#"{"byUint64": {"1": 1, "1": "LEVEL_MIDDLE"}}"#,
            "byUint64[\"1\"]: the key is given twice",
        ),
    ]);
    // A value of the Rust enum itself has nothing to be instead.
    let error = serde_json::from_str::<Level>("\"LEVEL_MIDDLE\"").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("unknown enum value \"LEVEL_MIDDLE\", expected one of LEVEL_UNSPECIFIED"),
        "{error}"
    );
}
