//! What `use` brings into scope.

use syn::{ItemUse, UseTree};

/// One name that a `use` brings into scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The name in this file; `*` for a glob.
    pub name: String,
    /// The segments of the path it stands for; of the module, for a glob.
    pub path: Vec<String>,
}

/// Adds the names that one `use` brings into scope.
pub(super) fn add(item: &ItemUse, imports: &mut Vec<Import>) {
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
