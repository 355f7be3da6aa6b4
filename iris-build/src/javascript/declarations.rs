//! Prints `index.d.ts`: all that callers see.

use super::docs;
use super::literal::{property, string};
use super::model::{Enumeration, Field, Kind, Member, Message, Method, Model, Remote, Type};
use super::names::init_name;
use crate::client::IRIS_CODES;
use crate::write::GENERATED;
use iris_model::StreamKind;
use std::fmt::Write;

/// What is the same for every schema.
const RUNTIME: &str = include_str!("runtime/index.d.ts");

pub(super) fn print(model: &Model) -> String {
    let mut text = format!("// {GENERATED}. Do not edit.\n\n");
    remotes(&mut text, model);
    for remote in &model.remotes {
        text.push('\n');
        class(&mut text, remote);
    }
    text.push('\n');
    error_codes(&mut text, model);
    for message in &model.messages {
        text.push('\n');
        interface(&mut text, message);
        text.push('\n');
        init(&mut text, message);
    }
    for enumeration in &model.enums {
        text.push('\n');
        self::enumeration(&mut text, enumeration);
    }
    text.push('\n');
    text.push_str(RUNTIME);
    text
}

fn remotes(text: &mut String, model: &Model) {
    text.push_str(
        "/** Every remote, over one client. */\n\
         export class Remotes {\n    \
             /** Calls the server at a URL, or by way of a client. */\n    \
             constructor(server: string | URL | IrisClient, options?: IrisClientOptions);\n",
    );
    for remote in &model.remotes {
        let documented = docs::deprecated(&remote.docs, remote.deprecated.as_deref());
        docs::print(text, "    ", &documented);
        let _ = writeln!(
            text,
            "    readonly {}: {};",
            property(&remote.property),
            remote.class
        );
    }
    text.push_str(
        "    /** Tells of each call that fails from now on, until what it gives is called. See `IrisClient`. */\n    \
             onError(listener: (failure: IrisFailure) => void): () => void;\n    \
             /** Closes the WebSocket, where there is one, once the calls on it are done. See `IrisClient`. */\n    \
             close(): void;\n\
         }\n",
    );
}

fn class(text: &mut String, remote: &Remote) {
    let calls = format!("Calls the procedures of `{}`.", remote.full_name);
    let documented = match remote.docs.is_empty() {
        true => calls,
        false => remote.docs.clone(),
    };
    docs::print(
        text,
        "",
        &docs::deprecated(&documented, remote.deprecated.as_deref()),
    );
    let class = &remote.class;
    let _ = write!(
        text,
        "export class {class} {{\n    \
             /** Calls the server at a URL, or by way of a client. */\n    \
             constructor(server: string | URL | IrisClient, options?: IrisClientOptions);\n",
    );
    for method in &remote.methods {
        let documented = docs::deprecated(&method.docs, method.deprecated.as_deref());
        docs::print(text, "    ", &documented);
        let _ = writeln!(text, "    {};", signature(method));
    }
    text.push_str("}\n");
}

/// `create(request: CreateUserRequestInit, options?: IrisCallOptions): Promise<User>`
fn signature(method: &Method) -> String {
    let request = method.request.as_deref().map(init_name);
    let request = match (request, method.takes_stream()) {
        (None, _) => String::new(),
        (Some(init), false) => format!("request: {init}, "),
        (Some(init), true) => {
            format!("requests: AsyncIterable<{init}> | Iterable<{init}>, ")
        }
    };
    let response = method.response.as_deref().unwrap_or("void");
    let answer = match method.kind {
        StreamKind::Unary | StreamKind::Client => "Promise",
        StreamKind::Server | StreamKind::Bidirectional => "AsyncIterableIterator",
    };
    format!(
        "{}({request}options?: IrisCallOptions): {answer}<{response}>",
        method.name
    )
}

fn error_codes(text: &mut String, model: &Model) {
    text.push_str(
        "/** What went wrong with a call. A newer server may have others. */\nexport const ErrorCode: {\n",
    );
    for code in &model.error_codes {
        let documented = docs::deprecated(&code.docs, code.deprecated.then_some(""));
        docs::print(text, "    ", &documented);
        let _ = writeln!(text, "    readonly {}: {};", code.name, code.number);
    }
    for (name, number, about) in IRIS_CODES {
        docs::print(text, "    ", about);
        let _ = writeln!(text, "    readonly {name}: {number};");
    }
    text.push_str("};\n");
    open_type(text, "ErrorCode");
}

