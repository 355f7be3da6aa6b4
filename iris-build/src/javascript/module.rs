//! Prints `index.js`: the runtime, and what is of the schema.

use super::layout::{self, Layout};
use super::literal::{listing, property, string};
use super::model::{Enumeration, Field, Kind, Member, Message, Method, Model, Remote, Type};
use super::runtime::{self, Parts};
use crate::client::IRIS_CODES;
use crate::write::GENERATED;
use iris_model::StreamKind;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Names of the language that the runtime uses: another meaning for them would break it.
const GLOBALS: [&str; 46] = [
    "AbortController",
    "Array",
    "ArrayBuffer",
    "BigInt",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DataView",
    "Error",
    "Float32Array",
    "Float64Array",
    "Infinity",
    "Int32Array",
    "JSON",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "Promise",
    "ReadableStream",
    "Request",
    "Response",
    "Set",
    "String",
    "Symbol",
    "TextDecoder",
    "TextEncoder",
    "TypeError",
    "URL",
    "Uint32Array",
    "Uint8Array",
    "WeakMap",
    "WebAssembly",
    "WebSocket",
    "atob",
    "clearTimeout",
    "console",
    "fetch",
    "globalThis",
    "location",
    "navigator",
    "performance",
    "setTimeout",
    "undefined",
    "queueMicrotask",
];

/// How wide a line may be.
const WIDTH: usize = 120;

pub(super) fn print(model: &Model, parts: Parts) -> String {
    let printed = printed(model, parts);
    format!(
        "// {GENERATED}. Do not edit.\n\n{}\n{printed}",
        runtime::print(&printed, parts)
    )
}

fn printed(model: &Model, parts: Parts) -> String {
    let mut text = String::new();
    let mut taken: BTreeSet<&str> = runtime::names(parts);
    taken.extend(GLOBALS);
    let local = |name: &str| match taken.contains(name) {
        true => format!("{name}$"),
        false => name.to_owned(),
    };
    error_codes(&mut text, model);
    for enumeration in &model.enums {
        text.push('\n');
        self::enumeration(&mut text, enumeration, &local);
    }
    let long = layout::long(&model.messages);
    for message in &model.messages {
        text.push('\n');
        let laid = parts.web_assembly.then(|| Layout::of(message));
        let is_long = long.contains(message.name.as_str());
        self::message(&mut text, message, laid.map(|laid| (laid, is_long)));
    }
    for remote in &model.remotes {
        text.push('\n');
        class(&mut text, remote, &local);
    }
    text.push('\n');
    remotes(&mut text, model, &local);
    text
}

fn error_codes(text: &mut String, model: &Model) {
    text.push_str("export const ErrorCode = {\n");
    for code in &model.error_codes {
        let _ = writeln!(text, "    {}: {},", code.name, code.number);
    }
    for (name, number, _) in IRIS_CODES {
        let _ = writeln!(text, "    {name}: {number},");
    }
    text.push_str("};\n");
}

fn enumeration(text: &mut String, enumeration: &Enumeration, local: &impl Fn(&str) -> String) {
    declare(text, "const", &enumeration.name, local);
    text.push_str(" = {\n");
    for value in &enumeration.values {
        let _ = writeln!(text, "    {}: {},", property(&value.name), value.number);
    }
    text.push_str("};\n");
    export(text, &enumeration.name, local);
}

/// A message's fields, in packages with WebAssembly with how it is laid out, and whether there may be much in it.
fn message(text: &mut String, message: &Message, laid: Option<(Layout, bool)>) {
    let (name, listing) = (&message.full_name, listing(&message.name));
    let _ = write!(text, "/** `{name}` */\nconst {listing} = () =>");
    if let Some((Layout { make, fields }, is_long)) = laid {
        let long = if is_long { ",\n        LONG" } else { "" };
        text.push_str("\n    laid(\n        ");
        members(text, message, "        ");
        let _ = writeln!(text, ",\n        {make},\n        {fields}{long},\n    );");
    } else {
        text.push(' ');
        members(text, message, "");
        text.push_str(";\n");
    }
}

/// The array of a message's fields. Lines but the first are indented.
fn members(text: &mut String, message: &Message, indent: &str) {
    text.push('[');
    for member in &message.members {
        let _ = write!(text, "\n{indent}    ");
        match member {
            Member::Field(field) => text.push_str(&self::field(field)),
            Member::Oneof { name, cases, .. } => {
                let _ = writeln!(text, "oneof(\n{indent}        {},", string(name));
                for case in cases {
                    let _ = writeln!(
                        text,
                        "{indent}        [{}, {}, {}],",
                        case.number,
                        string(&case.name),
                        type_of(case)
                    );
                }
                let _ = write!(text, "{indent}    )");
            }
        }
        text.push(',');
    }
    if !message.members.is_empty() {
        let _ = write!(text, "\n{indent}");
    }
    text.push(']');
}

