//! Standing between cargo and rustc, to tell what each run of the compiler takes.
//!
//! While `RUSTC_WRAPPER` names this program, cargo starts it as `build-bench rustc --crate-name users ..`.

use crate::cost;
use crate::failure::{Outcome, read, remove_file};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Names the file that each run of the compiler adds a line to; set only by this program.
const LOG: &str = "BUILD_BENCH_RUSTC_LOG";

/// Where to note the run of the compiler that is asked for, if one is.
pub(crate) fn log() -> Option<OsString> {
    std::env::var_os(LOG)
}

/// Runs the compiler as cargo asked for, and notes its crate and its time.
pub(crate) fn run(log: &OsStr) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match compile(&arguments, Path::new(log)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("build-bench, in the place of rustc: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compile(arguments: &[OsString], log: &Path) -> Outcome<bool> {
    let (rustc, arguments) = arguments.split_first().ok_or("no compiler is named")?;
    let mut command = Command::new(rustc);
    command.args(arguments).env_remove(LOG);
    if arguments
        .iter()
        .any(|argument| argument == "-Zunpretty=expanded")
    {
        // Printing expanded code is an unstable option, and all that is asked of it here is to be counted.
        command.env("RUSTC_BOOTSTRAP", "1");
    }
    let succeeded = command.status()?.success();
    if let Some(name) = crate_name(arguments) {
        let line = format!(
            "{} {}\n",
            name.to_string_lossy(),
            cost::children()?.as_micros()
        );
        let mut log = File::options().append(true).create(true).open(log)?;
        log.write_all(line.as_bytes())?;
    }
    Ok(succeeded)
}

/// The crate that is compiled; none where cargo only asks what the compiler can do.
fn crate_name(arguments: &[OsString]) -> Option<&OsString> {
    let before = arguments
        .iter()
        .position(|argument| argument == "--crate-name")?;
    arguments.get(before + 1).filter(|name| *name != "___")
}

/// The runs of the compiler during a build.
#[derive(Debug)]
pub(crate) struct Runs {
    log: PathBuf,
}

impl Runs {
    /// Has `cargo` note them in a file of this folder.
    pub(crate) fn watch(cargo: &mut Command, folder: &Path) -> Outcome<Self> {
        let log = folder.join("rustc.log");
        remove_file(&log)?;
        cargo
            .env("RUSTC_WRAPPER", std::env::current_exe()?)
            .env(LOG, &log);
        Ok(Runs { log })
    }

    /// Each crate that was compiled, and its time; to be asked when the build has ended.
    pub(crate) fn finished(&self) -> Outcome<Vec<(String, Duration)>> {
        if !self.log.exists() {
            return Ok(Vec::new());
        }
        read(&self.log)?.lines().map(line).collect()
    }
}

fn line(line: &str) -> Outcome<(String, Duration)> {
    let (name, micros) = line.split_once(' ').ok_or("a line of the log is broken")?;
    Ok((name.to_owned(), Duration::from_micros(micros.parse()?)))
}
