//! What was said in a run of the Connect project's conformance suite, as inputs: by its clients to our server, by its
//! servers to our client.
//!
//! `recorded/` has the messages as they were, which `cargo xtask conformance --record` wrote. Here they become what each
//! target reads, so that they need not be recorded anew where a target reads something else.
//!
//! # Map
//!
//! - [`exchange`]: the messages
//! - [`output`]: writes what [`Input`](crate::input::Input) reads
//! - [`parts`]: inputs for what reads a part of a message
//! - `request/recorded.rs`, `answer/recorded.rs`: inputs for what reads all of it

mod exchange;
mod output;
mod parts;

pub(crate) use exchange::{End, Said};
pub(crate) use output::Output;
pub(crate) use parts::last;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};

/// Names the folder for a fuzzer's inputs.
const FOLDER: &str = "IRIS_RECORDED";

const REQUESTS: &str = include_str!("../../recorded/requests.jsonl");
const ANSWERS: &str = include_str!("../../recorded/answers.jsonl");

/// The inputs for a target, in their order; none for those whose inputs do not come up in the suite.
pub fn recorded(target: &str) -> Vec<Vec<u8>> {
    let (requests, answers) = (Said::all(REQUESTS), Said::all(ANSWERS));
    let all = || requests.iter().chain(&answers);
    let inputs: BTreeSet<Vec<u8>> = match target {
        "request" => requests.iter().map(crate::request::recorded).collect(),
        "answer" => answers.iter().map(crate::answer::recorded).collect(),
        "envelope" => all().filter_map(parts::envelopes).collect(),
        "compression" => all().flat_map(parts::packed).collect(),
        "metadata" => all().map(parts::metadata).collect(),
        "deadline" => requests.iter().flat_map(parts::timeouts).collect(),
        "content_type" => requests.iter().filter_map(parts::content_type).collect(),
        "get" => requests.iter().filter_map(parts::query).collect(),
        "connect" => answers.iter().flat_map(parts::connect_errors).collect(),
        "grpc" => answers.iter().filter_map(parts::grpc_trailers).collect(),
        "grpc_web" => answers.iter().flat_map(parts::grpc_web_trailers).collect(),
        "details" => answers.iter().filter_map(parts::details).collect(),
        _ => BTreeSet::new(),
    };
    inputs.into_iter().collect()
}

/// Writes the inputs for a target into the folder that `IRIS_RECORDED` names, for its fuzzer, which calls this
/// before it reads that folder. Nothing where the variable is not set.
pub fn write_recorded(target: &str) {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&folder).expect("a folder");
    for (index, input) in recorded(target).into_iter().enumerate() {
        fs::write(folder.join(format!("{index:04}")), input).expect("an input on the disk");
    }
}
