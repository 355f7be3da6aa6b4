//! Finds remotes and error codes in a whole source file, for build scripts.

use crate::{ErrorCodes, Remote, read_error_codes, read_remote, syntax};
use quote::ToTokens;
use syn::{Attribute, File, Item, ItemUse, UseTree};

/// What one file holds of interest.
#[derive(Debug, Default)]
pub struct Contents {
    /// Every `#[remote]` impl block, in source order.
    pub remotes: Vec<Remote>,
    /// Every `#[derive(ErrorCodes)]` enum, in source order.
    pub error_codes: Vec<ErrorCodes>,
    /// What `use` brings into scope, for telling messages of the same name apart.
    pub imports: Vec<Import>,
}

/// One name that a `use` brings into scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The name in this file; `*` for a glob.
    pub name: String,
    /// The segments of the path it stands for; of the module, for a glob.
    pub path: Vec<String>,
}

/// Reads a file's text.
///
/// # Errors
///
/// Where the text is not Rust, or a remote or enum in it is wrong: every mistake, each with its place.
pub fn read(text: &str) -> syn::Result<Contents> {
    let file: File = syn::parse_file(text)?;
    let mut contents = Contents::default();
    let mut errors = None;
    read_items(&file.items, &mut contents, &mut errors);
    errors.map_or(Ok(contents), Err)
}

fn read_items(items: &[Item], contents: &mut Contents, errors: &mut Option<syn::Error>) {
    let mut failed = |error: syn::Error| match errors {
        Some(errors) => errors.combine(error),
        None => *errors = Some(error),
    };
    for item in items {
        match item {
            Item::Impl(block) => {
                let Some(position) = block
                    .attrs
                    .iter()
                    .position(|a| syntax::is_called(a, "remote"))
                else {
                    continue;
                };
                let mut block = block.clone();
                let attribute = block.attrs.remove(position);
                let read = syntax::attribute_tokens(&attribute).and_then(|tokens| {
                    read_remote(tokens, block.to_token_stream()).map_err(|rejected| rejected.errors)
                });
                match read {
                    Ok(remote) => contents.remotes.push(remote),
                    Err(error) => failed(error),
                }
            }
            Item::Enum(codes) if derives_error_codes(&codes.attrs) => {
                match read_error_codes(codes.to_token_stream()) {
                    Ok(codes) => contents.error_codes.push(codes),
                    Err(error) => failed(error),
                }
            }
            Item::Use(item) => imports(item, &mut contents.imports),
            _ => {}
        }
    }
    for item in items {
        if let Item::Mod(module) = item
            && let Some((_, inner)) = &module.content
        {
            read_items(inner, contents, errors);
        }
    }
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

fn imports(item: &ItemUse, imports: &mut Vec<Import>) {
    fn walk(tree: &UseTree, path: &mut Vec<String>, imports: &mut Vec<Import>) {
        match tree {
            UseTree::Path(segment) => {
                path.push(segment.ident.to_string());
                walk(&segment.tree, path, imports);
                path.pop();
            }
            UseTree::Name(name) => {
                let mut full = path.clone();
                full.push(name.ident.to_string());
                imports.push(Import {
                    name: name.ident.to_string(),
                    path: full,
                });
            }
            UseTree::Rename(rename) => {
                let mut full = path.clone();
                full.push(rename.ident.to_string());
                imports.push(Import {
                    name: rename.rename.to_string(),
                    path: full,
                });
            }
            UseTree::Glob(_) => imports.push(Import {
                name: "*".to_owned(),
                path: path.clone(),
            }),
            UseTree::Group(group) => group
                .items
                .iter()
                .for_each(|tree| walk(tree, path, imports)),
        }
    }
    walk(&item.tree, &mut Vec::new(), imports);
}
