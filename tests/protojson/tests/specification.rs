//! The rules of <https://protobuf.dev/programming-guides/json/>, case by case.

use bytes::BytesMut;
use iris_core::json::{self, ProtoJson};
use prost::Message;
use protojson::included::everything::v1::{
    Aliased, Aliases, Awkward, Choices, Level, Lists, Maps, Old, Optionals, Scalars, Tree,
    WellKnown, choices,
};
use protojson::included::names::Renamed;
use std::fmt::Debug;

fn read<M: ProtoJson>(text: &str) -> Result<M, String> {
    json::from_slice(text.as_bytes()).map_err(|error| error.to_string())
}

fn write(message: &impl ProtoJson) -> Result<String, String> {
    let mut buffer = BytesMut::from("before ");
    let result = json::to_buffer(message, &mut buffer);
    let text = String::from_utf8(buffer.to_vec()).expect("UTF-8");
    match result {
        Ok(()) => Ok(text.strip_prefix("before ").expect("appended").to_owned()),
        Err(error) => {
            assert_eq!(text, "before ", "nothing is appended when it fails");
            Err(error.to_string())
        }
    }
}

/// Each text is read, and written as the other one.
#[track_caller]
fn read_and_written<M: ProtoJson + Debug>(cases: &[(&str, &str)]) {
    for (text, written) in cases {
        let message: M = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(write(&message).as_deref(), Ok(*written), "{text}");
    }
}

/// Each text is refused with an error that contains the other one.
#[track_caller]
fn refused<M: ProtoJson + Debug>(cases: &[(&str, &str)]) {
    for (text, reason) in cases {
        match read::<M>(text) {
            Ok(message) => panic!("{text} was read as {message:?}"),
            Err(error) => assert!(error.contains(reason), "{text}: {error}"),
        }
    }
}

