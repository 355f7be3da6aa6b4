//! The message types that a `google.protobuf.Any` may hold in JSON.
//!
//! One registry for the process, as in protobuf's own Go and C++: a full name means one message
//! wherever it is met, and serde's traits have no place to hand a registry through.

use super::failure::shown;
use super::{
    Any, Bool, ByteVec, Double, Duration, Failure, FieldMask, Fields, Float, Int32, Int64, Kind,
    ListValue, Message, Reading, Result, Shape, Struct, Text, Timestamp, Token, Uint32, Uint64,
    Value, Writing,
};
use crate::ErrorDetail;
use bytes::{Bytes, BytesMut};
use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, PoisonError, RwLock};

/// A message type by its full name, and its way between bytes and JSON.
///
/// `iris-build` prints a table of them: `messages::TYPES`.
pub struct MessageType {
    name: &'static str,
    pub(crate) form: Form,
    pub(crate) write: Write,
    pub(crate) read: Read,
}

/// Where the message stands in the JSON of an `Any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Its fields stand beside `@type`.
    Fields,
    /// It has a form of its own, which is the member `value`.
    Value,
}

type Write = fn(&[u8], Writing, &mut dyn FnMut(Shape<'_>) -> Result) -> Result;
type Read = fn(Token<'_>, Reading) -> Result<Vec<u8>>;

impl MessageType {
    /// The type of a message that `iris-build` printed, called `name` in full.
    #[doc(hidden)]
    pub const fn of<M: Fields + prost::Message + Default>(name: &'static str) -> Self {
        MessageType::new::<Message<M>>(name, Form::Fields)
    }

    const fn well_known<K>(name: &'static str) -> Self
    where
        K: Kind<Value: prost::Message + Default>,
    {
        MessageType::new::<K>(name, Form::Value)
    }

    const fn new<K>(name: &'static str, form: Form) -> Self
    where
        K: Kind<Value: prost::Message + Default>,
    {
        MessageType {
            name,
            form,
            write: write::<K>,
            read: read::<K>,
        }
    }

    /// The full name: `users.v1.User`.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Debug for MessageType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("MessageType")
            .field(&self.name)
            .finish()
    }
}

/// Makes message types known, so that a [`google.protobuf.Any`](Any) of them can be read from JSON and
/// written in it.
///
/// `Iris::contract` does it for servers and `Remotes::new` for clients, where one of their `.proto` files imports
/// `google/protobuf/any.proto`. Do it yourself for others: `json::register(other_client::messages::TYPES)`.
///
/// What is registered stays until the process ends. Registering it again does nothing; of two types with one
/// name the first is kept.
pub fn register(types: &'static [MessageType]) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    for ty in types {
        known.entry(ty.name).or_insert(ty);
    }
}

/// The type that a URL names: what follows its last `/`.
pub(crate) fn find(url: &str) -> Result<&'static MessageType> {
    let Some((_, name)) = url.rsplit_once('/') else {
        return Err(Failure::new(format!(
            "a google.protobuf.Any names its type by a URL, such as \"type.googleapis.com/users.v1.User\", and not {:?}",
            shown(url)
        )));
    };
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.get(name).copied().ok_or_else(|| {
        Failure::new(format!(
            "a google.protobuf.Any holds a message of the type {:?}, which is not known here; \
             register the messages it is among, `json::register(messages::TYPES)`, or use the binary format",
            shown(name)
        ))
    })
}

type Known = HashMap<&'static str, &'static MessageType>;

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(|| {
    let known = BUILT_IN.iter().map(|ty| (ty.name, ty));
    RwLock::new(known.collect())
});

/// What needs no registering.
const BUILT_IN: &[MessageType] = &[
    MessageType::of::<ErrorDetail>(ErrorDetail::FULL_NAME),
    // It has no fields, and no form of its own.
    MessageType::of::<()>("google.protobuf.Empty"),
    MessageType::well_known::<Any>("google.protobuf.Any"),
    MessageType::well_known::<Duration>("google.protobuf.Duration"),
    MessageType::well_known::<FieldMask>("google.protobuf.FieldMask"),
    MessageType::well_known::<ListValue>("google.protobuf.ListValue"),
    MessageType::well_known::<Struct>("google.protobuf.Struct"),
    MessageType::well_known::<Timestamp>("google.protobuf.Timestamp"),
    MessageType::well_known::<Value>("google.protobuf.Value"),
    MessageType::well_known::<Bool>("google.protobuf.BoolValue"),
    MessageType::well_known::<ByteVec>("google.protobuf.BytesValue"),
    MessageType::well_known::<Double>("google.protobuf.DoubleValue"),
    MessageType::well_known::<Float>("google.protobuf.FloatValue"),
    MessageType::well_known::<Int32>("google.protobuf.Int32Value"),
    MessageType::well_known::<Int64>("google.protobuf.Int64Value"),
    MessageType::well_known::<Text>("google.protobuf.StringValue"),
    MessageType::well_known::<Uint32>("google.protobuf.UInt32Value"),
    MessageType::well_known::<Uint64>("google.protobuf.UInt64Value"),
];

/// Hands what the bytes are to `out`. The buffers are those of the call path, so that prost's code
/// is not compiled for others.
fn write<K>(bytes: &[u8], writing: Writing, out: &mut dyn FnMut(Shape<'_>) -> Result) -> Result
where
    K: Kind<Value: prost::Message + Default>,
{
    let bytes = Bytes::copy_from_slice(bytes);
    let value = <K::Value as prost::Message>::decode(bytes).map_err(undecodable)?;
    out(K::shape(&value, writing))
}

#[cold]
fn undecodable(error: prost::DecodeError) -> Failure {
    Failure::new(format!("the value of the google.protobuf.Any: {error}"))
}

fn read<K>(token: Token<'_>, reading: Reading) -> Result<Vec<u8>>
where
    K: Kind<Value: prost::Message + Default>,
{
    let value = K::read(token, reading)?;
    let mut bytes = BytesMut::with_capacity(prost::Message::encoded_len(&value));
    prost::Message::encode_raw(&value, &mut bytes);
    Ok(bytes.into())
}
