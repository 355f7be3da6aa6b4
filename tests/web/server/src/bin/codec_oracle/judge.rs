//! What prost says of a message and of the answer to it.

use prost::Message;
use std::fmt::Debug;
use web_server::messages::{Rootless, everything, names, r#type, web};

/// What became of a message.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It was read, and these bytes written of what was read.
    Written(Vec<u8>),
    /// It was not read, for this reason.
    Refused(String),
}

/// A procedure, by the name of its method in JavaScript, and the judge of its message.
#[derive(Debug)]
pub(crate) struct Echo {
    pub(crate) method: &'static str,
    pub(crate) message: &'static str,
    pub(crate) judge: fn(&[u8], &Answer) -> Result<(), String>,
}

macro_rules! echoes {
    ($($method:literal: $name:literal as $message:ty,)*) => {
        /// Every procedure but that of `Awkward`: its descriptors are older in prost-types than in protobuf's files.
        pub(crate) const ECHOES: &[Echo] = &[$(
            Echo { method: $method, message: $name, judge: judge::<$message> },
        )*];
    };
}

echoes! {
    "scalars": "everything.v1.Scalars" as everything::v1::Scalars,
    "optionals": "everything.v1.Optionals" as everything::v1::Optionals,
    "lists": "everything.v1.Lists" as everything::v1::Lists,
    "maps": "everything.v1.Maps" as everything::v1::Maps,
    "choices": "everything.v1.Choices" as everything::v1::Choices,
    "wellKnown": "everything.v1.WellKnown" as everything::v1::WellKnown,
    "anything": "everything.v1.Anything" as everything::v1::Anything,
    "tree": "everything.v1.Tree" as everything::v1::Tree,
    "nothing": "everything.v1.Nothing" as everything::v1::Nothing,
    "aliases": "everything.v1.Aliases" as everything::v1::Aliases,
    "old": "everything.v1.Old" as everything::v1::Old,
    "renamed": "names.Renamed" as names::Renamed,
    "uses": "names.Uses" as names::Uses,
    "outer": "names.Outer" as names::Outer,
    "nested": "names.Nested" as names::Nested,
    "selfMessage": "type.mod.match.Self" as r#type::r#mod::r#match::Self_,
    "option": "type.mod.match.Option" as r#type::r#mod::r#match::Option,
    "string": "type.mod.match.String" as r#type::r#mod::r#match::String,
    "result": "type.mod.match.Result" as r#type::r#mod::r#match::Result,
    "rootless": "Rootless" as Rootless,
    "named": "web.v1.Named" as web::v1::Named,
    "unpacked": "web.v1.Unpacked" as web::v1::Unpacked,
    "packed": "web.v1.Packed" as web::v1::Packed,
    "keys": "web.v1.Keys" as web::v1::Keys,
    "far": "web.v1.Far" as web::v1::Far,
    "chosen": "web.v1.Chosen" as web::v1::Chosen,
    "map": "web.v1.Map" as web::v1::Map,
    "errorInit": "web.v1.ErrorInit" as web::v1::ErrorInit,
    "webOld": "web.v1.Old" as web::v1::Old,
}

fn judge<M>(bytes: &[u8], answer: &Answer) -> Result<(), String>
where
    M: Message + Default + PartialEq + Debug,
{
    match (M::decode(bytes), answer) {
        (Err(_), Answer::Refused(_)) => Ok(()),
        (Ok(message), Answer::Written(written)) => {
            let back = M::decode(&written[..])
                .map_err(|error| format!("what was written is no message: {error}"))?;
            match same(&message, &back) {
                true => Ok(()),
                false => Err(format!("it is {message:?}\n  and became {back:?}")),
            }
        }
        (Ok(message), Answer::Refused(why)) => Err(format!(
            "it was refused and is right: {why}; it is {message:?}"
        )),
        (Err(error), Answer::Written(_)) => Err(format!("it was taken and is wrong: {error}")),
    }
}

/// Equality, of messages with NaN as far as their lengths tell.
fn same<M: Message + PartialEq + Debug>(one: &M, other: &M) -> bool {
    one == other || format!("{one:?}").contains("NaN") && one.encoded_len() == other.encoded_len()
}
