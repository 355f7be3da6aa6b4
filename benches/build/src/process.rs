//! Running cargo and the programs it builds.

use crate::failure::Outcome;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

/// Cargo in this folder, building into `target`.
pub(crate) fn cargo(folder: &Path, target: &Path) -> Command {
    // Set where cargo started what started this program: the same cargo then does the rest.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(folder).env("CARGO_TARGET_DIR", target);
    // A build like that of any user, whatever is set around this program.
    for name in [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_INCREMENTAL",
        "IRIS_GENERATE",
        "IRIS_LOCK",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs it to its end, and gives back what it printed. A failure carries its error output.
pub(crate) fn output(command: &mut Command) -> Outcome<Output> {
    let shown = shown(command);
    let output = command
        .output()
        .map_err(|error| format!("{shown}: {error}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{shown}`: {}\n{}", output.status, errors.trim_end()).into());
    }
    Ok(output)
}

/// The command line, for messages and the report: without folders, which are those of one machine.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words = words.map(|word| match Path::new(word) {
        path if path.is_absolute() => path.file_name().unwrap_or_default().to_string_lossy(),
        _ => word.to_string_lossy(),
    });
    words.collect::<Vec<_>>().join(" ")
}
