//! Messages.

use super::defaults;
use crate::javascript::names::{Names, Properties};
use crate::types::{
    Declared, Types, default_json_name, json_name, oneof_name, scalar_name, tag, type_name,
};
use prost_types::field_descriptor_proto::{Label, Type as WireType};
use prost_types::{DescriptorProto, FieldDescriptorProto, FieldOptions, MessageOptions};

/// A message.
#[derive(Debug)]
pub(in crate::javascript) struct Message {
    pub(in crate::javascript) name: String,
    pub(in crate::javascript) full_name: String,
    pub(in crate::javascript) docs: String,
    pub(in crate::javascript) deprecated: bool,
    /// In the order of the source, a oneof where its first field stands.
    pub(in crate::javascript) members: Vec<Member>,
}

/// A property of a message's objects.
#[derive(Debug)]
pub(in crate::javascript) enum Member {
    Field(Field),
    Oneof {
        name: String,
        docs: String,
        cases: Vec<Field>,
    },
}

/// A field.
#[derive(Debug)]
pub(in crate::javascript) struct Field {
    pub(in crate::javascript) name: String,
    pub(in crate::javascript) number: i32,
    pub(in crate::javascript) docs: String,
    pub(in crate::javascript) deprecated: bool,
    pub(in crate::javascript) kind: Kind,
    pub(in crate::javascript) ty: Type,
}

/// When a field is there, and how often.
#[derive(Debug)]
pub(in crate::javascript) enum Kind {
    /// Always, with its type's default where it was not sent.
    Implicit,
    Optional,
    /// Always, with this default as JavaScript writes it, where it is not its type's.
    Required(Option<String>),
    Repeated,
    /// The same, with all numbers behind one length.
    Packed,
    /// By keys of this type; values have this default, where it is not their type's.
    Map(&'static str, Option<String>),
}

/// What a field holds.
#[derive(Debug, Clone)]
pub(in crate::javascript) enum Type {
    /// By its name in the protobuf language.
    Scalar(&'static str),
    /// By its name in JavaScript.
    Enum(String),
    Message(String),
    Group(String),
}

impl Message {
    pub(super) fn of(
        full_name: &str,
        declared: &Declared<'_, DescriptorProto>,
        types: &Types<'_>,
        names: &Names,
    ) -> Self {
        let descriptor = declared.descriptor;
        let mut properties = Properties::new();
        let fields = descriptor.field.iter().zip(0..).map(|(field, index)| {
            let name = properties.name(json_name(field));
            let docs = types.comment(declared, &[tag::MESSAGE_FIELD, index]);
            let is_proto3 = declared.file.syntax() == "proto3";
            let oneof = oneof_name(descriptor, field);
            let own = self::field(field, name, docs, is_proto3, types, names);
            (own, oneof)
        });
        let fields: Vec<_> = fields.collect();
        let mut members: Vec<Member> = Vec::new();
        let mut oneofs: Vec<(&str, usize)> = Vec::new();
        for (field, oneof) in fields {
            let Some(oneof) = oneof else {
                members.push(Member::Field(field));
                continue;
            };
            let known = oneofs.iter().find(|(name, _)| *name == oneof);
            let at = known.map_or(members.len(), |(_, at)| *at);
            if let Some(Member::Oneof { cases, .. }) = members.get_mut(at) {
                cases.push(field);
                continue;
            }
            oneofs.push((oneof, at));
            let declared_at = descriptor.oneof_decl.iter().zip(0..);
            let declared_at = declared_at
                .filter(|(declared, _)| declared.name() == oneof)
                .map(|(_, index)| index);
            let docs = declared_at
                .map(|index| types.comment(declared, &[tag::MESSAGE_ONEOF, index]))
                .next();
            members.push(Member::Oneof {
                name: properties.name(default_json_name(oneof)),
                docs: docs.unwrap_or_default(),
                cases: vec![field],
            });
        }
        let options = descriptor.options.as_ref();
        Message {
            name: names.type_name(full_name).to_owned(),
            full_name: full_name.to_owned(),
            docs: types.comment(declared, &[]),
            deprecated: options.is_some_and(MessageOptions::deprecated),
            members,
        }
    }
}

fn field(
    field: &FieldDescriptorProto,
    name: String,
    docs: String,
    is_proto3: bool,
    types: &Types<'_>,
    names: &Names,
) -> Field {
    let map = types.map_entry(field);
    let ty = type_of(map.map_or(field, |(_, value)| value), names);
    let kind = match (map, field.label()) {
        (Some((key, value)), _) => {
            let key = scalar_name(key.r#type()).unwrap_or("string");
            Kind::Map(key, defaults::of_enum(value, types))
        }
        (None, Label::Repeated) => match is_packed(field, is_proto3) {
            true => Kind::Packed,
            false => Kind::Repeated,
        },
        (None, Label::Required) => Kind::Required(defaults::of_required(field, types)),
        (None, Label::Optional) if has_presence(field, is_proto3) => Kind::Optional,
        (None, Label::Optional) => Kind::Implicit,
    };
    let options = field.options.as_ref();
    Field {
        name,
        number: field.number(),
        docs,
        deprecated: options.is_some_and(FieldOptions::deprecated),
        kind,
        ty,
    }
}

fn type_of(field: &FieldDescriptorProto, names: &Names) -> Type {
    let name = || names.type_name(type_name(field)).to_owned();
    match (field.r#type(), scalar_name(field.r#type())) {
        (_, Some(scalar)) => Type::Scalar(scalar),
        (WireType::Enum, None) => Type::Enum(name()),
        (WireType::Group, None) => Type::Group(name()),
        (_, None) => Type::Message(name()),
    }
}

fn has_presence(field: &FieldDescriptorProto, is_proto3: bool) -> bool {
    !is_proto3
        || field.proto3_optional()
        || matches!(field.r#type(), WireType::Message | WireType::Group)
}

fn is_packed(field: &FieldDescriptorProto, is_proto3: bool) -> bool {
    let packs = !matches!(
        field.r#type(),
        WireType::String | WireType::Bytes | WireType::Message | WireType::Group
    );
    let chosen = field.options.as_ref().and_then(|options| options.packed);
    packs && chosen.unwrap_or(is_proto3)
}
