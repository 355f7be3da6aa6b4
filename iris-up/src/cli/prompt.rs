//! What a command asks for.

use std::io::{self, BufRead, IsTerminal, Write};

/// A line. Where nobody sits in front it is read from the standard input.
pub(super) fn line(what: &str) -> io::Result<String> {
    if io::stdin().is_terminal() {
        let mut out = io::stderr();
        out.write_all(what.as_bytes())?;
        out.flush()?;
    }
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line)? {
        0 => Err(io::Error::other(format!(
            "{}nothing was given",
            what.to_lowercase()
        ))),
        _ => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
    }
}

/// A line that is not shown as it is typed.
pub(super) fn secret(what: &str) -> io::Result<String> {
    match io::stdin().is_terminal() {
        true => rpassword::prompt_password(what),
        false => line(what),
    }
}
