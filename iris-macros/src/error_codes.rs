//! Expands `#[derive(ErrorCodes)]`: the conversion of each variant into an `IrisError`.

use iris_model::{CodeMeaning, ErrorCode, ErrorCodes, read_error_codes};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Fields, Ident, LitStr, Member, Path};

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let fallback = item.clone();
    match read_error_codes(item) {
        Ok(codes) => conversions(&codes),
        Err(errors) => fall_back(&errors, fallback),
    }
}

/// The mistakes, and conversions that never run, so that code that uses the enum is not blamed too.
fn fall_back(errors: &syn::Error, item: TokenStream) -> TokenStream {
    let errors = errors.to_compile_error();
    let Ok(item) = syn::parse2::<syn::DeriveInput>(item) else {
        return errors;
    };
    let ident = &item.ident;
    let (impl_generics, type_generics, where_clause) = item.generics.split_for_impl();
    quote! {
        #errors
        impl #impl_generics ::core::convert::From<#ident #type_generics> for ::iris_core::IrisError #where_clause {
            fn from(_: #ident #type_generics) -> Self {
                ::core::unreachable!()
            }
        }
        impl #impl_generics ::iris_core::ErrorCodes for #ident #type_generics #where_clause {}
    }
}

fn conversions(codes: &ErrorCodes) -> TokenStream {
    let ErrorCodes {
        ident,
        generics,
        crate_path: iris,
        ..
    } = codes;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let arms = codes.codes.iter().map(|code| arm(iris, ident, code));
    let sources = codes.codes.iter().filter_map(|code| {
        let source = internal_source(code)?;
        let variant = &code.ident;
        let ty = &source.ty;
        let member = source
            .ident
            .as_ref()
            .map_or(Member::from(0), |name| Member::from(name.clone()));
        Some(quote! {
            impl #impl_generics ::core::convert::From<#ty> for #ident #type_generics #where_clause {
                fn from(source: #ty) -> Self {
                    #ident::#variant { #member: source }
                }
            }
        })
    });
    quote! {
        impl #impl_generics ::core::convert::From<#ident #type_generics> for #iris::IrisError #where_clause {
            #[allow(deprecated, unused_variables)]
            fn from(error: #ident #type_generics) -> Self {
                match error {
                    #(#arms)*
                }
            }
        }

        impl #impl_generics #iris::ErrorCodes for #ident #type_generics #where_clause {}

        #(#sources)*
    }
}

/// The one field of an internal variant, which `?` converts into it.
fn internal_source(code: &ErrorCode) -> Option<&syn::Field> {
    match code.meaning {
        CodeMeaning::Internal if code.fields.len() == 1 => code.fields.iter().next(),
        _ => None,
    }
}

fn arm(iris: &Path, ident: &Ident, code: &ErrorCode) -> TokenStream {
    let variant = &code.ident;
    let (pattern, names) = pattern(&code.fields);
    let converted = match &code.meaning {
        CodeMeaning::Internal => {
            let cause = match names.as_slice() {
                [only] => quote!(#only),
                _ => {
                    let name = variant.to_string();
                    quote!(#name)
                }
            };
            quote!(#iris::IrisError::internal(#cause))
        }
        CodeMeaning::Code {
            number,
            status,
            message,
        } => {
            let status = format_ident!("{}", status.variant());
            let message = match message {
                Some(message) => {
                    let message = named(message);
                    quote!(::std::format!(#message))
                }
                None => {
                    let said = code.docs.lines().next().filter(|line| !line.is_empty());
                    let said = said.map_or_else(|| variant.to_string(), str::to_owned);
                    quote!(#said)
                }
            };
            quote!(#iris::IrisError::new(#number, #message).with_status(#iris::Status::#status))
        }
    };
    quote!(#ident::#variant #pattern => #converted,)
}

/// A format string with the positions of a tuple's fields turned into the names that [`pattern`] gives
/// them, so that not every field must be shown: `{0}` becomes `{field_0}`.
fn named(message: &LitStr) -> LitStr {
    let text = message.value();
    let mut written = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at + 1);
        written.push_str(before);
        rest = from;
        if let Some(after) = rest.strip_prefix('{') {
            written.push('{');
            rest = after;
        } else if rest.starts_with(|letter: char| letter.is_ascii_digit()) {
            written.push_str("field_");
        }
    }
    written.push_str(rest);
    LitStr::new(&written, message.span())
}

/// A pattern that binds every field, and the names it binds.
fn pattern(fields: &Fields) -> (TokenStream, Vec<Ident>) {
    match fields {
        Fields::Unit => (TokenStream::new(), Vec::new()),
        Fields::Named(named) => {
            let names: Vec<Ident> = named
                .named
                .iter()
                .filter_map(|field| field.ident.clone())
                .collect();
            (quote!({ #(#names),* }), names)
        }
        Fields::Unnamed(unnamed) => {
            let names: Vec<Ident> = (0..unnamed.unnamed.len())
                .map(|index| format_ident!("field_{index}"))
                .collect();
            (quote!((#(#names),*)), names)
        }
    }
}
