//! Puts the JSON form beside the types that prost printed.

use super::kind::kind;
use super::syntax::{self, ProstAttribute};
use super::table::Table;
use super::{Error, oneof};
use crate::types::{Types, json_names};
use proc_macro2::{Literal, TokenStream};
use prost_types::field_descriptor_proto::Label;
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto};
use quote::quote;
use syn::{Field, Ident, Item, ItemStruct, Path};

/// Adds the JSON form of each message, enum and oneof, in modules too. Messages are noted in the table.
///
/// In each module what is declared comes first, for its readers, and what is implemented after it.
pub(crate) fn add(
    items: &mut Vec<Item>,
    module: &[String],
    types: &Types<'_>,
    runtime: &Path,
    table: &mut Table,
) -> Result<(), Error> {
    let messages = syntax::full_names(items);
    let mut implementations = Vec::new();
    for mut item in std::mem::take(items) {
        let form = match &mut item {
            Item::Struct(message) => match messages.get(&message.ident) {
                Some(name) => {
                    table.add(name, module, &message.ident);
                    fields(message, name, types, runtime)?
                }
                None => TokenStream::new(),
            },
            Item::Enum(members) => match syntax::take_label(&mut members.attrs) {
                Some(name) => match types.enumeration(&name) {
                    Some(found) => names(&members.ident, found.descriptor, runtime),
                    None => oneof::members(members, &name, types, runtime)?,
                },
                None => TokenStream::new(),
            },
            Item::Mod(nested) => {
                if let Some((_, items)) = &mut nested.content {
                    let inside = [module, &[nested.ident.to_string()]].concat();
                    add(items, &inside, types, runtime, table)?;
                }
                TokenStream::new()
            }
            _ => TokenStream::new(),
        };
        let form: syn::File = syn::parse2(form)
            .map_err(|error| Error(format!("printed code that is no Rust: {error}")))?;
        match item {
            Item::Impl(_) => implementations.push(item),
            declared => items.push(declared),
        }
        implementations.extend(form.items);
    }
    items.extend(implementations);
    Ok(())
}

fn names(ident: &Ident, descriptor: &EnumDescriptorProto, runtime: &Path) -> TokenStream {
    let names = descriptor.value.iter().map(|value| {
        let (name, number) = (value.name(), value.number());
        let number = Literal::i32_unsuffixed(number);
        quote!((#name, #number))
    });
    quote! {
        impl #runtime::json::Enumeration for #ident {
            const NAMES: &'static [(&'static str, i32)] = &[#(#names),*];
        }
        #runtime::json::serde!(enum #ident);
    }
}

fn fields(
    message: &ItemStruct,
    name: &str,
    types: &Types<'_>,
    runtime: &Path,
) -> Result<TokenStream, Error> {
    let descriptor = types
        .message(name)
        .ok_or_else(|| Error(format!("no descriptor for `{name}`")))?
        .descriptor;
    let mut writes = Vec::new();
    let mut reads = Vec::new();
    let mut oneofs = Vec::new();
    for field in &message.fields {
        let ident = &field.ident;
        let attribute = ProstAttribute::of(&field.attrs);
        if attribute.is_oneof() {
            writes.push(quote!(out.oneof(&self.#ident)));
            oneofs.push(quote!(field.oneof(&mut self.#ident)));
            continue;
        }
        let described = described(descriptor, name, attribute.number())?;
        let (write, read) = calls(field, &attribute, described, types, runtime)?;
        let names = json_names(descriptor, described);
        let (written, number) = (&names[0], Literal::i32_unsuffixed(described.number()));
        writes.push(quote!(out.#write(#written, &self.#ident)));
        reads.push(quote!(#(#names)|* => field.#read(#number, &mut self.#ident),));
    }
    let ident = &message.ident;
    let out = placeholder("out", writes.is_empty());
    let other = match &oneofs[..] {
        [] => quote!(Ok(false)),
        [one] => quote!(#one),
        many => quote!(Ok(#(#many?)||*)),
    };
    let read = match &reads[..] {
        [] => other,
        reads => quote!(match field.name() { #(#reads)* _ => #other, }),
    };
    let field = placeholder("field", reads.is_empty() && oneofs.is_empty());
    Ok(quote! {
        impl #runtime::json::Fields for #ident {
            fn write(&self, #out: &mut #runtime::json::FieldWriter<'_>) -> #runtime::json::Result {
                #(#writes?;)*
                Ok(())
            }

            fn read(&mut self, #field: &mut #runtime::json::FieldReader<'_>) -> #runtime::json::Result<bool> {
                #read
            }
        }
        #runtime::json::serde!(#ident);
    })
}

/// The field of this number.
pub(crate) fn described<'a>(
    message: &'a DescriptorProto,
    name: &str,
    number: Option<i32>,
) -> Result<&'a FieldDescriptorProto, Error> {
    message
        .field
        .iter()
        .find(|field| field.number == number)
        .ok_or_else(|| Error(format!("`{name}` has no field of the number {number:?}")))
}

/// The methods of `FieldWriter` and `FieldReader` for a field, each with its kind.
fn calls(
    field: &Field,
    attribute: &ProstAttribute,
    described: &FieldDescriptorProto,
    types: &Types<'_>,
    runtime: &Path,
) -> Result<(TokenStream, TokenStream), Error> {
    let enumeration = attribute.enumeration();
    let kind = |descriptor, ty| kind(descriptor, ty, enumeration.as_ref(), runtime);
    if let Some((_, value)) = types.map_entry(described) {
        let (key_type, value_type) = syntax::map_types(&field.ty)
            .ok_or_else(|| Error(format!("the map `{}` is no HashMap", described.name())))?;
        let kind = kind(value, value_type);
        return Ok((
            quote!(map::<#key_type, #kind>),
            quote!(map::<#key_type, #kind>),
        ));
    }
    if described.label() == Label::Repeated {
        let ty = syntax::inside(&field.ty, "Vec")
            .ok_or_else(|| Error(format!("the list `{}` is no Vec", described.name())))?;
        let kind = kind(described, ty);
        return Ok((quote!(repeated::<#kind>), quote!(repeated::<#kind>)));
    }
    if let Some(ty) = syntax::inside(&field.ty, "Option") {
        let kind = kind(described, ty);
        return Ok((quote!(optional::<#kind>), quote!(optional::<#kind>)));
    }
    let kind = kind(described, &field.ty);
    Ok(match described.label() {
        Label::Required => (quote!(present::<#kind>), quote!(singular::<#kind>)),
        _ => (quote!(singular::<#kind>), quote!(singular::<#kind>)),
    })
}

/// The name of a parameter, `_` where it is not used.
fn placeholder(name: &str, unused: bool) -> TokenStream {
    if unused {
        return quote!(_);
    }
    let name = quote::format_ident!("{name}");
    quote!(#name)
}
