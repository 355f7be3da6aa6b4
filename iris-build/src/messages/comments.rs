//! Keeps rustdoc from compiling the examples in comments of `.proto` files: they are seldom Rust.

use prost_types::FileDescriptorProto;

/// The file with comments in which every code block is marked as text.
pub(crate) fn without_doctests(file: &FileDescriptorProto) -> FileDescriptorProto {
    let mut file = file.clone();
    for place in file
        .source_code_info
        .iter_mut()
        .flat_map(|info| &mut info.location)
    {
        let comments = [&mut place.leading_comments, &mut place.trailing_comments];
        for comment in comments.into_iter().flatten() {
            *comment = mark_code(comment);
        }
    }
    file
}

fn mark_code(comment: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut block = Block::None;
    let mut after_blank = true;
    for line in comment.lines() {
        let text = line.trim_start();
        let blank = text.is_empty();
        // A comment's own space, then the four of Markdown.
        let indented = !blank && (line.starts_with("     ") || line.starts_with('\t'));
        if block == Block::Indented && !blank && !indented {
            lines.push(" ```".to_owned());
            block = Block::None;
        }
        match block {
            Block::Fenced(fence) => {
                if text.starts_with(fence) {
                    block = Block::None;
                }
                lines.push(line.to_owned());
            }
            Block::Indented => lines.push(line.to_owned()),
            Block::None => match ["```", "~~~"]
                .into_iter()
                .find(|fence| text.starts_with(fence))
            {
                Some(fence) => {
                    block = Block::Fenced(fence);
                    lines.push(opening(line));
                }
                None if indented && after_blank => {
                    block = Block::Indented;
                    lines.push(" ```text".to_owned());
                    lines.push(line.to_owned());
                }
                None => lines.push(line.to_owned()),
            },
        }
        after_blank = blank;
    }
    match block {
        Block::None => {}
        Block::Indented => lines.push(" ```".to_owned()),
        Block::Fenced(fence) => lines.push(format!(" {fence}")),
    }
    lines.join("\n")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Fenced(&'static str),
    Indented,
}

/// The first line of a block with a language that rustdoc does not compile.
fn opening(line: &str) -> String {
    let fence_at = line.len() - line.trim_start().len();
    let language_at = line[fence_at..]
        .find(|letter| letter != '`' && letter != '~')
        .map_or(line.len(), |length| fence_at + length);
    let (fence, language) = line.split_at(language_at);
    let language = language.trim();
    let compiled = [
        "",
        "rust",
        "no_run",
        "should_panic",
        "compile_fail",
        "ignore",
    ]
    .contains(&language.split([',', ' ', '{']).next().unwrap_or_default())
        || language.starts_with("edition");
    match compiled {
        true => format!("{fence}text"),
        false => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::mark_code;

    #[test]
    fn code_is_marked_as_text() {
        for (comment, marked) in [
            (" Plain.", " Plain."),
            (" ```\n a = 1\n ```", " ```text\n a = 1\n ```"),
            (" ```rust\n a = 1\n ```", " ```text\n a = 1\n ```"),
            (" ```json\n {}\n ```", " ```json\n {}\n ```"),
            (" ```\n never closed", " ```text\n never closed\n ```"),
            (
                " See:\n\n     a = 1\n\n     b = 2\n\n Done.",
                " See:\n\n ```text\n     a = 1\n\n     b = 2\n\n ```\n Done.",
            ),
            (
                " - a list\n     that goes on",
                " - a list\n     that goes on",
            ),
        ] {
            assert_eq!(mark_code(comment), marked);
        }
    }
}
