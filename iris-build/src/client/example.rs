//! Prints the example that the crate's README and its documentation open with.

use super::Printer;
use crate::identifier;
use crate::schema::{Payload, PayloadSource, Procedure, Remote};
use crate::well_known;
use iris_model::StreamKind;
use std::fmt::Write;

/// A function that calls the crate, as a code block of Markdown. It compiles.
pub(super) fn print(printer: &Printer<'_>) -> String {
    let name = printer.crate_name();
    let (parameter, call) = match shown(printer) {
        Some((remote, procedure)) => {
            let parameter = streamed(procedure, printer);
            (parameter, call(remote, procedure, printer))
        }
        None => (String::new(), "    println!(\"{remotes:?}\");\n".to_owned()),
    };
    format!(
        "```rust,no_run\n\
         use {name}::{{IrisError, Remotes}};\n\
         \n\
         async fn example({parameter}) -> Result<(), IrisError> {{\n    \
             let remotes = Remotes::connect(\"http://127.0.0.1:8088\")?;\n\
             {call}    \
             Ok(())\n\
         }}\n\
         ```\n"
    )
}

/// The procedure that says most in the fewest lines: one without a stream, with a message, that is not deprecated.
fn shown<'a>(printer: &Printer<'a>) -> Option<(&'a Remote, &'a Procedure)> {
    let remotes = printer.schema.remotes.iter();
    let procedures = remotes.flat_map(|remote| {
        let procedures = remote.procedures.iter();
        procedures.map(move |procedure| (remote, procedure))
    });
    procedures.min_by_key(|(remote, procedure)| {
        (
            remote.deprecation.is_some() || procedure.deprecation.is_some(),
            match procedure.kind {
                StreamKind::Unary => 0,
                StreamKind::Server => 1,
                StreamKind::Client | StreamKind::Bidirectional => 2,
            },
            procedure.request.source != PayloadSource::Given,
        )
    })
}

/// The lines that call a procedure and show its answer.
fn call(remote: &Remote, procedure: &Procedure, printer: &Printer<'_>) -> String {
    let argument = super::remote::argument(procedure);
    let mut text = String::new();
    if argument == "request" {
        let request = match well_known::rust_type(&procedure.request.message) {
            // Its call says which it is.
            Some(_) => "Default".to_owned(),
            None => message(&procedure.request, printer),
        };
        let _ = writeln!(text, "    let request = {request}::default();");
    }
    let call = format!(
        "remotes.{}().{}({argument}).await?",
        identifier::written(&remote.client_name),
        identifier::written(&procedure.function),
    );
    let _ = match procedure.kind {
        StreamKind::Server | StreamKind::Bidirectional => write!(
            text,
            "    let mut answers = {call};\n    \
             while let Some(answer) = answers.next().await {{\n        \
                 println!(\"{{:?}}\", answer?);\n    \
             }}\n"
        ),
        _ if procedure.response.source == PayloadSource::Given => {
            write!(
                text,
                "    let answer = {call};\n    println!(\"{{answer:?}}\");\n"
            )
        }
        _ => writeln!(text, "    {call};"),
    };
    text
}

/// The example's parameter: a stream of requests is its caller's to make.
fn streamed(procedure: &Procedure, printer: &Printer<'_>) -> String {
    match procedure.kind {
        StreamKind::Client | StreamKind::Bidirectional => format!(
            "requests: impl {}::iris_client::Stream<Item = {}> + Send + 'static",
            printer.crate_name(),
            message(&procedure.request, printer),
        ),
        StreamKind::Unary | StreamKind::Server => String::new(),
    }
}

/// The path of a message's type.
fn message(payload: &Payload, printer: &Printer<'_>) -> String {
    let message = printer.catalogue.message(&payload.message);
    let path = message.map(|message| identifier::written_path(&message.rust_path));
    let name = printer.crate_name();
    if let Some(given) = well_known::rust_type(&payload.message) {
        return given.replace("iris_client::", &format!("{name}::iris_client::"));
    }
    format!("{name}::messages::{}", path.unwrap_or_default())
}
