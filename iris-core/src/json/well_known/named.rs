//! Messages of `google.protobuf` that prost-types gives no name, so that procedures can take and give them as they are.

use crate::json::{self, Kind, ProtoJson, Reading, Unsupported, Writing, shape, token};
use prost::bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType};
use prost::{DecodeError, Message, Name};
use serde::{Deserializer, Serializer};
use std::ops::{Deref, DerefMut};

/// A message of `google.protobuf` as a procedure's own, and not a field's: `WellKnown<prost_types::Struct>`.
///
/// prost-types gives some of its messages no name, which a message needs that is called by. On the wire it is the message
/// itself. [`Any`](prost_types::Any), [`Duration`](prost_types::Duration), [`Timestamp`](prost_types::Timestamp) and what
/// wraps a scalar do without it.
///
/// ```
/// use iris_core::json::{self, WellKnown};
/// use iris_core::__private::prost_types::FieldMask;
///
/// let mask: WellKnown<FieldMask> = json::from_slice(br#""name,address""#)?;
/// assert_eq!(mask.paths, ["name", "address"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WellKnown<M>(pub M);

/// What [`WellKnown`] holds.
pub trait Nameless: Message + Default {
    /// The name in `google.protobuf`: `Struct`.
    const NAME: &'static str;

    /// How it looks in JSON.
    type Kind: Kind<Value = Self>;
}

macro_rules! nameless {
    ($($name:ident => $kind:ty;)*) => {
        $(
            impl Nameless for prost_types::$name {
                const NAME: &'static str = stringify!($name);
                type Kind = $kind;
            }
        )*
    };
}

nameless! {
    FieldMask => json::FieldMask;
    ListValue => json::ListValue;
    Struct => json::Struct;
    Value => json::Value;
    FileDescriptorProto => Unsupported<prost_types::FileDescriptorProto>;
    FileDescriptorSet => Unsupported<prost_types::FileDescriptorSet>;
}

impl<M> Deref for WellKnown<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.0
    }
}

impl<M> DerefMut for WellKnown<M> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.0
    }
}

impl<M> From<M> for WellKnown<M> {
    fn from(message: M) -> Self {
        WellKnown(message)
    }
}

impl<M: Nameless> Name for WellKnown<M> {
    const NAME: &'static str = M::NAME;
    const PACKAGE: &'static str = "google.protobuf";
}

impl<M: Nameless> Message for WellKnown<M> {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        self.0.encode_raw(buffer);
    }

    fn merge_field(
        &mut self,
        number: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        self.0.merge_field(number, wire_type, buffer, context)
    }

    fn encoded_len(&self) -> usize {
        self.0.encoded_len()
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

impl<M: Nameless> ProtoJson for WellKnown<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let writing = Writing::new();
        shape::serialize(M::Kind::shape(&self.0, writing), writing, serializer)
    }

    fn deserialize_within<'de, D: Deserializer<'de>>(
        deserializer: D,
        reading: Reading,
    ) -> Result<Self, D::Error> {
        let mut message = M::default();
        token::deserialize(deserializer, &mut |token| {
            message = M::Kind::read(token, reading)?;
            Ok(())
        })?;
        Ok(WellKnown(message))
    }
}