/// `field(1, "name", STRING)`
fn field(field: &Field) -> String {
    let (kind, default) = match &field.kind {
        Kind::Implicit => ("field", None),
        Kind::Optional => ("optional", None),
        Kind::Required(default) => ("required", default.as_deref()),
        Kind::Repeated => ("repeated", None),
        Kind::Packed => ("packed", None),
        Kind::Map(_, default) => ("map", default.as_deref()),
    };
    let mut arguments = vec![field.number.to_string(), string(&field.name)];
    if let Kind::Map(key, _) = field.kind {
        arguments.push(key.to_uppercase());
    }
    arguments.push(type_of(field));
    arguments.extend(default.map(str::to_owned));
    format!("{kind}({})", arguments.join(", "))
}

fn type_of(field: &Field) -> String {
    match &field.ty {
        Type::Scalar(name) => name.to_uppercase(),
        Type::Enum(_) => "ENUMERATION".to_owned(),
        Type::Message(name) => listing(name),
        Type::Group(name) => format!("group({}, {})", field.number, listing(name)),
    }
}

fn class(text: &mut String, remote: &Remote, local: &impl Fn(&str) -> String) {
    let _ = writeln!(
        text,
        "/** Calls the procedures of `{}`. */",
        remote.full_name
    );
    declare(text, "class", &remote.class, local);
    text.push_str(
        " {\n    \
             #client;\n\
         \n    \
             constructor(server, options) {\n        \
                 this.#client = clientOf(server, options);\n    \
             }\n",
    );
    for method in &remote.methods {
        text.push('\n');
        self::method(text, method);
    }
    text.push_str("}\n");
    export(text, &remote.class, local);
}

fn method(text: &mut String, method: &Method) {
    let (call, given) = match method.kind {
        StreamKind::Unary => ("unary", "request"),
        StreamKind::Server => ("serverStreaming", "request"),
        StreamKind::Client => ("clientStreaming", "requests"),
        StreamKind::Bidirectional => ("bidirectional", "requests"),
    };
    let message = |name: &Option<String>| match name {
        Some(name) => listing(name),
        None => "NOTHING".to_owned(),
    };
    let (parameters, given) = match method.request {
        Some(_) => (format!("{given}, options"), given),
        None => ("options".to_owned(), "{}"),
    };
    let mut arguments = vec![
        "this.#client".to_owned(),
        string(&method.path),
        message(&method.request),
        message(&method.response),
        given.to_owned(),
        "options".to_owned(),
    ];
    if method.repeatable && !method.takes_stream() {
        arguments.push("IDEMPOTENT".to_owned());
    }
    let _ = writeln!(text, "    {}({parameters}) {{", method.name);
    let line = format!("        return {call}({});", arguments.join(", "));
    if line.len() <= WIDTH {
        text.push_str(&line);
        text.push('\n');
    } else {
        let _ = writeln!(text, "        return {call}(");
        for argument in arguments {
            let _ = writeln!(text, "            {argument},");
        }
        text.push_str("        );\n");
    }
    text.push_str("    }\n");
}

fn remotes(text: &mut String, model: &Model, local: &impl Fn(&str) -> String) {
    text.push_str(
        "/** Every remote, over one client. */\n\
         export class Remotes {\n    \
             #client;\n\
         \n    \
             constructor(server, options) {\n        \
                 this.#client = clientOf(server, options);\n",
    );
    for remote in &model.remotes {
        let _ = writeln!(
            text,
            "        this.{} = new {}(this.#client);",
            remote.property,
            local(&remote.class)
        );
    }
    text.push_str(
        "    }\n\
         \n    \
             onError(listener) {\n        \
                 return this.#client.onError(listener);\n    \
             }\n\
         \n    \
             close() {\n        \
                 this.#client.close();\n    \
             }\n\
         }\n",
    );
}

/// Begins a declaration, which is exported where its name is free in the module.
fn declare(text: &mut String, word: &str, name: &str, local: &impl Fn(&str) -> String) {
    let local = local(name);
    let export = if local == name { "export " } else { "" };
    let _ = write!(text, "{export}{word} {local}");
}

/// Exports what was declared by another name.
fn export(text: &mut String, name: &str, local: &impl Fn(&str) -> String) {
    let local = local(name);
    if local != name {
        let _ = writeln!(text, "export {{ {local} as {name} }};");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_runtime_takes_from_the_language_is_no_name_for_others() {
        let parts = Parts {
            web_socket: true,
            web_assembly: true,
        };
        let free = runtime::free_names(parts);
        let taken: BTreeSet<&str> = GLOBALS.into();
        // Texts and patterns are not told from code.
        let texts = ["Cc", "Connect", "HTTP", "Iris", "P", "The", "WebSockets"];
        // Types of a package begin with a capital.
        let missing: Vec<_> = free
            .iter()
            .filter(|name| name.starts_with(|letter: char| letter.is_ascii_uppercase()))
            .filter(|name| !taken.contains(name.as_str()) && !texts.contains(&name.as_str()))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
