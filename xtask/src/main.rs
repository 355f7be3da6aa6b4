//! Every chore of this repository: `cargo xtask <chore>`.

mod bench;
mod browser;
mod check_generated;
mod ci;
mod clippy;
mod conformance;
mod decoder;
mod deploy;
mod docs;
mod explorer;
mod failure;
mod fmt;
mod fuzz;
mod go;
mod interop;
mod js;
mod licences;
mod msrv;
mod program;
mod protobuf_conformance;
mod standalone;
mod steps;
mod test;
mod toolchain;
mod wasm;
mod web;
mod workspace;

use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;
use std::process::ExitCode;

/// Something to be done, and what does it.
struct Chore {
    name: &'static str,
    about: &'static str,
    work: Work,
}

enum Work {
    Alone(fn(&Workspace) -> Outcome),
    WithArguments(fn(&Workspace, &[String]) -> Outcome),
}

const CHORES: &[Chore] = &[
    Chore {
        name: "test",
        about: "Every test: the workspace, the feature combinations, the quickstart, foreign clients",
        work: Work::Alone(test::run),
    },
    Chore {
        name: "interop",
        about: "Calls the quickstart server, and one with every kind of call, with grpcio, grpc-js, connect-es, grpc-web, buf curl and curl; validates OpenAPI documents",
        work: Work::Alone(interop::run),
    },
    Chore {
        name: "interop-go",
        about: "Calls the quickstart server, and one with every kind of call, with connect-go and grpc-go",
        work: Work::Alone(interop::go::run),
    },
    Chore {
        name: "interop-aws",
        about: "Invokes a function on aws-lambda-go at iris-up with boto3",
        work: Work::Alone(interop::aws::run),
    },
    Chore {
        name: "deploy",
        about: "Verifies the systemd unit of iris-up, and runs its image by chroot: `deploy [unit|image]`",
        work: Work::WithArguments(deploy::run),
    },
    Chore {
        name: "explorer",
        about: "The explorer's page in a real Chromium",
        work: Work::Alone(explorer::run),
    },
    Chore {
        name: "js",
        about: "Packs the packages for JavaScript that a crate generates, as npm takes them: `js CRATE`",
        work: Work::WithArguments(js::run),
    },
    Chore {
        name: "decoder",
        about: "Compiles iris-decoder to the WebAssembly that packages for JavaScript have, which is committed",
        work: Work::Alone(decoder::run),
    },
    Chore {
        name: "wasm",
        about: "The client compiled to WebAssembly, in a real Chromium and in Node.js",
        work: Work::Alone(wasm::run),
    },
    Chore {
        name: "web",
        about: "Packages for JavaScript in Node.js and in a real Chromium, their types and their codec",
        work: Work::Alone(web::run),
    },
    Chore {
        name: "browser",
        about: "The example with a page in a real Chromium; `browser picture` renews the one in the docs",
        work: Work::WithArguments(browser::run),
    },
    Chore {
        name: "conformance",
        about: "The Connect project's suite against our server and our client: `[server|client] [--record FOLDER] [-- flags of its runner]`",
        work: Work::WithArguments(conformance::run),
    },
    Chore {
        name: "protobuf-conformance",
        about: "protobuf's own conformance runner against our messages, in the binary format and in JSON",
        work: Work::Alone(protobuf_conformance::run),
    },
    Chore {
        name: "fuzz",
        about: "Runs one fuzzer, or each, with the address sanitizer: `fuzz [TARGET] [--seconds N]`",
        work: Work::WithArguments(fuzz::run),
    },
    Chore {
        name: "standalone",
        about: "Builds and runs the generated client crate outside the repository",
        work: Work::Alone(standalone::run),
    },
    Chore {
        name: "fmt",
        about: "Checks the formatting; `cargo fmt --all` corrects it",
        work: Work::Alone(fmt::run),
    },
    Chore {
        name: "clippy",
        about: "Runs clippy; every warning is an error",
        work: Work::Alone(clippy::run),
    },
    Chore {
        name: "docs",
        about: "Builds the API documentation; every warning is an error",
        work: Work::Alone(docs::run),
    },
    Chore {
        name: "check-generated",
        about: "Fails if a generated file does not match its source",
        work: Work::Alone(check_generated::run),
    },
    Chore {
        name: "check-generated-fails",
        about: "Proves in a copy of the repository that check-generated finds stale files",
        work: Work::Alone(check_generated::proof::run),
    },
    Chore {
        name: "licences",
        about: "Holds every dependency against deny.toml",
        work: Work::Alone(licences::run),
    },
    Chore {
        name: "msrv",
        about: "Checks the workspace with the oldest Rust that Cargo.toml promises",
        work: Work::Alone(msrv::run),
    },
    Chore {
        name: "bench",
        about: "Measures: `cargo xtask bench <name>`; without a name, lists what there is",
        work: Work::WithArguments(bench::run),
    },
    Chore {
        name: "ci",
        about: "All of these but the measurements, as .ci/run does",
        work: Work::Alone(ci::run),
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        list();
        return ExitCode::SUCCESS;
    };
    match run(name, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask {name}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str, arguments: &[String]) -> Outcome {
    let chore = CHORES
        .iter()
        .find(|chore| chore.name == name)
        .ok_or_else(|| Failure::new("no such chore; `cargo xtask` lists them"))?;
    let workspace = Workspace::here()?;
    match (&chore.work, arguments) {
        (Work::Alone(work), []) => work(&workspace),
        (Work::Alone(_), [first, ..]) => Err(Failure::new(format!(
            "takes no arguments, and got `{first}`"
        ))),
        (Work::WithArguments(work), arguments) => work(&workspace, arguments),
    }
}

fn list() {
    println!("cargo xtask <chore>\n");
    for Chore { name, about, .. } in CHORES {
        println!("  {name:<22} {about}");
    }
}
