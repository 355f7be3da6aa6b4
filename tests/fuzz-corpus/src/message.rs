//! Messages: what one format reads, it writes and reads again, and so does the other.

use crate::input::Input;
use bytes::{Bytes, BytesMut};
use iris_core::{Format, Message};
use protojson::included::{Rootless, everything::v1, names, r#type};
use std::fmt::Debug;

/// Bytes that are a message are one in JSON too, where it has a JSON form.
pub fn protobuf(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (from_protobuf, _) = input.one_of(&CHECKS);
    from_protobuf(input.rest());
}

/// JSON that is a message is one in protobuf's binary encoding too.
pub fn json(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (_, from_json) = input.one_of(&CHECKS);
    from_json(input.rest());
}

/// What a target does with the message type that the first byte chooses.
type Check = (fn(&[u8]), fn(&[u8]));

const CHECKS: [Check; 14] = [
    of::<v1::Scalars>(),
    of::<v1::Optionals>(),
    of::<v1::Lists>(),
    of::<v1::Maps>(),
    of::<v1::Choices>(),
    of::<v1::WellKnown>(),
    of::<v1::Tree>(),
    of::<names::Outer>(),
    of::<v1::Old>(),
    of::<v1::Nothing>(),
    of::<names::Uses>(),
    of::<names::Renamed>(),
    of::<Rootless>(),
    of::<r#type::r#mod::r#match::Self_>(),
];

const fn of<M: Message + PartialEq + Debug>() -> Check {
    (from_protobuf::<M>, from_json::<M>)
}

fn from_protobuf<M: Message + PartialEq + Debug>(bytes: &[u8]) {
    let Ok(message) = decode::<M>(Format::Proto, bytes) else {
        return;
    };
    let again = decode::<M>(
        Format::Proto,
        &encode(Format::Proto, &message).expect("bytes"),
    );
    let again = again.expect("what was written is read");
    assert!(equal(&message, &again), "{message:?}\n{again:?}");
    let Some(text) = encode(Format::Json, &message) else {
        return;
    };
    if nests_too_deep(&text) {
        assert!(decode::<M>(Format::Json, &text).is_err());
        return;
    }
    let read = decode::<M>(Format::Json, &text).expect("what was written is read");
    // A null has a number in protobuf, any number; in JSON it has none.
    if !text.windows(4).any(|part| part == b"null") {
        assert!(equal(&message, &read), "{message:?}\n{read:?}");
        assert_eq!(encode(Format::Json, &read), Some(text));
    }
}

fn from_json<M: Message + PartialEq + Debug>(text: &[u8]) {
    let Ok(message) = decode::<M>(Format::Json, text) else {
        return;
    };
    let written = encode(Format::Json, &message).expect("a message that JSON gave has a JSON form");
    let read = decode::<M>(Format::Json, &written).expect("what was written is read");
    assert!(equal(&message, &read), "{message:?}\n{read:?}");
    let bytes = encode(Format::Proto, &message).expect("bytes");
    // JSON is read no deeper than protobuf, so what it brings can be sent on.
    let read = decode::<M>(Format::Proto, &bytes).expect("what JSON gave is read");
    assert!(equal(&message, &read), "{message:?}\n{read:?}");
}

fn decode<M: Message>(format: Format, bytes: &[u8]) -> Result<M, String> {
    M::decode(format, Bytes::copy_from_slice(bytes)).map_err(|error| {
        let shown = error.to_string();
        assert!(shown.starts_with(&M::full_name()), "{shown}");
        // At most a hundred levels of names, and what it repeats of the bytes.
        assert!(shown.len() < 10_000 + 10 * bytes.len(), "{shown}");
        shown
    })
}

/// The encoded message; `None` where it has no form in this format.
fn encode<M: Message>(format: Format, message: &M) -> Option<Vec<u8>> {
    let mut buffer = BytesMut::from(&b"before"[..]);
    let encoded = message.encode(format, &mut buffer);
    assert!(buffer.starts_with(b"before"));
    match encoded {
        Ok(()) => Some(buffer[6..].to_vec()),
        Err(_) => {
            assert_eq!(&buffer[..], b"before");
            None
        }
    }
}

/// Whether two messages are equal, or hold a NaN, which equals nothing.
pub(crate) fn equal<M: PartialEq + Debug>(one: &M, other: &M) -> bool {
    #[expect(clippy::eq_op, reason = "only a NaN differs from itself")]
    let contains_nan = one != one;
    one == other || contains_nan && format!("{one:?}").contains("NaN")
}

/// A list of messages is one level of protobuf and two of JSON, which serde_json reads up to 127 levels deep.
fn nests_too_deep(text: &[u8]) -> bool {
    depth(text) >= 128
}

/// How many brackets are open at once.
fn depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth -= 1,
            _ => {}
        }
    }
    deepest
}
