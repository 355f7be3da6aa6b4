//! What an app may have and reach, as `iris-up push` is told.

use clap::Args;
use iris_up_client::messages::iris::up::v1::{Limits, Reach};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The same for programs and for people: nothing where it is as for all.
#[derive(Debug, Args)]
#[command(next_help_heading = "What it may have and reach")]
pub(super) struct Bounds {
    /// Memory of each process with what it starts, such as 256MiB. 512MiB unless told.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    memory: Option<u64>,
    /// Processors of each process, such as 0.5. As much as there is unless told.
    #[arg(long, value_name = "NUMBER", value_parser = milli_cpus)]
    cpus: Option<u32>,
    /// Processes and threads of each process. 512 unless told.
    #[arg(long, value_name = "NUMBER")]
    processes: Option<u32>,
    /// Open files of each process. 16384 unless told.
    #[arg(long, value_name = "NUMBER")]
    open_files: Option<u32>,
    /// The largest file that it writes. 1GiB unless told.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    file_size: Option<u64>,
    /// A path that it reads, beside its own folder and the system.
    #[arg(long, value_name = "PATH")]
    read: Vec<PathBuf>,
    /// A path that it writes, too.
    #[arg(long, value_name = "PATH")]
    write: Vec<PathBuf>,
    /// A TCP port that it connects to, beside 53, 80 and 443; `any` for all, those of other apps and of the daemon too.
    #[arg(long, value_name = "PORT")]
    connect: Vec<String>,
    /// A TCP port that it listens at, beside its own; 0 for any that is free when it asks for that.
    #[arg(long, value_name = "PORT")]
    listen: Vec<u16>,
    /// A variable for its environment; NAME alone takes the value that it has here. Nobody is told values again.
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// A file with such variables, a line each.
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
}

impl Bounds {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            memory: self.memory.unwrap_or_default(),
            milli_cpus: self.cpus.unwrap_or_default(),
            processes: self.processes.unwrap_or_default(),
            open_files: self.open_files.unwrap_or_default(),
            file_size: self.file_size.unwrap_or_default(),
        }
    }

    pub(super) fn reach(&self) -> Result<Reach, String> {
        let paths = |paths: &[PathBuf]| -> Result<Vec<String>, String> {
            paths.iter().map(|path| written(path)).collect()
        };
        let ports = self.connect.iter().filter(|port| *port != "any");
        let connect: Result<Vec<u32>, String> = ports
            .map(|port| {
                port.parse()
                    .map_err(|_| format!("{port} is no port, nor any"))
            })
            .collect();
        Ok(Reach {
            read: paths(&self.read)?,
            write: paths(&self.write)?,
            connect: connect?,
            connect_any: self.connect.iter().any(|port| port == "any"),
            listen: self.listen.iter().copied().map(u32::from).collect(),
        })
    }

    pub(super) fn environment(&self) -> Result<HashMap<String, String>, String> {
        variables(&self.env_file, &self.env)
    }
}

/// The variables in files with a line for each, and those that are given by themselves, which go before.
pub(super) fn variables(
    files: &[PathBuf],
    given: &[String],
) -> Result<HashMap<String, String>, String> {
    let mut lines = Vec::new();
    for file in files {
        let text = fs::read_to_string(file);
        let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
        let meant = |line: &&str| !line.is_empty() && !line.starts_with('#');
        lines.extend(text.lines().map(str::trim).filter(meant).map(str::to_owned));
    }
    lines.extend(given.iter().cloned());
    lines.into_iter().map(variable).collect()
}

/// `NAME=VALUE`, or `NAME` with the value that it has here.
fn variable(line: String) -> Result<(String, String), String> {
    match line.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => match std::env::var(&line) {
            Ok(value) => Ok((line, value)),
            Err(_) => Err(format!("{line} has no value here: write {line}=VALUE")),
        },
    }
}

/// A path that starts at the root, as this program sees it.
fn written(path: &Path) -> Result<String, String> {
    let whole = std::path::absolute(path);
    let whole = whole.map_err(|error| format!("{}: {error}", path.display()))?;
    let whole = whole.into_os_string().into_string();
    whole.map_err(|path| format!("{} is not in UTF-8", path.display()))
}

/// `1024`, `256MiB`, `256M`, `1GiB`.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let at = text.find(|char: char| !char.is_ascii_digit());
    let (number, unit) = text.split_at(at.unwrap_or(text.len()));
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        _ => return Err("units are KiB, MiB and GiB".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "it begins with a number")?;
    let bytes = number.checked_mul(1 << unit).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| "it is no amount that there is".to_owned())
}

/// `0.5` is 500.
fn milli_cpus(text: &str) -> Result<u32, String> {
    let number: f64 = text.parse().map_err(|_| "it is no number")?;
    match number {
        0.01..=1_000.0 => Ok((number * 1_000.0).round() as u32),
        _ => Err("it is from 0.01 to 1000".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        assert_eq!(bytes("1024"), Ok(1024));
        assert_eq!(bytes("256MiB"), Ok(256 << 20));
        assert_eq!(bytes("2 g"), Ok(2 << 30));
        for wrong in ["", "MiB", "0", "1.5GiB", "1TB", "99999999999GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        assert_eq!(milli_cpus("0.5"), Ok(500));
        for wrong in ["0", "-1", "nan", "x"] {
            assert!(milli_cpus(wrong).is_err(), "{wrong}");
        }
    }
}
