//! Prints the table of all messages, by which one inside a `google.protobuf.Any` is found.

use super::layout::identifier;
use std::collections::BTreeMap;
use syn::{Ident, Item, Path, parse_quote};

/// Messages by full name, each with the path of its type from the outermost module.
#[derive(Default)]
pub(crate) struct Table(BTreeMap<String, Vec<String>>);

impl Table {
    /// Notes a message whose type stands in this module.
    pub(crate) fn add(&mut self, name: &str, module: &[String], ident: &Ident) {
        let path = [module, &[ident.to_string()]].concat();
        self.0.insert(name.to_owned(), path);
    }

    /// `TYPES`, to stand in the outermost module. It is a constant, so that who makes no use of it pays
    /// nothing: each entry has the compiler make code for all that a message can do.
    pub(crate) fn print(&self, runtime: &Path) -> Item {
        let entries = self.0.iter().map(|(name, path)| -> syn::Expr {
            let path = path.iter().map(|part| identifier(part));
            parse_quote!(MessageType::of::<self #(::#path)*>(#name))
        });
        let entries: syn::Expr = match self.0.is_empty() {
            true => parse_quote!(&[]),
            // Imported in there, a line is short, and a message of the same name is not in the way.
            false => parse_quote!({
                use #runtime::json::MessageType;
                &[#(#entries),*]
            }),
        };
        parse_quote! {
            /// Every message, by its full name: what a `google.protobuf.Any` may hold in JSON.
            pub const TYPES: &[#runtime::json::MessageType] = #entries;
        }
    }
}
