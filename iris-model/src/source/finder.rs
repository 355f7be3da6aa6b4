//! Walks over a file's items and into bodies.

use super::{Contents, conditions, imports};
use crate::report::Report;
use crate::{read_error_codes, read_remote, syntax};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    Attribute, ExprBlock, ImplItem, ImplItemFn, ItemConst, ItemEnum, ItemFn, ItemImpl, ItemMod,
    ItemStatic, ItemUse, TraitItemFn,
};

#[derive(Default)]
pub(super) struct Finder {
    contents: Contents,
    report: Report,
    /// How many remotes and enums of error codes there were, right or wrong.
    seen: usize,
}

impl Finder {
    pub(super) fn finish(self) -> syn::Result<Contents> {
        self.report.finish().map(|()| self.contents)
    }

    /// Walks over something with these attributes, unless it is for tests alone. It must not hold what is part of the
    /// contract if it is there under a condition.
    fn enter(&mut self, attributes: &[Attribute], walk: impl FnOnce(&mut Self)) {
        if conditions::are_for_tests(attributes) {
            return;
        }
        let before = self.seen;
        walk(self);
        if self.seen != before
            && let Some(error) = conditions::refusal(attributes)
        {
            self.report.add(error);
        }
    }

    fn implementation(&mut self, block: &ItemImpl) {
        let remote = |attribute| syntax::is_called(attribute, "remote");
        let Some(position) = block.attrs.iter().position(remote) else {
            if let Some(procedure) = first_procedure(block) {
                self.report.at(
                    procedure,
                    "this procedure would be left out of the contract: write `#[remote(package = \"..\")]`, by that \
                     name, on its impl block",
                );
            }
            return;
        };
        self.seen += 1;
        let mut block = block.clone();
        let attribute = block.attrs.remove(position);
        let read = syntax::attribute_tokens(&attribute).and_then(|tokens| {
            read_remote(tokens, block.to_token_stream()).map_err(|rejected| rejected.errors)
        });
        self.contents.remotes.extend(self.report.ok(read));
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        self.enter(&block.attrs, |finder| {
            finder.implementation(block);
            visit::visit_item_impl(finder, block);
        });
    }

    fn visit_item_enum(&mut self, codes: &'ast ItemEnum) {
        if !derives_error_codes(&codes.attrs) {
            return;
        }
        self.enter(&codes.attrs, |finder| {
            finder.seen += 1;
            let read = read_error_codes(codes.to_token_stream());
            finder.contents.error_codes.extend(finder.report.ok(read));
        });
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.enter(&item.attrs, |finder| {
            imports::add(item, &mut finder.contents.imports);
        });
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.enter(&module.attrs, |finder| {
            visit::visit_item_mod(finder, module);
        });
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.enter(&function.attrs, |finder| {
            visit::visit_item_fn(finder, function);
        });
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.enter(&function.attrs, |finder| {
            visit::visit_impl_item_fn(finder, function);
        });
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        self.enter(&function.attrs, |finder| {
            visit::visit_trait_item_fn(finder, function);
        });
    }

    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        self.enter(&item.attrs, |finder| {
            visit::visit_item_const(finder, item);
        });
    }

    fn visit_item_static(&mut self, item: &'ast ItemStatic) {
        self.enter(&item.attrs, |finder| {
            visit::visit_item_static(finder, item);
        });
    }

    fn visit_expr_block(&mut self, block: &'ast ExprBlock) {
        self.enter(&block.attrs, |finder| {
            visit::visit_expr_block(finder, block);
        });
    }
}

/// A `#[procedure]` of an impl block.
fn first_procedure(block: &ItemImpl) -> Option<&Attribute> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Fn(function) => function
            .attrs
            .iter()
            .find(|attribute| syntax::is_called(attribute, "procedure")),
        _ => None,
    })
}

fn derives_error_codes(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .any(|attribute| {
            let mut found = false;
            // Another derive's odd syntax is rustc's to report.
            let _ = attribute.parse_nested_meta(|meta| {
                found |= meta
                    .path
                    .segments
                    .last()
                    .is_some_and(|segment| segment.ident == "ErrorCodes");
                Ok(())
            });
            found
        })
}
