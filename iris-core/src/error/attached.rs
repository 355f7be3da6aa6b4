//! Messages beside an error.

use crate::{EncodeError, Format, Message};
use bytes::{Bytes, BytesMut};

/// A message beside an error, undecoded: one entry of what gRPC and Connect call its details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    type_name: String,
    value: Bytes,
}

impl Detail {
    /// A message of this type (`users.v1.User`), in protobuf's binary encoding.
    pub fn new(type_name: impl Into<String>, value: impl Into<Bytes>) -> Self {
        Detail {
            type_name: type_name.into(),
            value: value.into(),
        }
    }

    pub(super) fn of<M: Message>(message: &M) -> Result<Self, EncodeError> {
        let mut buffer = BytesMut::new();
        message.encode(Format::Proto, &mut buffer)?;
        Ok(Detail::new(M::full_name(), buffer.freeze()))
    }

    /// The message's full name, without a URL before it.
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The encoded message.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The message; `None` where it is of another type, or does not decode.
    pub fn read<M: Message>(&self) -> Option<M> {
        (self.type_name == M::full_name())
            .then(|| M::decode(Format::Proto, self.value.clone()).ok())?
    }
}
