//! `google.protobuf.Any`: messages whose type the suite names beside them.

use prost::{Message, Name};
use prost_types::Any;

/// What stands before a type's name.
const PREFIX: &str = "type.googleapis.com/";

/// A message with its type.
pub(crate) fn pack<M: Message + Name>(message: &M) -> Any {
    of_parts(&M::full_name(), message.encode_to_vec())
}

/// An encoded message of this type.
pub(crate) fn of_parts(type_name: &str, value: Vec<u8>) -> Any {
    Any {
        type_url: format!("{PREFIX}{type_name}"),
        value,
    }
}

/// The name of the type, without the URL before it.
pub(crate) fn type_name(any: &Any) -> &str {
    any.type_url.rsplit('/').next().unwrap_or_default()
}

/// The message, which must be of this type.
pub(crate) fn unpack<M: Message + Name + Default>(any: &Any) -> Result<M, String> {
    let (wanted, found) = (M::full_name(), type_name(any));
    if wanted != found {
        return Err(format!(
            "the call takes a {wanted}, and the suite gave a {found}"
        ));
    }
    M::decode(any.value.as_slice()).map_err(|error| format!("{wanted}: {error}"))
}
