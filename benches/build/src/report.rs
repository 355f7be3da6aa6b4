//! All tables, and how they were measured.

use crate::failure::Outcome;
use crate::load::Load;
use crate::project::Project;
use crate::{compile, generation, lines, machine, no_op};
use std::path::PathBuf;

/// How many remotes of ten procedures the measured servers have.
const REMOTES: usize = 50;

/// What is measured, and where.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) repository: PathBuf,
    /// Everything that is generated and built lies below it.
    pub(crate) folder: PathBuf,
    /// How often.
    pub(crate) runs: usize,
}

/// Measures everything. Gives a section of Markdown without its heading.
pub(crate) fn report(settings: &Settings) -> Outcome<String> {
    eprintln!("what a build does when nothing has changed");
    let no_op = no_op::table(settings)?;
    eprintln!("generating 1,000 procedures");
    let generation = generation::table(settings)?;
    eprintln!("compiling 500 procedures");
    let load = Load::of(REMOTES);
    let folder = settings.folder.join("servers");
    let project = Project::write(folder.clone(), load.clone(), &settings.repository)?;
    let compile = compile::table(settings, &project)?;
    eprintln!("counting lines");
    // Written anew, without the changes that were made to measure.
    let project = Project::write(folder, load, &settings.repository)?;
    let lines = lines::table(settings, &project)?;
    let machine = machine::sentence()?;
    let runs = settings.runs;
    Ok(format!(
        "`cargo xtask bench build --runs {runs}`. {machine}\n\
         \n\
         The remotes have ten procedures each: eight unary, one with a stream of responses, one with streams both ways.\n\
         Each procedure has a request and a response of its own with five fields, and a body of one line. Both servers\n\
         serve the same `.proto` files: Iris printed them, and tonic-prost-build reads them by way of protox, without protoc.\n\
         \n\
         Times are given as least / median of {runs} runs that alternate between the two. *Processor* is user and system time of\n\
         all processes together: it is what to compare; *wall* depends on what else the machine does.\n\
         \n\
         ### When nothing has changed\n\
         \n\
         `cargo build --verbose -p quickstart -p end-to-end` in this repository. Files are compared by their times; a crate counts\n\
         as compiled when cargo starts rustc for it.\n\
         \n\
         {no_op}\n\
         ### Generating 1,000 procedures\n\
         \n\
         100 remotes, 2,000 messages; each run is a process of its own. `iris_build::run` reads and checks remotes and messages,\n\
         and prints messages with JSON for the server and once more for the client crate, the client itself, `.proto` files, OpenAPI,\n\
         descriptors and the lock. tonic-prost-build prints messages without JSON, servers and clients; it keeps nothing from one\n\
         run to the next, and need not run when a body changes, since it reads no Rust. Cargo builds build scripts without\n\
         optimization unless `[profile.dev.build-override]` says otherwise.\n\
         \n\
         {generation}\n\
         ### Compiling 500 procedures\n\
         \n\
         50 remotes, 1,000 messages. `cargo build -p iris-server` and `cargo build -p tonic-server` after `cargo clean -p` of the\n\
         same package: all dependencies are built. The servers' messages have JSON in Iris and none in tonic, which prints\n\
         servers alone here (`build_client(false)`); clients are crates of their own on both sides. Parts and ratios\n\
         are of the least.\n\
         \n\
         {compile}\n\
         {}\n\
         \n\
         ### Lines\n\
         \n\
         Lines that are not empty, with 500 procedures less those with one and the same messages, divided by 499. The second row\n\
         is `cargo rustc -- -Zunpretty=expanded`.\n\
         \n\
         {lines}",
        compile.verdict()
    ))
}
