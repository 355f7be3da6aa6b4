//! Reads one annotated function.

use super::settings::Settings;
use super::signature::Signature;
use super::{Idempotency, Procedure, payload};
use crate::report::Report;
use crate::{names, syntax};
use syn::{Attribute, GenericParam, Ident, ImplItemFn, Type};

/// What could be read of a function, also where the rest of it is wrong.
pub(crate) struct Read {
    pub(crate) procedure: Option<Procedure>,
    pub(crate) context: Option<Type>,
}

pub(crate) fn read(
    attribute: &Attribute,
    function: &ImplItemFn,
    generics: &[Ident],
    report: &mut Report,
) -> Read {
    let settings = Settings::read(attribute, report);
    plain_async_function(function, report);
    let signature = Signature::read(function, generics, report);
    let response = payload::response(&function.sig.output, function, generics, report);
    let ident = function.sig.ident.clone();
    let procedure = response.map(|response| Procedure {
        name: settings
            .name
            .unwrap_or_else(|| names::method_name(&ident.to_string())),
        docs: syntax::docs(&function.attrs),
        deprecation: syntax::deprecation(&function.attrs),
        filters: settings.filters,
        idempotency: settings.idempotency,
        parameters: signature.parameters,
        request: signature.request,
        response,
        error: payload::error_type(&function.sig.output),
        ident: ident.clone(),
    });
    if let Some(procedure) = &procedure {
        if procedure.idempotency != Idempotency::Unknown && procedure.request.is_stream() {
            report.at(
                &ident,
                "a call that streams its request cannot be repeated, so it is not `idempotent`; take the word away",
            );
        }
        if !names::is_identifier(&procedure.name) {
            report.at(
                &ident,
                "this name gives no protobuf name; add #[procedure(name = \"..\")]",
            );
        }
    }
    Read {
        procedure,
        context: signature.context,
    }
}

fn plain_async_function(function: &ImplItemFn, report: &mut Report) {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        report.at(
            &signature.fn_token,
            format!("a procedure is async: write `async fn {}`", signature.ident),
        );
    }
    if let Some(token) = &signature.unsafety {
        report.at(
            token,
            "a procedure is called by the network, which keeps no promises: take `unsafe` away",
        );
    }
    if let Some(abi) = &signature.abi {
        report.at(abi, "a procedure is a plain async fn: take `extern` away");
    }
    for parameter in &signature.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            report.at(
                parameter,
                "a procedure is one method on the wire, so it has no type parameters of its own; put them on the impl block",
            );
        }
    }
    if let Some(attribute) = function
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("cfg"))
    {
        report.at(
            attribute,
            "a procedure is part of the contract, which does not depend on how the server is compiled; put #[cfg] inside the function",
        );
    }
    if let Some(attribute) = function
        .attrs
        .iter()
        .find(|attribute| syntax::is_called(attribute, "procedure"))
    {
        report.at(
            attribute,
            "#[procedure] is given twice; put all arguments in one",
        );
    }
}
