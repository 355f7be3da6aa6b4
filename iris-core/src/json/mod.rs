//! ProtoJSON: the JSON form of protobuf messages.

use bytes::BytesMut;
use serde::{Deserializer, Serializer};

/// A message that has a ProtoJSON form. Printed by `iris-build` beside each message.
pub trait ProtoJson: Sized {
    /// Writes the message as a JSON value.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads the message from a JSON value. Unknown fields are passed over.
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Reads a message from JSON text.
pub fn from_slice<M: ProtoJson>(text: &[u8]) -> Result<M, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let message = M::deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(message)
}

/// Appends a message as JSON text.
pub fn to_buffer<M: ProtoJson>(message: &M, buffer: &mut BytesMut) {
    let _ = (message, buffer);
    unreachable!("being written")
}
