//! Small pieces of Rust syntax that several readers need.

use crate::remote::Deprecation;
use crate::report::Report;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, GenericArgument, Ident, Lit, PathArguments, Token, Type};

/// `name` or `name = value` inside an attribute's parentheses.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) value: Option<Expr>,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Argument { name, value })
    }
}

/// The arguments of an attribute, each name at most once; `None` where they do not parse.
pub(crate) fn arguments(tokens: TokenStream, report: &mut Report) -> Option<Vec<Argument>> {
    let parsed = Punctuated::<Argument, Token![,]>::parse_terminated.parse2(tokens);
    let mut kept: Vec<Argument> = Vec::new();
    for argument in report.ok(parsed)? {
        if kept.iter().any(|other| other.name == argument.name) {
            report.at(
                &argument.name,
                format!("`{}` is given twice; keep one of them", argument.name),
            );
        } else {
            kept.push(argument);
        }
    }
    Some(kept)
}

/// The tokens between an attribute's parentheses; empty for `#[name]`.
pub(crate) fn attribute_tokens(attribute: &Attribute) -> syn::Result<TokenStream> {
    match &attribute.meta {
        syn::Meta::Path(_) => Ok(TokenStream::new()),
        syn::Meta::List(list) => Ok(list.tokens.clone()),
        syn::Meta::NameValue(pair) => Err(syn::Error::new_spanned(
            pair,
            "write the arguments in parentheses: `#[name(argument = value)]`",
        )),
    }
}

/// A string literal.
pub(crate) fn string(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an attribute is called `name`, under whatever path it was imported.
pub(crate) fn is_called(attribute: &Attribute, name: &str) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|segment| segment.ident == name)
}

/// The text of doc comments, one leading space taken off each line.
pub(crate) fn docs(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) => string(&pair.value),
            _ => None,
        })
        .flat_map(|text| {
            text.split('\n')
                .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    lines.join("\n").trim().to_owned()
}

/// `#[deprecated]`, `#[deprecated = "why"]` or `#[deprecated(since = "..", note = "..")]`.
pub(crate) fn deprecation(attributes: &[Attribute]) -> Option<Deprecation> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("deprecated"))?;
    let note = match &attribute.meta {
        syn::Meta::Path(_) => None,
        syn::Meta::NameValue(pair) => string(&pair.value),
        syn::Meta::List(list) => Punctuated::<Argument, Token![,]>::parse_terminated
            .parse2(list.tokens.clone())
            .ok()
            .and_then(|arguments| {
                arguments
                    .into_iter()
                    .find(|argument| argument.name == "note")
            })
            .and_then(|argument| string(&argument.value?)),
    };
    Some(Deprecation { note })
}

/// The type arguments of a path type called `name`: `[T, E]` for `Result<T, E>`.
pub(crate) fn type_arguments<'a>(ty: &'a Type, name: &str) -> Option<Vec<&'a Type>> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    if segment.ident != name {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return Some(Vec::new());
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some(types.collect())
}

/// The last name of a path type: `Users` for `crate::Users<S>`.
pub(crate) fn last_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) if path.qself.is_none() => {
            path.path.segments.last().map(|segment| &segment.ident)
        }
        Type::Group(group) => last_name(&group.elem),
        Type::Paren(paren) => last_name(&paren.elem),
        _ => None,
    }
}

/// The source text of tokens, without the blanks that printing token by token leaves.
pub(crate) fn text(tokens: &impl quote::ToTokens) -> String {
    let mut text = String::new();
    append_text(tokens.to_token_stream(), &mut text);
    text
}

fn append_text(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        let piece = match &token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                append_text(group.stream(), text);
                text.push_str(close);
                continue;
            }
            token => token.to_string(),
        };
        let is_word = |letter: char| letter.is_alphanumeric() || "_\"".contains(letter);
        let before = text.chars().last();
        let starts_word = piece.starts_with(is_word) || piece.starts_with('\'');
        let apart = before == Some(',') || before.is_some_and(is_word) && starts_word;
        if apart {
            text.push(' ');
        }
        text.push_str(&piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_as_a_person_writes_it() {
        for written in [
            "signed_in",
            "filters::role(\"a ( b\", 3)",
            "Result<User, crate::Error>",
            "&'static str",
        ] {
            let tokens: TokenStream = written.parse().unwrap();
            assert_eq!(text(&tokens), written);
        }
    }
}
