//! Names of fields, presence, and keys of maps.

use crate::cases::{read, read_and_written, refused};
use prost::Message;
use protojson::included::everything::v1::{
    Choices, Lists, Maps, Old, Optionals, Scalars, WellKnown,
};
use protojson::included::names::Renamed;

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
}

#[test]
fn required_fields_are_written_and_need_not_arrive_in_either_format() {
    read_and_written::<Old>(&[("{}", r#"{"needed":0,"neededMessage":{}}"#)]);
    assert_eq!(Old::decode(&[][..]).as_ref(), Ok(&Old::default()));
    assert_eq!(read::<Old>("{}").as_ref(), Ok(&Old::default()));
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
