//! Prints the file of one remote.

use super::message_names::MessageNames;
use super::{Printer, header, layout, text};
use crate::identifier;
use crate::schema::{PayloadSource, Procedure, Remote};
use iris_model::{Idempotency, StreamKind, names};
use std::collections::BTreeSet;
use std::fmt::Write;

pub(super) fn print(remote: &Remote, printer: &Printer<'_>) -> String {
    let type_name = layout::type_name(remote);
    let api_name = format!("{type_name}Api");
    let messages = MessageNames::new(remote, printer, &[&type_name, &api_name]);
    let scope = Scope::new(printer, &[&type_name, &api_name]);
    let calls = calls(remote, &messages, &scope);

    let mut text = header();
    let full_name = remote.full_name();
    let _ = writeln!(text, "//! The remote `{full_name}`.");
    if is_deprecated(remote) {
        text.push_str("\n#![allow(deprecated)]\n");
    }
    text.push('\n');
    text.push_str(&scope.imports());
    text.push_str(&messages.imports());
    text.push('\n');
    let docs = if remote.docs.is_empty() {
        format!("Calls the procedures of `{full_name}`.")
    } else {
        remote.docs.clone()
    };
    text::docs(&mut text, "", "///", &docs);
    text::deprecation(&mut text, "", remote.deprecation.as_ref());
    let _ = write!(
        text,
        "#[derive(Clone, Debug)]\npub struct {type_name} {{\n    client: iris_client::Client,\n}}\n\n\
         impl {type_name} {{\n    /// Calls by way of this client.\n    \
         pub fn new(client: &iris_client::Client) -> Self {{\n        \
         {type_name} {{ client: client.clone() }}\n    }}\n"
    );
    for call in &calls {
        text.push('\n');
        call.attributes(&mut text);
        let _ = write!(
            text,
            "    pub fn {}(&self{}) -> {} {{\n        self.client.{}({}, {})\n    }}\n",
            call.function,
            call.parameter(),
            call.call_type(),
            call.method(),
            call.constant,
            call.argument(),
        );
    }
    let _ = write!(
        text,
        "}}\n\n/// What [`{type_name}`] can do; implement it in a test to stand in for the server.\n\
         pub trait {api_name}: {} + {} {{\n",
        scope.send, scope.sync,
    );
    for (index, call) in calls.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        call.attributes(&mut text);
        let _ = writeln!(text, "    {} {{", call.api_signature());
        if call.takes_message() {
            let _ = writeln!(text, "        let _ = {};", call.argument());
        }
        let _ = write!(
            text,
            "        iris_client::not_mocked({}.path())\n    }}\n",
            call.constant
        );
    }
    let _ = write!(text, "}}\n\nimpl {api_name} for {type_name} {{\n");
    for (index, call) in calls.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let argument = if call.takes_message() {
            format!(", {}", call.argument())
        } else {
            String::new()
        };
        // So it is compiled where it is called. Of a large client its callers need few functions, and would wait for all.
        let _ = write!(
            text,
            "    #[inline]\n    {} {{\n        {type_name}::{}(self{argument}).into_future()\n    }}\n",
            call.api_signature(),
            call.function,
        );
    }
    text.push_str("}\n");
    for call in &calls {
        text.push('\n');
        let _ = writeln!(text, "/// `{}`", call.procedure.path(remote));
        let _ = writeln!(text, "{}", call.constant_line(remote));
    }
    text
}

/// What stands between the parentheses of a call in an example.
pub(super) fn argument(procedure: &Procedure) -> &'static str {
    if procedure.request.source != PayloadSource::Given {
        return "";
    }
    match procedure.kind {
        StreamKind::Unary | StreamKind::Server => "request",
        StreamKind::Client | StreamKind::Bidirectional => "requests",
    }
}

fn is_deprecated(remote: &Remote) -> bool {
    let procedures = remote.procedures.iter();
    remote.deprecation.is_some()
        || procedures
            .into_iter()
            .any(|procedure| procedure.deprecation.is_some())
}

/// A procedure with the names it has in the file.
struct Call<'a> {
    procedure: &'a Procedure,
    constant: String,
    function: String,
    request: String,
    response: String,
    code: &'static str,
    scope: &'a Scope,
}

/// Names that the file needs besides its own. Where the remote is called like one, it goes by its path.
struct Scope {
    send: &'static str,
    sync: &'static str,
    future: &'static str,
    result: &'static str,
    error: &'static str,
    code: &'static str,
}

