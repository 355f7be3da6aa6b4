//! `cargo xtask bench <name>`: measurements, a file each.

mod build;
mod lambda;
mod profile;
mod record;
mod rpc;
mod soak;
mod web;

use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;

/// Something to be measured.
struct Bench {
    name: &'static str,
    about: &'static str,
    run: fn(&Workspace, &[String]) -> Outcome,
}

/// Every measurement there is.
const BENCHES: &[Bench] = &[
    Bench {
        name: "build",
        about: "Generating and compiling, beside tonic; some 20 minutes on 2 idle cores. `--runs N`: how often, 2 unless given",
        run: build::run,
    },
    Bench {
        name: "lambda",
        about: "Functions and apps with iris-up, beside cargo-lambda and PM2; 15 minutes. `--parts NAME,..`, `--seconds N`, `--rounds N` for some",
        run: lambda::run,
    },
    Bench {
        name: "profile",
        about: "Where the time of calls goes, by crate, beside the peers; 5 minutes. Needs perf",
        run: profile::run,
    },
    Bench {
        name: "rpc",
        about: "Calls, beside the peers; 22 minutes, or `--rows PATTERN`, `--peers LIST`, `--seconds N`, `--rounds N` for some",
        run: rpc::run,
    },
    Bench {
        name: "soak",
        about: "A server under a mixed load, hostile callers among it; an hour, or `--minutes N`. Fails where it grows",
        run: soak::run,
    },
    Bench {
        name: "web",
        about: "A page's bytes and calls in Chromium, beside connect-es; 2 minutes. `--rows PATTERN`, `--seconds N`, `--rounds N` for some",
        run: web::run,
    },
];

/// Runs the named measurement, with the rest of the arguments.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let Some((name, rest)) = arguments.split_first() else {
        println!("{}", known());
        return Ok(());
    };
    match BENCHES.iter().find(|bench| bench.name == name) {
        Some(bench) => (bench.run)(workspace, rest),
        None => Err(Failure::new(format!(
            "no bench is called `{name}`; {}",
            known()
        ))),
    }
}

fn known() -> String {
    let lines = BENCHES
        .iter()
        .map(|Bench { name, about, .. }| format!("\n  {name:<12} {about}"));
    format!("benches:{}", lines.collect::<String>())
}
