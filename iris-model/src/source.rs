//! Finds remotes and error codes in a whole source file, for build scripts.

use crate::{ErrorCodes, Remote, read_error_codes, read_remote, syntax};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, File, ImplItem, Item, ItemImpl, ItemUse, Meta, Token, UseTree};

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
    for item in items.iter().filter(|item| !is_test_only(item)) {
        match item {
            Item::Impl(block) => {
                let remote = block
                    .attrs
                    .iter()
                    .position(|a| syntax::is_called(a, "remote"));
                let Some(position) = remote else {
                    if let Some(procedure) = first_procedure(block) {
                        failed(syn::Error::new_spanned(
                            procedure,
                            "this procedure would be left out of the contract: write `#[remote(package = \"..\")]`, by that \
                             name, on its impl block",
                        ));
                    }
                    continue;
                };
                if let Some(error) = conditional(&block.attrs) {
                    failed(error);
                    continue;
                }
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
                if let Some(error) = conditional(&codes.attrs) {
                    failed(error);
                    continue;
                }
                match read_error_codes(codes.to_token_stream()) {
                    Ok(codes) => contents.error_codes.push(codes),
                    Err(error) => failed(error),
                }
            }
            Item::Use(item) => imports(item, &mut contents.imports),
            _ => {}
        }
    }
    for item in items.iter().filter(|item| !is_test_only(item)) {
        if let Item::Mod(module) = item
            && let Some((_, inner)) = &module.content
        {
            let before = (contents.remotes.len(), contents.error_codes.len());
            read_items(inner, contents, errors);
            let found = (contents.remotes.len(), contents.error_codes.len()) != before;
            if let Some(error) = conditional(&module.attrs).filter(|_| found) {
                match errors {
                    Some(errors) => errors.combine(error),
                    None => *errors = Some(error),
                }
            }
        }
    }
}

/// Whether an item is under `#[cfg(test)]`: what tests define is no part of the contract.
fn is_test_only(item: &Item) -> bool {
    let attributes = match item {
        Item::Impl(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args().is_ok_and(|meta| needs_test(&meta))
    })
}

/// `test`, or `all(..)` with it.
fn needs_test(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .is_ok_and(|conditions| conditions.iter().any(needs_test)),
        _ => false,
    }
}

/// The error of something that is in the contract under a condition.
fn conditional(attributes: &[Attribute]) -> Option<syn::Error> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("cfg"))?;
    Some(syn::Error::new_spanned(
        attribute,
        "remotes and error codes are part of the contract, which does not depend on how the server is compiled: \
         take #[cfg] away, or leave out `add_remote` instead",
    ))
}

/// A `#[procedure]` of an impl block.
fn first_procedure(block: &ItemImpl) -> Option<&Attribute> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Fn(function) => function
            .attrs
            .iter()
            .find(|a| syntax::is_called(a, "procedure")),
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

fn imports(item: &ItemUse, imports: &mut Vec<Import>) {
    fn walk(tree: &UseTree, path: &mut Vec<String>, imports: &mut Vec<Import>) {
        match tree {
            UseTree::Path(segment) => {
                path.push(segment.ident.to_string());
                walk(&segment.tree, path, imports);
                path.pop();
            }
            // `use users::v1::{self}` is the module itself.
            UseTree::Name(name) if name.ident == "self" => {
                let module = path.last().cloned().unwrap_or_default();
                imports.push(Import {
                    name: module,
                    path: path.clone(),
                });
            }
            UseTree::Rename(rename) if rename.ident == "self" => imports.push(Import {
                name: rename.rename.to_string(),
                path: path.clone(),
            }),
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

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        use crate::messages::{users::v1::User, billing::v1::User as Payer};
        use other::*;
        use crate::messages::rooms::v1::{self, Room};
        use crate::messages::{self as protos};

        #[derive(Debug, ErrorCodes)]
        enum UserError { InvalidEmail = 1 }

        mod inner {
            #[iris_core::remote(package = "users.v1")]
            impl Users {
                #[procedure]
                async fn ping(&self, _: &Session) -> Result<(), UserError> { Ok(()) }
            }
        }

        #[cfg(test)]
        mod tests {
            #[remote(package = "fake.v1")]
            impl Fake {
                #[procedure]
                async fn ping(&self, _: &Session) -> Result<(), UserError> { Ok(()) }
            }
            #[derive(ErrorCodes)]
            enum FakeError { A = 1 }
        }
    "#;

    #[test]
    fn remotes_codes_and_imports_are_found_and_those_of_tests_are_not() {
        let contents = read(FILE).unwrap();
        let remotes: Vec<String> = contents.remotes.iter().map(Remote::full_name).collect();
        assert_eq!(remotes, ["users.v1.Users"]);
        assert_eq!(contents.error_codes.len(), 1);
        let names: Vec<&str> = contents
            .imports
            .iter()
            .map(|import| import.name.as_str())
            .collect();
        assert_eq!(names, ["User", "Payer", "*", "v1", "Room", "protos"]);
        assert_eq!(
            contents.imports[3].path.join("::"),
            "crate::messages::rooms::v1"
        );
        assert_eq!(contents.imports[5].path.join("::"), "crate::messages");
        assert_eq!(
            contents.imports[1].path.join("::"),
            "crate::messages::billing::v1::User"
        );
    }

    #[test]
    fn a_condition_is_refused_but_for_tests() {
        let remote = "#[remote(package = \"a.v1\")]\nimpl A { #[procedure] async fn a(&self, _: &C) -> Result<(), E> { } }";
        let error = read(&format!("#[cfg(feature = \"admin\")]\n{remote}")).unwrap_err();
        assert!(error.to_string().contains("contract"), "{error}");
        let renamed = remote.replace("#[remote(package", "#[service(package");
        let error = read(&renamed).unwrap_err();
        assert!(error.to_string().contains("left out"), "{error}");
        let error = read(&format!("#[cfg(unix)] mod a {{ {remote} }}")).unwrap_err();
        assert!(error.to_string().contains("contract"), "{error}");
        let contents = read(&format!("#[cfg(all(unix, test))]\n{remote}")).unwrap();
        assert!(contents.remotes.is_empty());
    }

    #[test]
    fn every_mistake_of_a_file_is_told_with_its_line() {
        let text = "#[remote]\nimpl A {}\n\n#[derive(ErrorCodes)]\nenum E { A }\n";
        let lines: Vec<usize> = read(text)
            .unwrap_err()
            .into_iter()
            .map(|error| error.span().start().line)
            .collect();
        assert!(lines.contains(&2) && lines.contains(&5), "{lines:?}");
    }
}
