//! The name of an entry as a path within the tree.

use std::fmt;

/// The most bytes of a path, and of one name in it (the latter as file systems have it).
const LONGEST: usize = 512;
const LONGEST_NAME: usize = 255;

/// How deep folders are nested at most.
const DEEPEST: usize = 32;

/// A path from the top of a tree down: `lib/libz.so.1`. It has one name at least, and none of them is `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TreePath(String);

impl TreePath {
    /// What a name means; `None` where it is the top itself.
    ///
    /// # Errors
    ///
    /// Why it is no path within a tree, for people.
    pub(crate) fn parse(name: &[u8]) -> Result<Option<TreePath>, String> {
        let Ok(name) = str::from_utf8(name) else {
            let name = String::from_utf8_lossy(name);
            return Err(format!("the name {name:?} is not in UTF-8"));
        };
        if name.len() > LONGEST {
            let start: String = name.chars().take(40).collect();
            return Err(format!(
                "the path {start:?}.. is longer than {LONGEST} bytes"
            ));
        }
        if name.contains('\\') {
            return Err(format!(
                "the name {name:?} has a \\ in it, as Windows separates names: pack it anew with /"
            ));
        }
        if name.contains(char::is_control) {
            return Err(format!(
                "the name {name:?} has a character in it that is not shown"
            ));
        }
        let has_drive =
            matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
        if name.starts_with('/') || has_drive {
            return Err(format!(
                "{name:?} is no path within the archive, but an absolute one"
            ));
        }
        // A folder's name ends so.
        let mut names = Vec::new();
        for part in name.strip_suffix('/').unwrap_or(name).split('/') {
            match part {
                "." => {}
                ".." => return Err(format!("{name:?} leads out of the archive")),
                "" => return Err(format!("{name:?} has an empty name in it")),
                part if part.len() > LONGEST_NAME => {
                    return Err(format!(
                        "{name:?} has a name that is longer than {LONGEST_NAME} bytes"
                    ));
                }
                part => names.push(part),
            }
        }
        if names.len() > DEEPEST {
            return Err(format!("{name:?} is nested deeper than {DEEPEST} folders"));
        }
        Ok((!names.is_empty()).then(|| TreePath(names.join("/"))))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders that it is in, the outermost first.
    pub(super) fn folders(&self) -> impl Iterator<Item = TreePath> {
        let ends = self.0.match_indices('/');
        ends.map(|(end, _)| TreePath(self.0[..end].to_owned()))
    }

    /// How many folders it is in.
    pub(super) fn depth(&self) -> usize {
        self.0.matches('/').count()
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(name: &str) -> Result<Option<String>, String> {
        TreePath::parse(name.as_bytes()).map(|path| path.map(|path| path.to_string()))
    }

    #[test]
    fn names_are_paths_within_the_tree() {
        for (name, path) in [
            ("bootstrap", "bootstrap"),
            ("./lib/../lib", ""),
            ("./lib/./a", "lib/a"),
            ("lib/", "lib"),
            ("..a/...", "..a/..."),
            ("ä b", "ä b"),
        ] {
            match path {
                "" => assert!(parsed(name).is_err(), "{name}"),
                path => assert_eq!(parsed(name), Ok(Some(path.to_owned()))),
            }
        }
        assert_eq!(parsed("./"), Ok(None));
    }

    #[test]
    fn what_leads_elsewhere_or_is_no_path_is_refused() {
        let deep = "d/".repeat(33) + "f";
        let long = "n".repeat(256);
        for name in [
            "../a",
            "a/../../b",
            "..",
            "/etc/passwd",
            "//a",
            "C:/a",
            "c:a",
            "a\\b",
            "..\\a",
            "a\0b",
            "a//b",
            "",
            "/",
            &deep,
            &long,
            &"a/".repeat(300),
        ] {
            assert!(parsed(name).is_err(), "{name:?}");
        }
        assert!(TreePath::parse(b"a\xff").is_err());
    }

    #[test]
    fn a_path_knows_its_folders() {
        let path = TreePath::parse(b"a/b/c").unwrap().unwrap();
        let folders: Vec<String> = path.folders().map(|folder| folder.to_string()).collect();
        assert_eq!(folders, ["a", "a/b"]);
        assert_eq!(path.depth(), 2);
    }
}
