//! Holds the JSON form of printed messages against prost-reflect's, which knows messages by their descriptors alone.

use bytes::BytesMut;
use iris_core::json::{self, ProtoJson};
use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor};
use protojson::dice::Dice;
use protojson::included::{Rootless, TYPES, everything::v1, names, r#type};
use serde_json::Value;
use std::fmt::Debug;
use std::sync::LazyLock;

fn descriptor<M: Name>() -> MessageDescriptor {
    static POOL: LazyLock<DescriptorPool> =
        LazyLock::new(|| DescriptorPool::decode(protojson::DESCRIPTORS).expect("descriptors"));
    POOL.get_message_by_name(&M::full_name())
        .expect("a descriptor of the message")
}

fn to_text(message: &impl ProtoJson) -> String {
    let mut buffer = BytesMut::new();
    json::to_buffer(message, &mut buffer).expect("a JSON form");
    String::from_utf8(buffer.to_vec()).expect("UTF-8")
}

/// Whether two JSON values differ in how numbers are written alone.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        (one, other) => one == other,
    }
}

/// A message goes both ways between bytes and JSON, here and in the oracle, and all agree.
fn agrees<M>(rolls: &[u8]) -> Result<(), TestCaseError>
where
    M: Message + Name + ProtoJson + Default + PartialEq + Debug,
{
    json::register(TYPES);
    let descriptor = descriptor::<M>();
    let bytes = Dice::new(rolls).message(&descriptor, 0).encode_to_vec();
    let theirs = DynamicMessage::decode(descriptor.clone(), &bytes[..]).expect("its own bytes");
    let ours = M::decode(&bytes[..]).expect("the oracle's bytes");

    let our_text = to_text(&ours);
    let their_text = serde_json::to_string(&theirs).expect("a JSON form");
    let our_value: Value = serde_json::from_str(&our_text).expect("JSON");
    let their_value: Value = serde_json::from_str(&their_text).expect("JSON");
    prop_assert!(
        same(&our_value, &their_value),
        "ours {our_text}\ntheirs {their_text}"
    );

    let read: M = json::from_slice(our_text.as_bytes()).expect("what was written");
    prop_assert_eq!(&read, &ours, "{}", our_text);
    let read: M = json::from_slice(their_text.as_bytes()).expect("what the oracle wrote");
    prop_assert_eq!(&read, &ours, "{}", their_text);

    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let mut deserializer = serde_json::Deserializer::from_str(&our_text);
    let read = DynamicMessage::deserialize_with_options(descriptor, &mut deserializer, &options);
    // Not printed: descriptors of recursive messages print themselves without end.
    prop_assert!(read.expect("what we wrote") == theirs, "{our_text}");
    Ok(())
}

macro_rules! oracle_tests {
    ($($name:ident: $message:ty;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
            $(
                #[test]
                fn $name(rolls in proptest::collection::vec(any::<u8>(), 0..600)) {
                    agrees::<$message>(&rolls)?;
                }
            )*
        }
    };
}

oracle_tests! {
    scalars: v1::Scalars;
    optionals: v1::Optionals;
    lists: v1::Lists;
    maps: v1::Maps;
    choices: v1::Choices;
    well_known_types: v1::WellKnown;
    trees: v1::Tree;
    empty: v1::Nothing;
    aliases: v1::Aliases;
    messages_of_any_type: v1::Anything;
    proto2: v1::Old;
    renamed_fields: names::Renamed;
    types_of_other_packages: names::Uses;
    oneofs_named_as_types: names::Outer;
    modules_of_a_message_and_a_package: names::Nested;
    keywords: r#type::r#mod::r#match::Self_;
    names_of_the_prelude: r#type::r#mod::r#match::Option;
    without_a_package: Rootless;
}
