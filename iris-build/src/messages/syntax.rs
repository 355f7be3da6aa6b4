//! Reading what prost printed: labels, attributes, types.

use proc_macro2::TokenTree;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, GenericArgument, Lit, Meta, PathArguments, Token, Type};

/// The attribute that tells the descriptor of a type. It is taken off before anything is written.
const LABEL: &str = "iris_descriptor";

pub(crate) fn label(name: &str) -> String {
    format!("#[{LABEL}({name:?})]")
}

/// Takes the labels off: the name of the descriptor, `None` for types that prost adds by itself.
///
/// prost gives an attribute of a message to the messages inside too, so that the longest is the type's own.
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
