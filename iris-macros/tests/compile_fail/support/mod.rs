//! Messages and a context that the cases share.
#![allow(dead_code)]

use iris_core::{DecodeError, Format, Message};

pub struct Session;

macro_rules! message {
    ($name:ident) => {
        pub struct $name;

        impl Message for $name {
            fn full_name() -> String {
                concat!("users.v1.", stringify!($name)).to_owned()
            }
            fn decode(_: Format, _: bytes::Bytes) -> Result<Self, DecodeError> {
                Ok($name)
            }
            fn encode(&self, _: Format, _: &mut bytes::BytesMut) -> Result<(), iris_core::EncodeError> {
                Ok(())
            }
        }
    };
}

message!(UserRequest);
message!(User);
