//! Numbers, strings, booleans and bytes.

use crate::cases::{read_and_written, refused};
use protojson::included::everything::v1::{Maps, Scalars};

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
