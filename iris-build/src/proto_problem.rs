//! What is wrong with a `.proto` file, at the place where the user finds it.

use crate::base::Base;
use crate::error::Problem;
use crate::includes::{Includes, without_mark};
use crate::schema::Place;
use std::fs;
use std::path::Path;

/// Turns `users.proto:3:9: text` into the same at the path where the user finds the file.
pub(crate) fn problem(
    error: &protox::Error,
    opened: &Path,
    includes: &Includes,
    base: &Base,
) -> Problem {
    let whole = format!("{error:?}");
    let Some(name) = error.file() else {
        return Problem::in_file(base.shown(opened), whole);
    };
    let path = includes.find(name).unwrap_or_else(|| opened.to_owned());
    let file = base.shown(&path);
    if let Some((line, column, text)) = told(&whole, name) {
        return Problem::at(&Place { file, line }, text).at_column(column);
    }
    // The name, where protox begins with it and has no line.
    let text = whole.strip_prefix(name).unwrap_or(&whole);
    let text = text.trim_start_matches(':').trim();
    let contents = fs::read(&path).unwrap_or_default();
    let contents = without_mark(&contents);
    match offset(text, name, contents) {
        Some(offset) => {
            let (line, column) = position(&contents[..offset]);
            Problem::at(&Place { file, line }, text).at_column(column)
        }
        None => Problem::in_file(file, text),
    }
}

/// The line, the column and the rest of `users.proto:3:9: text`.
fn told<'t>(whole: &'t str, name: &str) -> Option<(usize, usize, &'t str)> {
    let rest = whole.strip_prefix(name)?.strip_prefix(':')?;
    let mut parts = rest.splitn(3, ':');
    let line = parts.next()?.trim().parse().ok()?;
    let column = parts.next()?.trim().parse().ok()?;
    Some((line, column, parts.next()?.trim()))
}

/// Where a file is wrong, as far as protox says it in words alone.
fn offset(text: &str, name: &str, contents: &[u8]) -> Option<usize> {
    let source = match std::str::from_utf8(contents) {
        Ok(source) => source,
        Err(error) => return Some(error.valid_up_to()),
    };
    if text.ends_with("but reached end of file") {
        return Some(source.trim_end().len());
    }
    if text == "multiple package names specified" {
        return statements(source, "package").nth(1).map(|(at, _)| at);
    }
    let cycle = text.strip_prefix("import cycle detected: ")?;
    let mut files = cycle.split(" -> ").skip_while(|file| *file != name);
    let imported = format!("\"{}\"", files.nth(1)?);
    statements(source, "import")
        .find(|(_, line)| line.replace('\'', "\"").contains(&imported))
        .map(|(at, _)| at)
}

/// The lines that begin with a keyword, and where they do.
fn statements<'s>(source: &'s str, keyword: &str) -> impl Iterator<Item = (usize, &'s str)> {
    let mut end = 0;
    let lines = source.split_inclusive('\n').map(move |line| {
        let text = line.trim_start();
        let at = end + line.len() - text.len();
        end += line.len();
        (at, text)
    });
    lines.filter(move |(_, text)| {
        let rest = text.strip_prefix(keyword);
        rest.is_some_and(|rest| rest.starts_with(|next: char| !next.is_alphanumeric()))
    })
}

/// Line and column of what follows these bytes, counted from 1.
fn position(before: &[u8]) -> (usize, usize) {
    let text = String::from_utf8_lossy(before);
    let line = text.matches('\n').count() + 1;
    let column = text.chars().rev().take_while(|next| *next != '\n').count() + 1;
    (line, column)
}
