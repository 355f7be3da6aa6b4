//! What callers rely on today.

use crate::contract::is_protobufs_own_type;
use crate::schema::{self, PayloadSource, Schema};
use crate::types::{Types, default_json_name, json_name, oneof_name, scalar_name, type_name};
use iris_model::Idempotency;
use prost_types::field_descriptor_proto::{Label as DescriptorLabel, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Everything the lock pins.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// By full name, then by the procedure's name.
    pub(super) remotes: BTreeMap<String, BTreeMap<String, Procedure>>,
    /// What the client calls each remote, by full name: `users`. An older lock has none.
    pub(super) client_names: BTreeMap<String, String>,
    /// Reachable from procedures, by full name.
    pub(super) messages: BTreeMap<String, Message>,
    /// Reachable from procedures, by full name.
    pub(super) enums: BTreeMap<String, Values>,
    /// By number.
    pub(super) codes: BTreeMap<i32, Code>,
    /// See [`Schema::javascript_names`].
    pub(super) javascript_names: BTreeMap<String, String>,
}

/// The numbers of an enum, by name: several names may share a number.
pub(super) type Values = BTreeMap<String, i32>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Procedure {
    /// `unary`, `server stream`, ..
    pub(super) kind: String,
    pub(super) request: Payload,
    pub(super) response: Payload,
    pub(super) idempotency: Idempotency,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payload {
    pub(super) message: String,
    pub(super) given: Given,
}

/// Whether the procedure takes or gives the message, which callers' code then does too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    Yes,
    /// It has no such parameter or result; a `.proto` declares the message.
    Declared,
    /// The same, and no `.proto` declares it: Iris prints it, empty.
    Printed,
}

