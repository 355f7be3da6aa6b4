//! Whatever bytes come from outside, reading them gives a message or an error.

use iris_core::json::{self, ProtoJson};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use protojson::included::TYPES;
use protojson::included::everything::v1::{
    Anything, Choices, Lists, Maps, Optionals, Scalars, Tree, WellKnown,
};

fn read_all(text: &[u8]) {
    fn read<M: ProtoJson>(text: &[u8]) {
        // An error is as good; what counts is to come back.
        if let Ok(message) = json::from_slice::<M>(text) {
            let mut buffer = bytes::BytesMut::new();
            json::to_buffer(&message, &mut buffer).expect("what was read is written");
            json::from_slice::<M>(&buffer).expect("what was written is read");
        }
    }
    read::<Scalars>(text);
    read::<Optionals>(text);
    read::<Lists>(text);
    read::<Maps>(text);
    read::<Choices>(text);
    read::<WellKnown>(text);
    read::<Tree>(text);
    json::register(TYPES);
    read::<Anything>(text);
}

/// Text made of what JSON and the names of fields are made of.
fn nearly_json() -> impl Strategy<Value = String> {
    let values = [
        "null",
        "true",
        "1",
        "-1",
        "0.5",
        "1e400",
        "-0",
        "1e5",
        "\"\"",
        "\"1\"",
        "\"NaN\"",
        "\"AQ==\"",
        "\"1.5s\"",
        "\"1970-01-01T00:00:00Z\"",
        "\"9999-99-99T99:99:99.999999999+99:99\"",
        "\"LEVEL_LOW\"",
        "\"LEVEL_MIDDLE\"",
        "-9223372036854775809",
        "1e19",
        "\"a,b.c\"",
        "\"é\"",
        "\"\\ud800\"",
        "[]",
        "{}",
        "[null]",
        "{\"true\":{}}",
        "{\"1\":1}",
        "{\"a\":null}",
        "\"/everything.v1.Anything\"",
        "\"/everything.v1.Maps\"",
        "\"/google.protobuf.Value\"",
        "\"/google.protobuf.Any\"",
        "{\"any\":{\"many\":[{\"@type\":\"/everything.v1.Tree\",\"value\":1}],\"@type\":\"/everything.v1.Anything\"}}",
    ];
    let names = [
        "aDouble",
        "aFloat",
        "anInt32",
        "anInt64",
        "aUint64",
        "aBool",
        "aString",
        "someBytes",
        "level",
        "scalars",
        "strings",
        "levels",
        "values",
        "timestamps",
        "byInt32",
        "byBool",
        "durations",
        "timestamp",
        "duration",
        "mask",
        "struct",
        "value",
        "list",
        "nullValue",
        "empty",
        "left",
        "more",
        "named",
        "again",
        "at",
        "nothing",
        "@type",
        "any",
        "many",
        "chosen",
    ];
    let leaf = proptest::sample::select(values.to_vec()).prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let member = (proptest::sample::select(names.to_vec()), inner.clone());
        let members = proptest::collection::vec(member, 0..5);
        prop_oneof![
            members.prop_map(|members| {
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, value)| format!("\"{name}\":{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
            proptest::collection::vec(inner, 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_bytes(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_all(&text);
    }

    #[test]
    fn what_looks_like_json(text in nearly_json()) {
        read_all(text.as_bytes());
    }

    #[test]
    fn json_with_a_byte_changed(text in nearly_json(), at in any::<usize>(), byte in prop_oneof![any::<u8>(), Just(b'"'), Just(b'}')]) {
        let mut text = text.into_bytes();
        let at = at % text.len();
        text[at] = byte;
        read_all(&text);
        read_all(&text[..at]);
    }
}
