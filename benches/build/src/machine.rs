//! What the figures were measured on.

use crate::failure::{Outcome, read};
use crate::process::output;
use std::path::Path;
use std::process::Command;

/// Processor, memory, compiler and day, in one sentence.
pub(crate) fn sentence() -> Outcome<String> {
    let processors = read(Path::new("/proc/cpuinfo"))?;
    let model = value(&processors, "model name").unwrap_or("a processor without a name");
    let cores = std::thread::available_parallelism()?;
    let memory = read(Path::new("/proc/meminfo"))?;
    let kilobytes =
        value(&memory, "MemTotal").and_then(|total| total.split(' ').next()?.parse::<f64>().ok());
    let gigabytes = kilobytes.unwrap_or_default() / 1024.0 / 1024.0;
    let rustc = printed(Command::new("rustc").arg("--version"))?;
    let date = printed(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    Ok(format!(
        "Measured on {date}: {model}, {cores} cores, {gigabytes:.0} GiB of memory, {rustc}."
    ))
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim())
}

fn printed(command: &mut Command) -> Outcome<String> {
    Ok(String::from_utf8(output(command)?.stdout)?
        .trim()
        .to_owned())
}
