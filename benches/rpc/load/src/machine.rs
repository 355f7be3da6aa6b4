//! What the figures were measured on, and how.

use crate::Outcome;
use crate::settings::Settings;
use rpc_peer::THREADS;
use std::process::Command;

/// Processor, kernel, compiler, day, and the length of what was measured.
pub(crate) fn sentences(settings: &Settings) -> Outcome<String> {
    let processors = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("a processor without a name", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism()?;
    let kernel = printed("uname", &["-sr"])?;
    let rustc = printed("rustc", &["--version"])?;
    let date = printed("date", &["-u", "+%Y-%m-%d"])?;
    let (rounds, seconds) = (settings.rounds, settings.length.as_secs_f64());
    Ok(format!(
        "Measured on {date}: {model}, {cores} cores, {kernel}, {rustc}, profile release. \
         {rounds} rounds, {seconds} s a peer and round, {THREADS} threads a server."
    ))
}

fn printed(program: &str, arguments: &[&str]) -> Outcome<String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
