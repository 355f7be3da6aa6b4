//! `cargo xtask fuzz [TARGET] [--seconds N]`

use crate::failure::{Failure, Outcome};
use crate::toolchain;
use crate::workspace::Workspace;
use std::fs;

/// What fuzzers need, and what stable Rust has not: sanitizers.
const NIGHTLY: &str = "nightly";

/// How long each runs unless told otherwise, in seconds.
const SECONDS: u64 = 60;

/// The fuzzer, and the feature, that needs all of `iris-up`.
const ARCHIVE: &str = "archive";

/// Runs one fuzzer, or each of them in turn, with the address sanitizer.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let all = targets(workspace)?;
    let (chosen, seconds) = choice(arguments, &all)?;
    toolchain::version(workspace, NIGHTLY)?;
    if !workspace.cargo(["fuzz", "--version"]).succeeds() {
        return Err(Failure::new(
            "`cargo fuzz` is not installed: `cargo install --locked cargo-fuzz`, which needs a C++ compiler to run",
        ));
    }
    for target in chosen {
        let found = workspace.path("fuzz/corpus").join(target);
        let recorded = workspace.target("fuzz-recorded").join(target);
        for folder in [&found, &recorded] {
            fs::create_dir_all(folder).map_err(|error| Failure::during(folder.display(), error))?;
        }
        println!("{target}, for {seconds} seconds");
        let features = if target == ARCHIVE { ARCHIVE } else { "" };
        workspace
            .program("rustup")
            .args([
                "run",
                NIGHTLY,
                "cargo",
                "fuzz",
                "run",
                "--features",
                features,
                target,
            ])
            .arg(&found)
            .arg(workspace.path("tests/fuzz-corpus/corpus").join(target))
            .arg(&recorded)
            // The fuzzer fills it before it reads it, where the conformance suite has something for it.
            .env("IRIS_RECORDED", &recorded)
            .args(["--", &format!("-max_total_time={seconds}")])
            // These name the toolchain this program was started by.
            .without_env("RUSTUP_TOOLCHAIN")
            .without_env("CARGO")
            .run()?;
    }
    Ok(())
}

/// The names of the fuzzers, in their order.
fn targets(workspace: &Workspace) -> Outcome<Vec<String>> {
    let folder = workspace.path("fuzz/fuzz_targets");
    let problem = |error: std::io::Error| Failure::during(folder.display(), error);
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Which fuzzers run, and for how many seconds each.
fn choice<'a>(arguments: &[String], all: &'a [String]) -> Outcome<(&'a [String], u64)> {
    let (mut chosen, mut seconds) = (all, SECONDS);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--seconds" {
            let number = arguments.next().and_then(|number| number.parse().ok());
            seconds = number.ok_or_else(|| Failure::new("`--seconds` takes a number"))?;
        } else if let Some(at) = all.iter().position(|name| name == argument) {
            chosen = &all[at..=at];
        } else {
            let names = all.join(", ");
            let problem = format!("`{argument}` is no fuzzer; there are {names}");
            return Err(Failure::new(problem));
        }
    }
    Ok((chosen, seconds))
}
