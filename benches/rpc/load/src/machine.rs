//! What the figures were measured on, and how.

use crate::Outcome;
use crate::settings::Settings;
use rpc_peer::THREADS;
use std::process::Command;

/// Versions of what is measured.
const LOCK: &str = include_str!("../../../Cargo.lock");
const CRATES: [&str; 10] = [
    "iris-core",
    "tonic",
    "connectrpc",
    "volo-grpc",
    "tarpc",
    "hyper",
    "h2",
    "tokio",
    "prost",
    "buffa",
];

/// How to read the tables.
const READING: &str = "\
Each peer's server is a program of its own, built with the release profile (no LTO, line tables for profiles) and the \
features that the peer alone asks for; all have the same number of threads and the allocator of the system. One caller, \
which is h2 and nothing else, calls all of them over at most 4 connections with requests encoded before; in the rows \
`client/…` each peer's own client calls hyper's server, and in the rows `…/own/…` its own server, as it does unless told \
otherwise: tarpc with bincode over TCP, Iris with Connect in the binary format over HTTP/2. Peers take turns within \
a round, each turn with a process of its own, and another peer begins each round. Every answer is compared with what it should be.

- Processor time is user and system time of the measured program for a call: the lower quartile of the rounds, from which \
the ratios are made, and their median. \"Best peer\" is the one among the others that takes least; hyper is the floor, \
which decodes and encodes no message.
- Processor time of clients is in the rows `client/…`, a row for each kind of call, where it is that of the peer's own \
client: making the request, sending it, reading the answer. In the other rows all servers have the same caller, whose time \
would tell nothing of them. In `client/upload/…` connectrpc and volo send each message in a frame of its own.
- Requests a second and latencies are those of a machine that servers and callers share: they tell less than processor time.
- Allocations, and the bytes they ask for, are counted in a run apart, over a number of calls that is fixed.
- `filtered` is Iris with three filters that let everyone pass; `unused` is Iris with TLS, every compression and \
iris-telemetry linked, and none of it used; `metrics` is the same with the metrics of iris-telemetry, and \
`traces` with a span of each call besides, by tracing-opentelemetry, which samples all of them and hands them to an exporter \
that throws them away.
- Rows `filters/…` have three times as many rounds, since what they show differs so little; rows of JSON have half as many, but \
for `echo` and `log` of Connect, and so do those of `own`.
- A call of `download` and `upload` has 1,000 messages of \
64 bytes (uploaded 16 a frame), one of `large` a mebibyte each way, one of `log` 50 records; of `chat` a message each way counts as a call.";

/// When and where it was measured, for how long, and how to read it.
pub(crate) fn sentences(settings: &Settings) -> Outcome<String> {
    let (rounds, seconds) = (settings.rounds, settings.length.as_secs_f64());
    Ok(format!(
        "Measured with `cargo xtask bench rpc` {}. {rounds} rounds, {seconds} s a peer and round, {THREADS} threads a \
         server.\n\n{READING}",
        here()?
    ))
}

/// The day, the processor, the kernel, the compiler, and the versions.
pub(crate) fn here() -> Outcome<String> {
    let processors = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("a processor without a name", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism()?;
    let kernel = printed("uname", &["-sr"])?;
    let rustc = printed("rustc", &["--version"])?;
    let date = printed("date", &["-u", "+%Y-%m-%d"])?;
    let crates: Vec<String> = CRATES.iter().copied().filter_map(version).collect();
    let crates = crates.join(", ");
    Ok(format!(
        "on {date}: {model}, {cores} cores, {kernel}, {rustc}; {crates}"
    ))
}

/// A crate and its version, where it is locked.
fn version(name: &str) -> Option<String> {
    let (_, rest) = LOCK.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    let (version, _) = rest.split_once('"')?;
    Some(format!("{name} {version}"))
}

fn printed(program: &str, arguments: &[&str]) -> Outcome<String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
