//! Doc comments of Rust and comments of `.proto` files as TSDoc.

use std::fmt::Write;

/// Appends a comment. Nothing where there is no text.
pub(super) fn print(text: &mut String, indent: &str, docs: &str) {
    let lines: Vec<String> = docs.lines().map(line).collect();
    match &lines[..] {
        [] => {}
        [only] => {
            let _ = writeln!(text, "{indent}/** {only} */");
        }
        lines => {
            let _ = writeln!(text, "{indent}/**");
            for line in lines {
                let blank = if line.is_empty() { "" } else { " " };
                let _ = writeln!(text, "{indent} *{blank}{line}");
            }
            let _ = writeln!(text, "{indent} */");
        }
    }
}

/// Docs with a paragraph more, where there is one.
pub(super) fn with(docs: &str, paragraph: &str) -> String {
    match (docs.is_empty(), paragraph.is_empty()) {
        (_, true) => docs.to_owned(),
        (true, false) => paragraph.to_owned(),
        (false, false) => format!("{docs}\n\n{paragraph}"),
    }
}

/// The same, marked as deprecated where a note is given, which may be empty.
pub(super) fn deprecated(docs: &str, note: Option<&str>) -> String {
    match note {
        None => docs.to_owned(),
        // A line of the docs' own would end the tag's; its escape is undone here.
        Some(note) => with(docs, format!("{DEPRECATED} {note}").trim_end()),
    }
}

/// What [`line`] turns into the tag, since it takes the meaning from any other.
const DEPRECATED: &str = "\u{0}deprecated";

/// A line in which nothing ends the comment or begins a tag, and links that only Rust can follow are none.
fn line(line: &str) -> String {
    // What is between may be a link's.
    let line = unlinked(line.trim_end()).replace("*/", "*\\/");
    let line = match line.trim_start().starts_with('@') {
        true => line.replacen('@', "\\@", 1),
        false => line,
    };
    line.replace(DEPRECATED, "@deprecated")
}

/// `` [`User`] `` becomes `` `User` ``, and `[the user](crate::User)` is `the user`.
fn unlinked(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        let Some((inside, behind)) = after.split_once(']') else {
            rest = &rest[before.len()..];
            break;
        };
        let target = behind
            .strip_prefix('(')
            .and_then(|behind| behind.split_once(')'));
        match target {
            Some((target, behind)) if is_rust(target) => {
                text.push_str(inside);
                rest = behind;
            }
            None if inside.starts_with('`') && inside.ends_with('`') => {
                text.push_str(inside);
                rest = behind;
            }
            _ => {
                text.push('[');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// Whether a link leads to an item of Rust.
fn is_rust(target: &str) -> bool {
    target.contains("::")
        || !target.is_empty()
            && target
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_!".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_cannot_be_left() {
        let mut text = String::new();
        print(&mut text, "  ", "Ends */ here.\n\n@param x\nMail a@b.");
        let expected =
            "  /**\n   * Ends *\\/ here.\n   *\n   * \\@param x\n   * Mail a@b.\n   */\n";
        assert_eq!(text, expected);
        let mut text = String::new();
        print(&mut text, "", &deprecated("Old.", Some("call @new")));
        assert_eq!(text, "/**\n * Old.\n *\n * @deprecated call @new\n */\n");
        let mut text = String::new();
        print(&mut text, "", "A *[](a::b)/ link.\n[@param](a::b) x");
        assert_eq!(text, "/**\n * A *\\/ link.\n * \\@param x\n */\n");
    }

    #[test]
    fn links_of_rust_are_text() {
        for (docs, expected) in [
            (
                "See [`User`] and [`User::id`].",
                "See `User` and `User::id`.",
            ),
            ("A [user](crate::User).", "A user."),
            ("A [user](User).", "A user."),
            (
                "A [page](https://example.com/a).",
                "A [page](https://example.com/a).",
            ),
            ("An [open bracket", "An [open bracket"),
            ("[a][b] `x[0]`", "[a][b] `x[0]`"),
        ] {
            assert_eq!(line(docs), expected);
        }
    }
}
