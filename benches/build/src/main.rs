//! What building with Iris costs, beside the same services with tonic.
//!
//! `cargo xtask bench build` starts it and puts the `report.md` it writes into `docs/benchmarks.md`. It writes a server
//! and a client for each side below the given folder, builds them by turns and measures the builds from outside.
//!
//! - [`load`]: which remotes, procedures and messages; [`project`]: the crates written from them
//! - [`no_op`], [`generation`], [`compile`], [`lines`]: a table each; [`report`] puts them together
//! - [`cost`]: time of this processor and of the wall; [`rustc`]: the same for each run of the compiler

mod compile;
mod cost;
mod failure;
mod generation;
mod lines;
mod load;
mod machine;
mod no_op;
mod process;
mod project;
mod report;
mod rustc;
mod table;

use failure::{Outcome, write};
use report::Settings;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: build-bench measure REPOSITORY FOLDER [--runs N]
       build-bench generate iris|tonic FOLDER";

/// How often each build is measured, where nothing else is said: the second tells whether the first is to be trusted.
const RUNS: usize = 2;

fn main() -> ExitCode {
    // Cargo starts this program in the place of rustc while builds are measured.
    if let Some(log) = rustc::log() {
        return rustc::run(&log);
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("build-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["measure", repository, folder, ref rest @ ..] => {
            let settings = Settings {
                repository: Path::new(repository).to_owned(),
                folder: Path::new(folder).to_owned(),
                runs: runs(rest)?,
            };
            write(
                &settings.folder.join("report.md"),
                report::report(&settings)?,
            )
        }
        ["generate", "iris", folder] => generation::iris(Path::new(folder)),
        ["generate", "tonic", folder] => generation::tonic(Path::new(folder)),
        _ => Err(USAGE.into()),
    }
}

fn runs(arguments: &[&str]) -> Outcome<usize> {
    match arguments {
        [] => Ok(RUNS),
        ["--runs", number] => match number.parse() {
            Ok(runs @ 1..) => Ok(runs),
            _ => Err(format!("--runs takes a number from 1 on, and got `{number}`").into()),
        },
        _ => Err(USAGE.into()),
    }
}