#[test]
fn integers_are_numbers_or_strings() {
    read_and_written::<Scalars>(&[
        (r#"{"anInt32": 5}"#, r#"{"anInt32":5}"#),
        (r#"{"anInt32": "5"}"#, r#"{"anInt32":5}"#),
        (r#"{"anInt32": -2147483648}"#, r#"{"anInt32":-2147483648}"#),
        (r#"{"anInt32": 1e5}"#, r#"{"anInt32":100000}"#),
        (r#"{"anInt32": "1e5"}"#, r#"{"anInt32":100000}"#),
        (r#"{"anInt32": 100000.000}"#, r#"{"anInt32":100000}"#),
        (r#"{"anInt32": "7.0"}"#, r#"{"anInt32":7}"#),
        (r#"{"anInt32": -0}"#, "{}"),
        (r#"{"aUint32": 4294967295}"#, r#"{"aUint32":4294967295}"#),
        (
            r#"{"anInt64": 9223372036854775807}"#,
            r#"{"anInt64":"9223372036854775807"}"#,
        ),
        (
            r#"{"anInt64": "-9223372036854775808"}"#,
            r#"{"anInt64":"-9223372036854775808"}"#,
        ),
        (r#"{"anInt64": 1e3}"#, r#"{"anInt64":"1000"}"#),
        (
            r#"{"aUint64": "18446744073709551615"}"#,
            r#"{"aUint64":"18446744073709551615"}"#,
        ),
        (
            r#"{"aUint64": 18446744073709551615}"#,
            r#"{"aUint64":"18446744073709551615"}"#,
        ),
    ]);
    refused::<Scalars>(&[
        (
            r#"{"anInt32": 2147483648}"#,
            "anInt32: invalid value: integer `2147483648`",
        ),
        (
            r#"{"anInt32": 1.5}"#,
            "anInt32: invalid value: floating point `1.5`",
        ),
        (
            r#"{"anInt32": "1.5"}"#,
            "anInt32: invalid value: string \"1.5\"",
        ),
        (r#"{"anInt32": " 5"}"#, "anInt32: invalid value"),
        (r#"{"anInt32": ""}"#, "anInt32: invalid value"),
        (r#"{"anInt32": "0x5"}"#, "anInt32: invalid value"),
        (r#"{"anInt32": "five"}"#, "anInt32: invalid value"),
        (
            r#"{"anInt32": true}"#,
            "anInt32: invalid type: boolean `true`",
        ),
        (r#"{"anInt32": [5]}"#, "anInt32: invalid type: sequence"),
        (r#"{"anInt32": {"a": 5}}"#, "anInt32: invalid type: map"),
        (r#"{"aUint32": -1}"#, "aUint32: invalid value: integer `-1`"),
        (
            r#"{"anInt64": 9223372036854775808}"#,
            "anInt64: invalid value",
        ),
        (
            r#"{"aUint64": 18446744073709551616}"#,
            "aUint64: invalid value",
        ),
        (
            r#"{"aUint64": "18446744073709551616"}"#,
            "aUint64: invalid value",
        ),
        (r#"{"aUint64": 1e400}"#, "number out of range"),
        (r#"{"anInt64": -1e400}"#, "number out of range"),
        (r#"{"anInt32": 01}"#, "invalid number"),
    ]);
}

#[test]
fn integers_are_never_rounded() {
    read_and_written::<Scalars>(&[
        (
            r#"{"anInt64": -9223372036854775808}"#,
            r#"{"anInt64":"-9223372036854775808"}"#,
        ),
        (
            r#"{"anInt64": "-9.223372036854775808e18"}"#,
            r#"{"anInt64":"-9223372036854775808"}"#,
        ),
        (
            r#"{"anInt64": 9007199254740993}"#,
            r#"{"anInt64":"9007199254740993"}"#,
        ),
        (
            r#"{"anInt64": -9007199254740991.0}"#,
            r#"{"anInt64":"-9007199254740991"}"#,
        ),
        (
            r#"{"anInt64": -9e18}"#,
            r#"{"anInt64":"-9000000000000000000"}"#,
        ),
        (
            r#"{"aUint64": 1e19}"#,
            r#"{"aUint64":"10000000000000000000"}"#,
        ),
        (
            r#"{"aUint64": 9223372036854775808}"#,
            r#"{"aUint64":"9223372036854775808"}"#,
        ),
        (r#"{"anInt64": -0, "aUint64": -0.0}"#, "{}"),
    ]);
    refused::<Scalars>(&[
        // Formats hand these out as the nearest double, which is one that the field could hold.
        (
            r#"{"anInt64": -9223372036854775809}"#,
            "anInt64: invalid value",
        ),
        (
            r#"{"anInt64": -9223372036854776832}"#,
            "anInt64: invalid value",
        ),
        (
            r#"{"anInt64": -9.223372036854775809e18}"#,
            "anInt64: invalid value",
        ),
        (
            r#"{"anInt64": 9007199254740993.0}"#,
            "anInt64: invalid value: floating point `9007199254740992.0`, expected a signed whole number of 64 bits; where it is so large, its digits alone or a string",
        ),
        (
            r#"{"aUint64": 18446744073709551615.0}"#,
            "aUint64: invalid value",
        ),
        (
            r#"{"anInt64": 9223372036854775807.0}"#,
            "anInt64: invalid value",
        ),
        (r#"{"anInt64": 1e19}"#, "anInt64: invalid value"),
        (r#"{"anInt64": -1e19}"#, "anInt64: invalid value"),
        (r#"{"aUint64": 1e20}"#, "aUint64: invalid value"),
        (
            r#"{"aUint64": -9223372036854775809}"#,
            "aUint64: invalid value",
        ),
    ]);
    refused::<Maps>(&[(
        r#"{"byInt64": {"-9223372036854775809": 1}}"#,
        "byInt64[\"-9223372036854775809\"]: invalid value",
    )]);
}

#[test]
fn floating_point_numbers_are_numbers_or_strings() {
    read_and_written::<Scalars>(&[
        (r#"{"aDouble": 1.5}"#, r#"{"aDouble":1.5}"#),
        (r#"{"aDouble": "1.5"}"#, r#"{"aDouble":1.5}"#),
        (r#"{"aDouble": 3}"#, r#"{"aDouble":3.0}"#),
        (r#"{"aDouble": "NaN"}"#, r#"{"aDouble":"NaN"}"#),
        (r#"{"aDouble": "Infinity"}"#, r#"{"aDouble":"Infinity"}"#),
        (r#"{"aDouble": "-Infinity"}"#, r#"{"aDouble":"-Infinity"}"#),
        (r#"{"aFloat": "-Infinity"}"#, r#"{"aFloat":"-Infinity"}"#),
        (r#"{"aFloat": 0.1}"#, r#"{"aFloat":0.1}"#),
        (r#"{"aFloat": 3.4028235e38}"#, r#"{"aFloat":3.4028235e+38}"#),
        (r#"{"aFloat": 1e-60}"#, "{}"),
        // The last digit is lost by readers that round twice.
        (
            r#"{"aDouble": 122.416294033786585}"#,
            r#"{"aDouble":122.41629403378658}"#,
        ),
    ]);
    refused::<Scalars>(&[
        (r#"{"aFloat": 3.5e38}"#, "aFloat: invalid value"),
        (r#"{"aFloat": "-3.5e38"}"#, "aFloat: invalid value"),
        (r#"{"aDouble": "1.8e308"}"#, "aDouble: invalid value"),
        (r#"{"aDouble": 1.8e308}"#, "number out of range"),
        (r#"{"aDouble": "inf"}"#, "aDouble: invalid value"),
        (r#"{"aDouble": "nan"}"#, "aDouble: invalid value"),
        (r#"{"aDouble": "+1"}"#, "aDouble: invalid value"),
        (r#"{"aDouble": "1."}"#, "aDouble: invalid value"),
        (r#"{"aDouble": NaN}"#, "expected value"),
    ]);
}

#[test]
fn strings_booleans_and_bytes() {
    read_and_written::<Scalars>(&[
        (r#"{"aBool": true}"#, r#"{"aBool":true}"#),
        (
            r#"{"aString": "\u00e9\ud83d\ude00"}"#,
            r#"{"aString":"é😀"}"#,
        ),
        (
            r#"{"someBytes": "AQID/v8="}"#,
            r#"{"someBytes":"AQID/v8="}"#,
        ),
        (r#"{"someBytes": "AQID/v8"}"#, r#"{"someBytes":"AQID/v8="}"#),
        (r#"{"someBytes": "AQID_v8"}"#, r#"{"someBytes":"AQID/v8="}"#),
        (
            r#"{"someBytes": "AQID_v8="}"#,
            r#"{"someBytes":"AQID/v8="}"#,
        ),
        (r#"{"someBytes": "-_"}"#, r#"{"someBytes":"+w=="}"#),
    ]);
    refused::<Scalars>(&[
        (
            r#"{"aBool": "true"}"#,
            "aBool: invalid type: string \"true\", expected a boolean",
        ),
        (r#"{"aBool": 1}"#, "aBool: invalid type: integer `1`"),
        (
            r#"{"aString": 5}"#,
            "aString: invalid type: integer `5`, expected a string",
        ),
        (r#"{"aString": "\ud83d"}"#, "hex escape"),
        (r#"{"someBytes": "A"}"#, "someBytes: invalid value"),
        (r#"{"someBytes": "+_AA"}"#, "someBytes: invalid value"),
        (r#"{"someBytes": "AQ*="}"#, "someBytes: invalid value"),
        (
            r#"{"someBytes": [1, 2]}"#,
            "someBytes: invalid type: sequence",
        ),
    ]);
}

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

#[test]
fn fields_go_by_their_json_name_or_their_own() {
    read_and_written::<Scalars>(&[(
        r#"{"an_int32": 5, "aString": "a"}"#,
        r#"{"anInt32":5,"aString":"a"}"#,
    )]);
    read_and_written::<Renamed>(&[
        (r#"{"plain": "a"}"#, r#"{"another":"a"}"#),
        (r#"{"another": "a"}"#, r#"{"another":"a"}"#),
        // Each is the JSON name of one field and the plain name of another.
        (r#"{"first": "a"}"#, r#"{"first":"a"}"#),
        (r#"{"HTTPServer": "a"}"#, r#"{"HTTPServer":"a"}"#),
        (r#"{"foo__bar": "a"}"#, r#"{"fooBar":"a"}"#),
        (r#"{"_under": "a"}"#, r#"{"Under":"a"}"#),
        (r#"{"field1_2": "a"}"#, r#"{"field12":"a"}"#),
        (r#"{"@with\"quote": "a"}"#, r#"{"@with\"quote":"a"}"#),
    ]);
    let message: Renamed = read(r#"{"first": "a"}"#).expect("a message");
    assert_eq!(message.second, "a");
}

#[test]
fn unknown_fields_are_passed_over() {
    read_and_written::<Scalars>(&[
        (
            r#"{"other": [{"a": null}, 1e5, "\n"], "aBool": true}"#,
            r#"{"aBool":true}"#,
        ),
        (r#"{"ANINT32": 5}"#, "{}"),
        (r#"{"": 5}"#, "{}"),
    ]);
    refused::<Scalars>(&[(r#"{"other": [}"#, "expected value")]);
}

#[test]
fn null_is_a_field_that_is_not_set() {
    read_and_written::<Scalars>(&[(
        r#"{"aDouble": null, "anInt64": null, "aBool": null, "aString": null, "someBytes": null, "level": null}"#,
        "{}",
    )]);
    read_and_written::<Optionals>(&[(
        r#"{"aDouble": null, "aString": null, "level": null, "scalars": null}"#,
        "{}",
    )]);
    read_and_written::<Lists>(&[(
        r#"{"strings": null, "scalars": null, "values": null}"#,
        "{}",
    )]);
    read_and_written::<Maps>(&[(r#"{"byString": null, "byBool": null}"#, "{}")]);
    read_and_written::<Choices>(&[
        (r#"{"aNumber": null, "aText": "a"}"#, r#"{"aText":"a"}"#),
        (r#"{"aText": "a", "aNumber": null}"#, r#"{"aText":"a"}"#),
        (r#"{"nothing": null}"#, r#"{"nothing":null}"#),
        (r#"{"value": null}"#, r#"{"value":null}"#),
    ]);
    refused::<Lists>(&[
        (
            r#"{"strings": ["a", null]}"#,
            "strings[1]: invalid type: null, expected a string",
        ),
        (r#"{"scalars": [null]}"#, "scalars[0]: invalid type: null"),
        (
            r#"{"int64Wrappers": [null]}"#,
            "int64Wrappers[0]: invalid type: null",
        ),
    ]);
    refused::<Maps>(&[(
        r#"{"byString": {"a": null}}"#,
        "byString[\"a\"]: invalid type: null",
    )]);
    refused::<Scalars>(&[("null", "invalid type: null, expected an object")]);
}

#[test]
fn presence() {
    read_and_written::<Scalars>(&[(
        r#"{"aDouble": 0, "anInt64": "0", "aBool": false, "aString": "", "someBytes": "", "level": 0}"#,
        "{}",
    )]);
    read_and_written::<Optionals>(&[(
        r#"{"aDouble": 0, "anInt64": "0", "aBool": false, "aString": "", "someBytes": "", "level": 0, "scalars": {}}"#,
        r#"{"aDouble":0.0,"anInt64":"0","aBool":false,"aString":"","someBytes":"","level":"LEVEL_UNSPECIFIED","scalars":{}}"#,
    )]);
    read_and_written::<Choices>(&[
        (r#"{"aNumber": 0}"#, r#"{"aNumber":"0"}"#),
        (r#"{"empty": {}}"#, r#"{"empty":{}}"#),
    ]);
    // Required fields are always written.
    read_and_written::<Old>(&[("{}", r#"{"needed":0,"neededMessage":{}}"#)]);
}

#[test]
fn what_comes_twice_is_refused() {
    refused::<Scalars>(&[
        (
            r#"{"anInt32": 1, "anInt32": 1}"#,
            "anInt32: the field is given twice",
        ),
        (
            r#"{"anInt32": 1, "an_int32": 1}"#,
            "an_int32: the field is given twice",
        ),
        (
            r#"{"anInt32": null, "anInt32": 1}"#,
            "anInt32: the field is given twice",
        ),
    ]);
    refused::<Choices>(&[
        (
            r#"{"aNumber": 1, "aText": "a"}"#,
            "aText: another field of the same oneof is already given",
        ),
        (
            r#"{"no": true, "yes": true}"#,
            "yes: another field of the same oneof",
        ),
        (
            r#"{"no": true, "no": true}"#,
            "no: the field is given twice",
        ),
        (
            r#"{"nothing": null, "aText": "a"}"#,
            "aText: another field of the same oneof",
        ),
    ]);
    refused::<Maps>(&[
        (
            r#"{"byString": {"a": "1", "a": "2"}}"#,
            "byString[\"a\"]: the key is given twice",
        ),
        (
            r#"{"byInt32": {"1": 1, "1.0": 2}}"#,
            "byInt32[\"1.0\"]: the key is given twice",
        ),
    ]);
    refused::<WellKnown>(&[
        (
            r#"{"struct": {"a": 1, "a": 1}}"#,
            "struct[\"a\"]: the key is given twice",
        ),
        (
            r#"{"value": [{"a": null, "b": {"c": 1, "\u0063": 1}}]}"#,
            "value[0][\"b\"][\"c\"]: the key is given twice",
        ),
    ]);
}

#[test]
fn keys_of_maps_are_strings_in_the_order_of_keys() {
    read_and_written::<Maps>(&[
        (
            r#"{"byInt32": {"10": 1, "-1": 2, "9": 3}}"#,
            r#"{"byInt32":{"-1":2.0,"9":3.0,"10":1.0}}"#,
        ),
        (
            r#"{"byBool": {"true": {}, "false": {"aBool": true}}}"#,
            r#"{"byBool":{"false":{"aBool":true},"true":{}}}"#,
        ),
        (
            r#"{"byUint64": {"18446744073709551615": 1}}"#,
            r#"{"byUint64":{"18446744073709551615":"LEVEL_LOW"}}"#,
        ),
        (
            r#"{"byString": {"": "", "a b": "c"}}"#,
            r#"{"byString":{"":"","a b":"c"}}"#,
        ),
        (r#"{"values": {"a": null}}"#, r#"{"values":{"a":null}}"#),
        (r#"{"wrappers": {"a": ""}}"#, r#"{"wrappers":{"a":""}}"#),
        (r#"{"nested": {"a": 3}}"#, r#"{"nested":{"a":"KIND_ODD"}}"#),
    ]);
    refused::<Maps>(&[
        (
            r#"{"byInt32": {"one": 1}}"#,
            "byInt32[\"one\"]: invalid value",
        ),
        (
            r#"{"byUint32": {"-1": ""}}"#,
            "byUint32[\"-1\"]: invalid value",
        ),
        (
            r#"{"byBool": {"True": {}}}"#,
            "byBool[\"True\"]: the key is neither",
        ),
        (
            r#"{"byString": [["a", "b"]]}"#,
            "byString: invalid type: sequence",
        ),
    ]);
}

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
            "any: a google.protobuf.Any of the type \"type.googleapis.com/a.B\" has no JSON form",
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
            "any: a google.protobuf.Any of the type \"type.googleapis.com/a.B\"",
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

#[test]
fn messages_stand_in_types_of_serde() {
    let pair: (Choices, Level) =
        serde_json::from_str(r#"[{"scalars": {"aBool": true}}, "LEVEL_LOW"]"#).expect("a pair");
    assert!(matches!(
        pair.0.choice,
        Some(choices::Choice::Scalars(Scalars { a_bool: true, .. }))
    ));
    assert_eq!(
        serde_json::to_string(&pair).expect("JSON"),
        r#"[{"scalars":{"aBool":true}},"LEVEL_LOW"]"#
    );
    assert_eq!(
        serde_json::from_str::<Level>("2").expect("a level"),
        Level::High
    );
    assert!(serde_json::from_str::<Level>("17").is_err());
    assert_eq!(
        serde_json::from_str::<Aliased>("\"ALIASED_ALSO_FIRST\"").expect("one"),
        Aliased::First
    );
}
