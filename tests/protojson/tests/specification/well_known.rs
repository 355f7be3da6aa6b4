//! The types of `google.protobuf` that have a JSON form of their own.

use crate::cases::{read_and_written, refused};
use protojson::included::everything::v1::WellKnown;

#[test]
fn well_known_types() {
    read_and_written::<WellKnown>(&[
        (
            r#"{"timestamp": "1972-01-01T10:00:20.021Z"}"#,
            r#"{"timestamp":"1972-01-01T10:00:20.021Z"}"#,
        ),
        (
            r#"{"timestamp": "1970-01-01T01:30:00+01:30"}"#,
            r#"{"timestamp":"1970-01-01T00:00:00Z"}"#,
        ),
        (
            r#"{"timestamp": "1969-12-31T23:59:59.9-00:00"}"#,
            r#"{"timestamp":"1969-12-31T23:59:59.900Z"}"#,
        ),
        (
            r#"{"timestamp": "0001-01-01T00:00:00Z"}"#,
            r#"{"timestamp":"0001-01-01T00:00:00Z"}"#,
        ),
        (
            r#"{"timestamp": "9999-12-31T23:59:59.999999999Z"}"#,
            r#"{"timestamp":"9999-12-31T23:59:59.999999999Z"}"#,
        ),
        (
            r#"{"timestamp": "2024-02-29T00:00:00.00001Z"}"#,
            r#"{"timestamp":"2024-02-29T00:00:00.000010Z"}"#,
        ),
        (r#"{"duration": "1.5s"}"#, r#"{"duration":"1.500s"}"#),
        (
            r#"{"duration": "-0.000000001s"}"#,
            r#"{"duration":"-0.000000001s"}"#,
        ),
        (
            r#"{"duration": "1.000340012s"}"#,
            r#"{"duration":"1.000340012s"}"#,
        ),
        (
            r#"{"duration": "-315576000000s"}"#,
            r#"{"duration":"-315576000000s"}"#,
        ),
        (r#"{"duration": "0s"}"#, r#"{"duration":"0s"}"#),
        (
            r#"{"mask": "user.displayName,photo"}"#,
            r#"{"mask":"user.displayName,photo"}"#,
        ),
        (r#"{"mask": ""}"#, r#"{"mask":""}"#),
        (
            r#"{"struct": {"a": [1, "b", null, true, {"c": {}}]}}"#,
            r#"{"struct":{"a":[1.0,"b",null,true,{"c":{}}]}}"#,
        ),
        (r#"{"value": null}"#, r#"{"value":null}"#),
        (r#"{"value": {"a": 1e3}}"#, r#"{"value":{"a":1000.0}}"#),
        (r#"{"list": [[], {}]}"#, r#"{"list":[[],{}]}"#),
        (r#"{"nullValue": null}"#, "{}"),
        (r#"{"nullValue": "NULL_VALUE"}"#, "{}"),
        (r#"{"optionalNull": null}"#, r#"{"optionalNull":null}"#),
        (r#"{"empty": {"unknown": 1}}"#, r#"{"empty":{}}"#),
        (
            r#"{"boolWrapper": false, "bytesWrapper": "", "int32Wrapper": "0", "int64Wrapper": 0, "stringWrapper": ""}"#,
            r#"{"boolWrapper":false,"bytesWrapper":"","int32Wrapper":0,"int64Wrapper":"0","stringWrapper":""}"#,
        ),
        (
            r#"{"boolWrapper": null, "timestamp": null, "struct": null, "list": null}"#,
            "{}",
        ),
        (
            r#"{"doubleWrapper": "NaN", "uint64Wrapper": "5"}"#,
            r#"{"doubleWrapper":"NaN","uint64Wrapper":"5"}"#,
        ),
    ]);
    refused::<WellKnown>(&[
        (
            r#"{"timestamp": "1972-01-01 10:00:20Z"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "1972-01-01T10:00:20"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "1972-01-01t10:00:20z"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "1972-13-01T10:00:20Z"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "2023-02-29T10:00:20Z"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "1972-01-01T24:00:00Z"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "1972-01-01T10:00:60Z"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "1972-01-01T10:00:20.Z"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "1972-01-01T10:00:20.0000000001Z"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "0001-01-01T00:00:00+00:01"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "9999-12-31T23:59:59-00:01"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "+972-01-01T10:00:20Z"}"#,
            "timestamp: invalid value",
        ),
        (
            r#"{"timestamp": "1972-01-01T10:00:20+1:30"}"#,
            "timestamp: invalid value",
        ),
        (r#"{"timestamp": 5}"#, "timestamp: invalid type"),
        (r#"{"duration": "1"}"#, "duration: invalid value"),
        (r#"{"duration": "s"}"#, "duration: invalid value"),
        (r#"{"duration": "--1s"}"#, "duration: invalid value"),
        (r#"{"duration": "+1s"}"#, "duration: invalid value"),
        (r#"{"duration": "1.s"}"#, "duration: invalid value"),
        (
            r#"{"duration": "315576000001s"}"#,
            "duration: invalid value",
        ),
        (
            r#"{"duration": "99999999999999999999s"}"#,
            "duration: invalid value",
        ),
        (r#"{"mask": "foo_bar"}"#, "mask: invalid value"),
        (r#"{"mask": "a,,b"}"#, "mask: invalid value"),
        (r#"{"struct": [1]}"#, "struct: invalid type: sequence"),
        (r#"{"list": {}}"#, "list: invalid type: map"),
        (
            r#"{"struct": {"a": {"b": [1e999]}}}"#,
            "number out of range",
        ),
        (r#"{"nullValue": 1.5}"#, "nullValue: invalid value"),
        (r#"{"nullValue": "null"}"#, "nullValue: invalid value"),
        (r#"{"empty": 1}"#, "empty: invalid type"),
        // A name that serde_json keeps for itself.
        (
            r#"{"struct": {"$serde_json::private::Number": "1"}}"#,
            "struct: invalid type: integer `1`",
        ),
    ]);
}

#[test]
fn well_known_types_stand_alone() {
    read_and_written::<prost_types::Timestamp>(&[(
        "\"1970-01-01T00:00:00Z\"",
        "\"1970-01-01T00:00:00Z\"",
    )]);
    read_and_written::<prost_types::Duration>(&[("\"1s\"", "\"1s\"")]);
    read_and_written::<prost_types::Value>(&[("null", "null")]);
    read_and_written::<String>(&[("\"a\"", "\"a\"")]);
    read_and_written::<i64>(&[("5", "\"5\"")]);
    read_and_written::<()>(&[("{}", "{}"), (r#"{"unknown": 1}"#, "{}")]);
    refused::<()>(&[
        ("[]", "invalid type: sequence"),
        ("", "EOF"),
        ("{} {}", "trailing"),
    ]);
}
