//! The messages of `google.protobuf` whose JSON form is their own.

pub(crate) mod any;
mod date;
mod duration;
mod field_mask;
mod named;
mod structure;
mod timestamp;

pub use any::Any;
pub use duration::Duration;
pub use field_mask::FieldMask;
pub use named::{Nameless, WellKnown};
pub use structure::{ListValue, NullValue, Struct, Value};
pub use timestamp::Timestamp;

use super::{Kind, ProtoJson, Reading, Writing, shape, token};
use serde::{Deserializer, Serializer};

/// Gives a message the JSON form of its kind, for procedures that take or give it as it is.
macro_rules! proto_json {
    ($($message:ty => $kind:ty;)*) => {$(
        impl ProtoJson for $message {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let writing = Writing::new();
                shape::serialize(<$kind>::shape(self, writing), writing, serializer)
            }

            fn deserialize_within<'de, D: Deserializer<'de>>(
                deserializer: D,
                reading: Reading,
            ) -> Result<Self, D::Error> {
                let mut value = Self::default();
                token::deserialize(deserializer, &mut |token| {
                    value = <$kind>::read(token, reading)?;
                    Ok(())
                })?;
                Ok(value)
            }
        }
    )*};
}

proto_json! {
    prost_types::Any => Any;
    prost_types::Duration => Duration;
    prost_types::FieldMask => FieldMask;
    prost_types::ListValue => ListValue;
    prost_types::Struct => Struct;
    prost_types::Timestamp => Timestamp;
    prost_types::Value => Value;
    bool => super::Bool;
    i32 => super::Int32;
    u32 => super::Uint32;
    i64 => super::Int64;
    u64 => super::Uint64;
    f32 => super::Float;
    f64 => super::Double;
    String => super::Text;
    Vec<u8> => super::ByteVec;
    bytes::Bytes => super::Bytes;
}
