//! The JSON form of a oneof, whose members stand among the message's fields.

use super::Error;
use super::json::described;
use super::kind::kind;
use super::syntax::ProstAttribute;
use crate::types::{Types, json_names};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{ItemEnum, Path};

/// `impl Oneof` for the enum of a oneof.
pub(crate) fn members(
    oneof: &ItemEnum,
    name: &str,
    types: &Types<'_>,
    runtime: &Path,
) -> Result<TokenStream, Error> {
    let message = name
        .rsplit_once('.')
        .and_then(|(message, _)| types.message(message));
    let message = message
        .ok_or_else(|| Error(format!("no descriptor for `{name}`")))?
        .descriptor;
    let mut writes = Vec::new();
    let mut reads = Vec::new();
    for variant in &oneof.variants {
        let attribute = ProstAttribute::of(&variant.attrs);
        let described = described(message, name, attribute.number())?;
        let field = variant.fields.iter().next();
        let field = field.ok_or_else(|| Error(format!("`{name}` has a member of no type")))?;
        let kind = kind(
            described,
            &field.ty,
            attribute.enumeration().as_ref(),
            runtime,
        );
        let names = json_names(message, described);
        let (ident, written, number) = (
            &variant.ident,
            &names[0],
            Literal::i32_unsuffixed(described.number()),
        );
        writes.push(quote!(Self::#ident(value) => out.present::<#kind>(#written, value),));
        reads
            .push(quote!(#(#names)|* => field.member::<#kind, Self>(#number, into, Self::#ident),));
    }
    let ident = &oneof.ident;
    Ok(quote! {
        impl #runtime::json::Oneof for #ident {
            fn write(&self, out: &mut #runtime::json::FieldWriter<'_>) -> #runtime::json::Result {
                match self {
                    #(#writes)*
                }
            }

            fn read(
                into: &mut ::core::option::Option<Self>,
                field: &mut #runtime::json::FieldReader<'_>,
            ) -> #runtime::json::Result<bool> {
                match field.name() {
                    #(#reads)*
                    _ => Ok(false),
                }
            }
        }
    })
}
