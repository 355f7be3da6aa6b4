//! Colours, where a terminal shows them and nobody asked for none (<https://no-color.org>).

use std::io::{IsTerminal, stdout};

pub(super) const RED: &str = "\x1b[31m";
pub(super) const GREEN: &str = "\x1b[32m";
pub(super) const YELLOW: &str = "\x1b[33m";
pub(super) const BLUE: &str = "\x1b[34m";
pub(super) const GREY: &str = "\x1b[90m";

const END: &str = "\x1b[0m";

/// A word for the standard output.
pub(super) fn painted(word: &str, colour: &str) -> String {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match stdout().is_terminal() && !unwanted {
        true => format!("{colour}{word}{END}"),
        false => word.to_owned(),
    }
}
