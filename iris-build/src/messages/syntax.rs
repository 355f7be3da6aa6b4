//! Reading what prost printed: names, labels, attributes, types.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::HashMap;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, ExprLit, GenericArgument, Ident, ImplItem, Item, Lit, Meta, PathArguments,
    Token, Type,
};

/// The attribute that tells the descriptor of an enum or a oneof. It is taken off before anything is written.
const LABEL: &str = "iris_descriptor";

pub(crate) fn label(name: &str) -> String {
    format!("#[{LABEL}({name:?})]")
}

/// Takes the labels off: the name of the descriptor, `None` for types that prost adds by itself.
///
/// prost gives an attribute of a type to those inside too, so that the longest is the type's own.
pub(crate) fn take_label(attributes: &mut Vec<Attribute>) -> Option<String> {
    let mut labels: Vec<String> = Vec::new();
    attributes.retain(|attribute| {
        let is_label = attribute.path().is_ident(LABEL);
        if is_label {
            labels.extend(
                attribute
                    .parse_args::<syn::LitStr>()
                    .ok()
                    .map(|name| name.value()),
            );
        }
        !is_label
    });
    labels.into_iter().max_by_key(String::len)
}

/// The full names of messages, as the `Name` that prost implements for each tells them.
pub(crate) fn full_names(items: &[Item]) -> HashMap<Ident, String> {
    let named = items.iter().filter_map(|item| {
        let Item::Impl(implementation) = item else {
            return None;
        };
        let (_, path, _) = implementation.trait_.as_ref()?;
        let Type::Path(message) = &*implementation.self_ty else {
            return None;
        };
        let message = message.path.get_ident()?;
        let is_name = path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Name");
        let full_name = implementation.items.iter().find_map(|item| match item {
            ImplItem::Fn(function) if is_name && function.sig.ident == "full_name" => {
                text_in(function.block.to_token_stream())
            }
            _ => None,
        });
        Some((message.clone(), full_name?))
    });
    named.collect()
}

/// The first string of some tokens.
fn text_in(tokens: TokenStream) -> Option<String> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => text_in(group.stream()),
        TokenTree::Literal(literal) => match Lit::new(literal) {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// What stands in `#[prost(..)]`.
pub(crate) struct ProstAttribute(Vec<Meta>);

impl ProstAttribute {
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let arguments = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("prost"))
            .filter_map(|attribute| {
                let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
                attribute.parse_args_with(parse).ok()
            });
        ProstAttribute(arguments.flatten().collect())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0.iter().find_map(|argument| match argument {
            Meta::NameValue(pair) if pair.path.is_ident(name) => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
    }

    /// The field's number; none on a oneof.
    pub(crate) fn number(&self) -> Option<i32> {
        self.text("tag")?.parse().ok()
    }

    pub(crate) fn is_oneof(&self) -> bool {
        self.text("oneof").is_some()
    }

    /// The Rust enum of the field, or of the map's values.
    pub(crate) fn enumeration(&self) -> Option<syn::Path> {
        if let Some(path) = self.text("enumeration") {
            return syn::parse_str(&path).ok();
        }
        // `string, enumeration(Role)`
        let types: proc_macro2::TokenStream = self.text("map")?.parse().ok()?;
        let mut tokens = types.into_iter();
        tokens.find(|token| matches!(token, TokenTree::Ident(name) if name == "enumeration"))?;
        match tokens.next()? {
            TokenTree::Group(group) => syn::parse2(group.stream()).ok(),
            _ => None,
        }
    }
}

/// The type inside `Option<..>`, `Vec<..>` or `Box<..>`.
pub(crate) fn inside<'t>(ty: &'t Type, wrapper: &str) -> Option<&'t Type> {
    arguments(ty, wrapper)?.into_iter().next()
}

/// The types inside `HashMap<.., ..>`.
pub(crate) fn map_types(ty: &Type) -> Option<(&Type, &Type)> {
    let mut types = arguments(ty, "HashMap")?.into_iter();
    Some((types.next()?, types.next()?))
}

fn arguments<'t>(ty: &'t Type, wrapper: &str) -> Option<Vec<&'t Type>> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    if last.ident != wrapper {
        return None;
    }
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some(types.collect())
}
