//! Lays packages out as Rust modules: in one text, and in files.

use super::MessageCode;
use crate::write::GENERATED;
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;
use syn::{Attribute, File, Ident, Item, parse_quote};

/// The first line of each text.
fn header() -> String {
    format!("// {GENERATED}. Do not edit.\n")
}

/// A module: what one package declares, and the packages below it.
#[derive(Default)]
struct Module {
    items: Vec<Item>,
    /// By name as it is written: `r#type`.
    modules: BTreeMap<String, Module>,
}

/// Both layouts of the packages, each given by the path of its module.
pub(crate) fn lay_out(packages: BTreeMap<Vec<String>, Vec<Item>>) -> MessageCode {
    let mut root = Module::default();
    for (path, items) in packages {
        let mut module = &mut root;
        for part in path {
            module = module.modules.entry(part).or_default();
        }
        module.items = items;
    }
    root.join_namesakes();
    let mut files = Vec::new();
    let lints = lints();
    root.files("mod.rs", "", &[parse_quote!(#![allow(#lints)])], &mut files);
    MessageCode {
        included: root.included(),
        files,
    }
}

impl Module {
    /// The types inside a message `users.V1` and those of a package `users.v1` share a module.
    fn join_namesakes(&mut self) {
        for item in std::mem::take(&mut self.items) {
            match item {
                Item::Mod(nested) if self.modules.contains_key(&nested.ident.to_string()) => {
                    let module = self.modules.entry(nested.ident.to_string()).or_default();
                    let content = nested.content.into_iter();
                    module.items.extend(content.flat_map(|(_, items)| items));
                }
                item => self.items.push(item),
            }
        }
        self.modules.values_mut().for_each(Module::join_namesakes);
    }

    /// Adds the module's file and those of the modules below it, which stand in `folder`.
    fn files(
        &self,
        name: &str,
        folder: &str,
        attributes: &[Attribute],
        files: &mut Vec<(String, String)>,
    ) {
        let mut items: Vec<Item> = Vec::new();
        let mut below = Vec::new();
        for (module, content) in &self.modules {
            let ident = identifier(module);
            let file = module.trim_start_matches("r#");
            // `mod.rs` would be taken for the folder's own module.
            if file == "mod" {
                let from_here = name
                    .rsplit_once('/')
                    .map_or(0, |(folder, _)| folder.len() + 1);
                let path = format!("{folder}mod_/mod.rs");
                let relative = &path[from_here..];
                items.push(parse_quote!(#[path = #relative] pub mod #ident;));
                below.push((path, format!("{folder}mod_/"), content));
            } else {
                items.push(parse_quote!(pub mod #ident;));
                below.push((
                    format!("{folder}{file}.rs"),
                    format!("{folder}{file}/"),
                    content,
                ));
            }
        }
        items.extend(self.items.iter().cloned());
        files.push((name.to_owned(), print(attributes.to_vec(), items)));
        for (name, folder, module) in below {
            module.files(&name, &folder, &[], files);
        }
    }

    /// Everything in one text. No `#![..]` may stand in what is included, so that each item has its own `allow`.
    fn included(self) -> String {
        let lints = lints();
        let mut items = self.into_items();
        for item in &mut items {
            let attributes = match item {
                Item::Mod(item) => &mut item.attrs,
                Item::Struct(item) => &mut item.attrs,
                Item::Enum(item) => &mut item.attrs,
                Item::Impl(item) => &mut item.attrs,
                Item::Const(item) => &mut item.attrs,
                _ => continue,
            };
            attributes.insert(0, parse_quote!(#[allow(#lints)]));
        }
        print(Vec::new(), items)
    }

    fn into_items(self) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        for (name, module) in self.modules {
            let name = identifier(&name);
            let inside = module.into_items();
            items.push(parse_quote!(pub mod #name { #(#inside)* }));
        }
        items.extend(self.items);
        items
    }
}

/// What printed code need not live up to: names and comments are the user's, and what is
/// deprecated is still read and written.
fn lints() -> TokenStream {
    quote! {
        dead_code, deprecated, missing_docs, non_camel_case_types, unreachable_pub, unused_qualifications,
        unused_results, clippy::all, clippy::nursery, clippy::pedantic, rustdoc::all
    }
}

pub(crate) fn identifier(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => quote::format_ident!("r#{raw}"),
        None => quote::format_ident!("{name}"),
    }
}

/// The text of a file, with a blank line between what it declares.
fn print(attrs: Vec<Attribute>, items: Vec<Item>) -> String {
    let mut text = header();
    let mut unparse = |attrs: Vec<Attribute>, items: Vec<Item>| {
        if attrs.is_empty() && items.is_empty() {
            return;
        }
        let file = File {
            shebang: None,
            attrs,
            items,
        };
        text.push('\n');
        text.push_str(&prettyplease::unparse(&file));
    };
    let (modules, declared): (Vec<_>, Vec<_>) = items.into_iter().partition(is_line);
    unparse(attrs, Vec::new());
    unparse(Vec::new(), modules);
    for item in declared {
        unparse(Vec::new(), vec![item]);
    }
    text
}

/// Whether an item is `mod users;`.
fn is_line(item: &Item) -> bool {
    matches!(item, Item::Mod(module) if module.content.is_none())
}
