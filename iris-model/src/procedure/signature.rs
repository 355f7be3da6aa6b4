//! The parameters of a procedure. What is borrowed comes from the call: the context first, then what
//! filters found; the one that is owned is the message.

use super::{Parameter, Payload, payload};
use crate::report::Report;
use syn::spanned::Spanned;
use syn::{FnArg, Ident, ImplItemFn, Type};

#[derive(Default)]
pub(super) struct Signature {
    pub(super) context: Option<Type>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) request: Payload,
}

impl Signature {
    pub(super) fn read(
        function: &ImplItemFn,
        generics: &[Ident],
        report: &mut Report,
    ) -> Signature {
        let mut signature = Signature::default();
        let mut inputs = function.sig.inputs.iter();
        match inputs.next() {
            Some(FnArg::Receiver(receiver)) => {
                let shared = receiver.reference.is_some() && receiver.mutability.is_none();
                if !shared {
                    report.at(
                        receiver,
                        "calls run side by side, so a procedure borrows its remote: write `&self`, with a lock or an atomic inside where state changes",
                    );
                }
            }
            first => {
                report.at_span(
                    first.map_or(function.sig.ident.span(), Spanned::span),
                    "a procedure borrows its remote and the context first: write `(&self, ctx: &Session, ..)`",
                );
                return signature;
            }
        }
        let mut message_given = false;
        for (index, input) in inputs.enumerate() {
            let FnArg::Typed(parameter) = input else {
                continue;
            };
            match (&*parameter.ty, index) {
                (Type::Reference(reference), 0) => {
                    if reference.mutability.is_some() {
                        report.at(
                            reference,
                            "filters and procedure share the context: write `ctx: &Session`",
                        );
                    }
                    signature.context = Some((*reference.elem).clone());
                }
                (ty, 0) => {
                    report.at(
                        ty,
                        "the context comes first, borrowed: write `ctx: &Session`, or `_: &Request` where there is no context initializer",
                    );
                    return signature;
                }
                (Type::Reference(reference), _) => {
                    if reference.mutability.is_some() {
                        report.at(
                            reference,
                            "what a filter found is borrowed: write `&`, not `&mut`",
                        );
                    }
                    signature
                        .parameters
                        .push(Parameter::Refined(reference.elem.clone()));
                }
                (ty, _) => {
                    if message_given {
                        report.at(
                            ty,
                            "a procedure takes one message; what a filter found is borrowed: write `user: &Authenticated`",
                        );
                        continue;
                    }
                    message_given = true;
                    signature.parameters.push(Parameter::Message);
                    signature.request = payload::request(ty, generics, report);
                }
            }
        }
        if signature.context.is_none() {
            report.at(
                &function.sig.ident,
                "the context comes first: write `(&self, ctx: &Session, ..)`, or `(&self, _: &Request, ..)` where there is no context initializer",
            );
        }
        signature
    }
}
