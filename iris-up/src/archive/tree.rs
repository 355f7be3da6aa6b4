//! Entries as a tree: each path once, below folders alone, with links that stay inside.

use super::path::TreePath;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// How many files, links and folders a tree has at most, with folders that are named by what is in them alone.
const MOST: usize = 50_000;

/// The most bytes that a link has.
pub(super) const LONGEST_LINK: u64 = 512;

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Folder,
    File {
        is_executable: bool,
    },
    /// With what it leads to.
    Link(String),
}

/// What a tree has, by its path: folders come before what is in them.
#[derive(Debug, Default)]
pub(super) struct Tree(BTreeMap<TreePath, Node>);

impl Tree {
    /// Adds what is at a path.
    ///
    /// # Errors
    ///
    /// Why it cannot be there, for people.
    pub(super) fn add(&mut self, path: TreePath, node: Node) -> Result<(), String> {
        for folder in path.folders() {
            match self.0.entry(folder) {
                Entry::Vacant(place) => {
                    place.insert(Node::Folder);
                }
                // What is behind a link is not the archive's.
                Entry::Occupied(there) if *there.get() != Node::Folder => {
                    return Err(format!(
                        "{path} is below {}, which is no folder",
                        there.key()
                    ));
                }
                Entry::Occupied(_) => {}
            }
        }
        if let Node::Link(target) = &node {
            stays_inside(&path, target)?;
        }
        match self.0.entry(path) {
            Entry::Vacant(place) => {
                place.insert(node);
            }
            // It was named by what is in it.
            Entry::Occupied(there) if node == Node::Folder && *there.get() == Node::Folder => {}
            Entry::Occupied(there) => return Err(format!("{} is in it twice", there.key())),
        }
        match self.0.len() > MOST {
            true => Err(format!("it has more than {MOST} files and folders")),
            false => Ok(()),
        }
    }

    /// What is at a path.
    pub(super) fn at(&self, path: &TreePath) -> Option<&Node> {
        self.0.get(path)
    }

    pub(super) fn nodes(&self) -> impl DoubleEndedIterator<Item = (&TreePath, &Node)> {
        self.0.iter()
    }
}

/// Whether a link leads to somewhere within the tree, whatever other links there are. It goes up by what it begins with, from
/// its own folder, which is none that is behind a link; from there down, maybe by other links, of which the same holds.
fn stays_inside(path: &TreePath, target: &str) -> Result<(), String> {
    let refused = |why: &str| Err(format!("the link {path} to {target:?} {why}"));
    if target.is_empty() || target.contains('\0') {
        return refused("leads to nothing");
    }
    if target.starts_with('/') {
        return refused("leads out of the archive");
    }
    let mut parts = target.split('/').peekable();
    let mut up = 0;
    while let Some(part) = parts.next_if(|part| matches!(*part, "." | "..")) {
        up += usize::from(part == "..");
    }
    if up > path.depth() {
        return refused("leads out of the archive");
    }
    match parts.any(|part| part == "..") {
        true => refused("goes up again behind a name, and might lead out of the archive"),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> TreePath {
        TreePath::parse(name.as_bytes()).unwrap().unwrap()
    }

    fn tree(nodes: &[(&str, Node)]) -> Result<Tree, String> {
        let mut tree = Tree::default();
        for (name, node) in nodes {
            tree.add(path(name), node.clone())?;
        }
        Ok(tree)
    }

    const FILE: Node = Node::File {
        is_executable: false,
    };

    fn link(target: &str) -> Node {
        Node::Link(target.to_owned())
    }

    #[test]
    fn folders_are_there_by_what_is_in_them() {
        let tree = tree(&[("a/b/c", FILE), ("a", Node::Folder), ("a/d", link("b"))]).unwrap();
        let paths: Vec<&str> = tree.nodes().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["a", "a/b", "a/b/c", "a/d"]);
    }

    #[test]
    fn a_path_is_one_thing() {
        for nodes in [
            [("a", FILE), ("a", FILE)],
            [("a", FILE), ("a", Node::Folder)],
            [("a/b", FILE), ("a", FILE)],
            [("a", FILE), ("a/b", FILE)],
            [("a", link("b")), ("a/c", FILE)],
            [("a", link("b")), ("a", FILE)],
        ] {
            assert!(tree(&nodes).is_err(), "{nodes:?}");
        }
    }

    #[test]
    fn links_stay_inside() {
        for (name, target) in [
            ("a", "b"),
            ("a", "./b/c"),
            ("d/a", "../b"),
            ("d/e/a", "../../b"),
            ("d/e/a", ".././../b/"),
        ] {
            tree(&[(name, link(target))]).unwrap();
        }
        for (name, target) in [
            ("a", "/etc"),
            ("a", ".."),
            ("a", "../b"),
            ("d/a", "../../b"),
            // Where `b` is a link, this is somewhere else than it looks.
            ("d/e/a", "b/../c"),
            ("a", ""),
            ("a", "b\0"),
        ] {
            assert!(tree(&[(name, link(target))]).is_err(), "{name} -> {target}");
        }
    }

    #[test]
    fn there_are_not_too_many() {
        let mut tree = Tree::default();
        let all = (0..).map(|number| tree.add(path(&format!("d{number}/f")), FILE));
        assert_eq!(all.take_while(Result::is_ok).count(), MOST / 2);
    }
}
