//! What is printed: messages, enums and remotes with the names that they have in JavaScript.

mod defaults;
mod enumeration;
mod message;
mod remote;

pub(super) use enumeration::Enumeration;
pub(super) use message::{Field, Kind, Member, Message, Type};
pub(super) use remote::{Method, Remote};

use super::names::{self, Names, Standing};
use crate::schema::{ErrorCode, Schema};
use crate::types::Types;

/// Everything that is printed, in its order.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) remotes: Vec<Remote>,
    /// Those that remotes take or give, and what is inside of them.
    pub(super) messages: Vec<Message>,
    pub(super) enums: Vec<Enumeration>,
    pub(super) error_codes: Vec<ErrorCode>,
}

impl Model {
    pub(super) fn of(schema: &Schema) -> Model {
        let types = Types::of(&schema.files.file);
        let reached = names::reached(&schema.remotes, &types);
        let names = Names::of(&schema.remotes, &types, &reached, |name| {
            match schema.javascript_names.get(name) {
                Some(name) => Standing::Named(name),
                None => Standing::New,
            }
        });
        let messages = reached.messages.iter();
        let enums = reached.enums.iter();
        Model {
            remotes: schema
                .remotes
                .iter()
                .map(|remote| Remote::of(remote, &names))
                .collect(),
            messages: messages
                .filter_map(|name| Some(Message::of(name, types.message(name)?, &types, &names)))
                .collect(),
            enums: enums
                .filter_map(|name| {
                    let found = types.enumeration(name)?;
                    Some(Enumeration::of(name, found, &types, &names))
                })
                .collect(),
            error_codes: schema.error_codes.clone(),
        }
    }
}