fn enumeration(text: &mut String, enumeration: &Enumeration) {
    let Enumeration {
        name, full_name, ..
    } = enumeration;
    let named = docs::with(
        &enumeration.docs,
        &format!("`{full_name}`. A newer server may have values that are not here."),
    );
    docs::print(
        text,
        "",
        &docs::deprecated(&named, enumeration.deprecated.then_some("")),
    );
    let _ = writeln!(text, "export const {name}: {{");
    for value in &enumeration.values {
        docs::print(
            text,
            "    ",
            &docs::deprecated(&value.docs, value.deprecated.then_some("")),
        );
        let _ = writeln!(
            text,
            "    readonly {}: {};",
            property(&value.name),
            value.number
        );
    }
    text.push_str("};\n");
    open_type(text, name);
}

/// A type of numbers of which some have names.
fn open_type(text: &mut String, name: &str) {
    let _ = writeln!(
        text,
        "export type {name} = (typeof {name})[keyof typeof {name}] | (number & {{}});"
    );
}

/// A message as it is received: with all of its fields.
fn interface(text: &mut String, message: &Message) {
    let named = docs::with(&message.docs, &format!("`{}`", message.full_name));
    docs::print(
        text,
        "",
        &docs::deprecated(&named, message.deprecated.then_some("")),
    );
    let _ = writeln!(text, "export interface {} {{", message.name);
    for member in &message.members {
        match member {
            Member::Field(field) => {
                field_docs(text, "    ", field);
                let _ = writeln!(text, "    {}: {};", property(&field.name), received(field));
            }
            Member::Oneof { name, docs, cases } => {
                docs::print(text, "    ", docs);
                let _ = writeln!(text, "    {}:", property(name));
                for case in cases {
                    let ty = received_type(&case.ty);
                    self::case(text, case, &ty);
                }
                text.push_str("        | undefined;\n");
            }
        }
    }
    text.push_str("}\n");
}

/// A message as it may be given: any field may be left out.
fn init(text: &mut String, message: &Message) {
    let named = format!(
        "What may be given for `{}`: what is left out has its default.",
        message.name
    );
    docs::print(
        text,
        "",
        &docs::deprecated(&named, message.deprecated.then_some("")),
    );
    let _ = writeln!(text, "export interface {} {{", init_name(&message.name));
    for member in &message.members {
        match member {
            Member::Field(field) => {
                field_docs(text, "    ", field);
                let _ = writeln!(
                    text,
                    "    {}?: {} | undefined;",
                    property(&field.name),
                    given(field)
                );
            }
            Member::Oneof { name, docs, cases } => {
                docs::print(text, "    ", docs);
                let _ = writeln!(text, "    {}?:", property(name));
                for case in cases {
                    let ty = given_type(&case.ty);
                    self::case(text, case, &ty);
                }
                text.push_str("        | undefined;\n");
            }
        }
    }
    text.push_str("}\n");
}

fn case(text: &mut String, case: &Field, ty: &str) {
    field_docs(text, "        ", case);
    let _ = writeln!(
        text,
        "        | {{ case: {}; value: {ty} }}",
        string(&case.name)
    );
}

fn field_docs(text: &mut String, indent: &str, field: &Field) {
    docs::print(
        text,
        indent,
        &docs::deprecated(&field.docs, field.deprecated.then_some("")),
    );
}

fn received(field: &Field) -> String {
    let ty = received_type(&field.ty);
    match &field.kind {
        Kind::Implicit | Kind::Required(_) => ty,
        Kind::Optional => format!("{ty} | undefined"),
        Kind::Repeated | Kind::Packed => format!("{ty}[]"),
        Kind::Map(key, _) => format!("Map<{}, {ty}>", scalar(key)),
    }
}

fn given(field: &Field) -> String {
    let ty = given_type(&field.ty);
    match &field.kind {
        Kind::Implicit | Kind::Required(_) | Kind::Optional => ty,
        Kind::Repeated | Kind::Packed if ty.contains(' ') => format!("readonly ({ty})[]"),
        Kind::Repeated | Kind::Packed => format!("readonly {ty}[]"),
        Kind::Map(key, _) => format!("ReadonlyMap<{}, {ty}>", given_scalar(key)),
    }
}

fn received_type(ty: &Type) -> String {
    match ty {
        Type::Scalar(name) => scalar(name).to_owned(),
        Type::Enum(name) | Type::Message(name) | Type::Group(name) => name.clone(),
    }
}

fn given_type(ty: &Type) -> String {
    match ty {
        Type::Scalar(name) => given_scalar(name).to_owned(),
        Type::Enum(name) => name.clone(),
        Type::Message(name) | Type::Group(name) => init_name(name),
    }
}

fn scalar(name: &str) -> &'static str {
    match name {
        "bool" => "boolean",
        "string" => "string",
        "bytes" => "Uint8Array",
        long if long.ends_with("64") => "bigint",
        _ => "number",
    }
}

/// A number that is safe to be one stands for a `bigint`.
fn given_scalar(name: &str) -> &'static str {
    match scalar(name) {
        "bigint" => "bigint | number",
        other => other,
    }
}
