//! Messages that nobody here looks into.

use bytes::{Bytes, BytesMut};
use iris_client::{Format, Message};
use iris_core::{DecodeError, EncodeError};

/// A message in protobuf's binary encoding.
pub(super) struct Encoded(pub(super) Bytes);

impl Message for Encoded {
    fn full_name() -> String {
        "a message".to_owned()
    }

    fn decode(_: Format, bytes: Bytes) -> Result<Self, DecodeError> {
        Ok(Encoded(bytes))
    }

    fn encode(&self, _: Format, buffer: &mut BytesMut) -> Result<(), EncodeError> {
        buffer.extend_from_slice(&self.0);
        Ok(())
    }
}