impl Scope {
    fn new(printer: &Printer<'_>, own: &[&str]) -> Self {
        let choose = |name: &'static str, path: &'static str| match own.contains(&name) {
            true => path,
            false => name,
        };
        Scope {
            send: choose("Send", "::core::marker::Send"),
            sync: choose("Sync", "::core::marker::Sync"),
            future: choose("Future", "::core::future::Future"),
            result: choose("Result", "::core::result::Result"),
            error: choose("IrisError", "crate::IrisError"),
            code: match printer.code_type() {
                "ErrorCode" => choose("ErrorCode", "crate::ErrorCode"),
                other => other,
            },
        }
    }

    /// What is imported under its plain name.
    fn imports(&self) -> String {
        let names: Vec<&str> = [self.code, self.error]
            .into_iter()
            .filter(|name| ["ErrorCode", "IrisError"].contains(name))
            .collect();
        match names[..] {
            [] => String::new(),
            [name] => format!("use crate::{name};\n"),
            _ => format!("use crate::{{{}}};\n", names.join(", ")),
        }
    }
}

fn calls<'a>(remote: &'a Remote, messages: &MessageNames, scope: &'a Scope) -> Vec<Call<'a>> {
    let mut constants = BTreeSet::new();
    let named = |procedure: &'a Procedure| Call {
        procedure,
        // Another server may have procedures that differ in their capitals alone.
        constant: text::unique(names::screaming_snake_case(&procedure.name), &mut constants),
        function: identifier::written(&procedure.function),
        request: messages.name(&procedure.request),
        response: messages.name(&procedure.response),
        code: scope.code,
        scope,
    };
    remote.procedures.iter().map(named).collect()
}

impl Call<'_> {
    fn constant_line(&self, remote: &Remote) -> String {
        let promise = match self.procedure.idempotency {
            Idempotency::Unknown => "",
            Idempotency::WithSideEffects => ".idempotent()",
            Idempotency::NoSideEffects => ".no_side_effects()",
        };
        format!(
            "pub const {}: iris_client::Method<{}, {}, iris_client::kind::{}> = iris_client::Method::new({:?}){promise};",
            self.constant,
            self.request,
            self.response,
            self.kind(),
            self.procedure.path(remote),
        )
    }

    fn attributes(&self, text: &mut String) {
        text::docs(text, "    ", "///", &self.procedure.docs);
        text::deprecation(text, "    ", self.procedure.deprecation.as_ref());
    }

    fn takes_message(&self) -> bool {
        self.procedure.request.source == PayloadSource::Given
    }

    fn streams_requests(&self) -> bool {
        matches!(
            self.procedure.kind,
            StreamKind::Client | StreamKind::Bidirectional
        )
    }

    fn argument(&self) -> &'static str {
        if self.takes_message() {
            argument(self.procedure)
        } else {
            "()"
        }
    }

    fn parameter(&self) -> String {
        if self.streams_requests() {
            format!(
                ", requests: impl iris_client::Stream<Item = {}> + {} + 'static",
                self.request, self.scope.send
            )
        } else if self.takes_message() {
            format!(", request: {}", self.request)
        } else {
            String::new()
        }
    }

    fn call_type(&self) -> String {
        format!(
            "iris_client::{}<{}, {}, {}>",
            self.kind(),
            self.request,
            self.response,
            self.code
        )
    }

    /// The name of the call's type, and of the kind of its method.
    fn kind(&self) -> &'static str {
        match self.procedure.kind {
            StreamKind::Unary => "Unary",
            StreamKind::Server => "ServerStreaming",
            StreamKind::Client => "ClientStreaming",
            StreamKind::Bidirectional => "Bidirectional",
        }
    }

    fn method(&self) -> &'static str {
        match self.procedure.kind {
            StreamKind::Unary => "unary",
            StreamKind::Server => "server_streaming",
            StreamKind::Client => "client_streaming",
            StreamKind::Bidirectional => "bidirectional",
        }
    }

    fn api_signature(&self) -> String {
        let output = match self.procedure.kind {
            StreamKind::Unary | StreamKind::Client => self.response.clone(),
            StreamKind::Server | StreamKind::Bidirectional => {
                format!("iris_client::Streaming<{}, {}>", self.response, self.code)
            }
        };
        let Scope {
            send,
            future,
            result,
            error,
            ..
        } = self.scope;
        format!(
            "fn {}(&self{}) -> impl {future}<Output = {result}<{output}, {error}>> + {send}",
            self.function,
            self.parameter(),
        )
    }
}