#[derive(Debug, Default)]
pub(super) struct Message {
    /// See [`Given::Printed`].
    pub(super) printed: bool,
    pub(super) fields: BTreeMap<i32, Field>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Field {
    pub(super) name: String,
    /// Set where it is not what the name gives.
    pub(super) json_name: Option<String>,
    /// `string`, `users.v1.User`, `enum users.v1.Role`, `map<string, users.v1.User>`.
    pub(super) kind: String,
    pub(super) label: Label,
    pub(super) oneof: Option<String>,
    /// What proto2's `[default = ..]` says, as descriptors have it.
    pub(super) default: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    /// Without presence of its own; also every single message, which always has it.
    Singular,
    Optional,
    Required,
    Repeated,
    Map,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Code {
    pub(super) name: String,
    pub(super) status: String,
}

impl Live {
    pub(super) fn of(schema: &Schema, types: &Types<'_>) -> Self {
        let mut live = Live {
            javascript_names: schema.javascript_names.clone(),
            ..Live::default()
        };
        let mut roots = BTreeSet::new();
        for remote in &schema.remotes {
            let client_name = remote.client_name.clone();
            live.client_names.insert(remote.full_name(), client_name);
            let procedures = live.remotes.entry(remote.full_name()).or_default();
            for procedure in &remote.procedures {
                for payload in [&procedure.request, &procedure.response] {
                    if payload.source == PayloadSource::Printed {
                        live.messages
                            .insert(payload.message.clone(), Message::printed());
                    } else {
                        roots.insert(payload.message.as_str());
                    }
                }
                procedures.insert(procedure.name.clone(), Procedure::of(procedure));
            }
        }
        let reached = types.reach(roots, is_protobufs_own_type);
        for name in reached.messages {
            if let Some(message) = types.message(&name) {
                let message = Message::of(message.descriptor, message.file, types);
                live.messages.insert(name, message);
            }
        }
        for name in reached.enums {
            if let Some(enumeration) = types.enumeration(&name) {
                let values = enumeration.descriptor.value.iter();
                let values = values.map(|value| (value.name().to_owned(), value.number()));
                live.enums.insert(name, values.collect());
            }
        }
        for code in &schema.error_codes {
            let pinned = Code {
                name: code.name.clone(),
                status: code.status.as_str(),
            };
            live.codes.insert(code.number, pinned);
        }
        live
    }
}

impl Procedure {
    fn of(procedure: &schema::Procedure) -> Self {
        let payload = |payload: &schema::Payload| Payload {
            message: payload.message.clone(),
            given: match payload.source {
                PayloadSource::Given => Given::Yes,
                PayloadSource::Declared => Given::Declared,
                PayloadSource::Printed => Given::Printed,
            },
        };
        Procedure {
            kind: procedure.kind.as_str().to_owned(),
            request: payload(&procedure.request),
            response: payload(&procedure.response),
            idempotency: procedure.idempotency,
        }
    }
}

impl Payload {
    pub(super) fn is_given(&self) -> bool {
        self.given == Given::Yes
    }

    pub(super) fn is_printed(&self) -> bool {
        self.given == Given::Printed
    }
}

impl Message {
    pub(super) fn printed() -> Self {
        Message {
            printed: true,
            fields: BTreeMap::new(),
        }
    }

    pub(super) fn field_called(&self, name: &str) -> Option<(i32, &Field)> {
        self.fields
            .iter()
            .find(|(_, field)| field.name == name)
            .map(|(number, field)| (*number, field))
    }

    fn of(message: &DescriptorProto, file: &FileDescriptorProto, types: &Types<'_>) -> Self {
        let fields = message.field.iter().map(|field| {
            let pinned = Field::of(field, message, file, types);
            (field.number(), pinned)
        });
        Message {
            printed: false,
            fields: fields.collect(),
        }
    }
}

impl Field {
    fn of(
        field: &FieldDescriptorProto,
        message: &DescriptorProto,
        file: &FileDescriptorProto,
        types: &Types<'_>,
    ) -> Self {
        let entry = types.map_entry(field);
        let oneof = oneof_name(message, field);
        let is_message = matches!(field.r#type(), Type::Message | Type::Group);
        let label = match field.label() {
            _ if entry.is_some() => Label::Map,
            DescriptorLabel::Repeated => Label::Repeated,
            DescriptorLabel::Required => Label::Required,
            DescriptorLabel::Optional if oneof.is_some() || is_message => Label::Singular,
            DescriptorLabel::Optional if field.proto3_optional() || file.syntax() != "proto3" => {
                Label::Optional
            }
            DescriptorLabel::Optional => Label::Singular,
        };
        let json_name = json_name(field);
        Field {
            name: field.name().to_owned(),
            json_name: (json_name != default_json_name(field.name())).then_some(json_name),
            kind: match entry {
                Some((key, value)) => format!("map<{}, {}>", kind(key), kind(value)),
                None => kind(field),
            },
            label,
            oneof: oneof.map(str::to_owned),
            default: field.default_value.clone(),
        }
    }

    /// The name in JSON.
    pub(super) fn json(&self) -> String {
        match &self.json_name {
            Some(name) => name.clone(),
            None => default_json_name(&self.name),
        }
    }

    /// Label and type, as a reader of the `.proto` knows them: `repeated string`.
    pub(super) fn shape(&self) -> String {
        match self.label {
            Label::Singular | Label::Map => self.kind.clone(),
            label => format!("{label} {}", self.kind),
        }
    }
}

impl Label {
    pub(super) const ALL: [Label; 5] = [
        Label::Singular,
        Label::Optional,
        Label::Required,
        Label::Repeated,
        Label::Map,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Label::Singular => "singular",
            Label::Optional => "optional",
            Label::Required => "required",
            Label::Repeated => "repeated",
            Label::Map => "map",
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

fn kind(field: &FieldDescriptorProto) -> String {
    match (field.r#type(), scalar_name(field.r#type())) {
        (_, Some(name)) => name.to_owned(),
        (Type::Enum, None) => format!("enum {}", type_name(field)),
        (Type::Group, None) => format!("group {}", type_name(field)),
        (_, None) => type_name(field).to_owned(),
    }
}
