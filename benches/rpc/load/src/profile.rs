//! Where the time goes: processor time of a call by what takes it, as `perf` samples it.

use crate::Outcome;
use crate::machine;
use crate::program::Program;
use crate::rounds::Entrant;
use crate::row::{Peer, Row};
use crate::settings::Settings;
use crate::slice::Turn;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Samples a second.
const FREQUENCY: &str = "5000";

/// What takes time, in the order of the report.
const PARTS: [&str; 9] = [
    "kernel",
    "copying",
    "allocator",
    "h2",
    "hyper",
    "tokio",
    "http, bytes",
    "messages",
    "framework",
];

const MISSING: &str = "perf is needed for profiles: apt-get install linux-perf (Debian), or linux-tools-generic (Ubuntu)";

/// Samples every row's programs, one at a time, and writes what they did.
pub(crate) async fn run(settings: &Settings) -> Outcome<String> {
    let mut report = heading(settings)?;
    for row in &settings.rows {
        eprintln!("{row}");
        let mut columns = BTreeMap::new();
        for &peer in &row.peers {
            let column = sampled(settings, row, peer).await;
            columns.insert(
                peer,
                column.map_err(|error| format!("{row}, {}: {error}", peer.name()))?,
            );
        }
        table(&mut report, row, &columns)?;
    }
    Ok(report)
}

fn heading(settings: &Settings) -> Outcome<String> {
    Ok(format!(
        "Measured with `cargo xtask bench profile` {}.\n\n\
         `perf record -e cpu-clock` of each program for {:?} under the same load as in *Calls*, but once: where the two tell \
         different ratios, *Calls* has more rounds. \
         Microseconds of processor time of a call, by the crate that the sampled function is from; what the compiler put into \
         a caller counts as the caller's. *copying* is memcpy and its like, *messages* is prost, buffa and pilota with \
         what they generated, *framework* is what is left: the peer's own crates, towers of services, and the program.\n",
        machine::here()?,
        settings.length
    ))
}

async fn sampled(settings: &Settings, row: &Row, peer: Peer) -> Outcome<[f64; PARTS.len()]> {
    let mut entrant = Entrant::start(settings, row, peer).await?;
    let program = entrant.subject(row);
    let samples = std::env::temp_dir().join(format!("rpc-bench-{}.perf", program.id()));
    let mut perf = record(program, &samples, settings.length)?;
    let turn = entrant.turn(settings, row).await;
    perf.wait()?;
    let parts = parts(&samples, &turn?);
    let _ = std::fs::remove_file(&samples);
    parts
}

/// Begins to sample, for somewhat less than a turn.
fn record(program: &Program, samples: &Path, length: Duration) -> Outcome<Child> {
    let child = Command::new("perf")
        .args([
            "record",
            "--quiet",
            "--event",
            "cpu-clock",
            "--freq",
            FREQUENCY,
            "--output",
        ])
        .arg(samples)
        .args(["--pid", &program.id().to_string(), "--", "sleep"])
        .arg(length.as_secs_f64().to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Ok(child.map_err(|error| format!("{MISSING} ({error})"))?)
}

/// Microseconds of a call for each part.
fn parts(samples: &Path, turn: &Turn) -> Outcome<[f64; PARTS.len()]> {
    let output = Command::new("perf")
        .args([
            "report",
            "--no-children",
            "--percent-limit",
            "0",
            "--field-separator",
            "|",
        ])
        .args(["--fields", "overhead,dso,symbol", "--input"])
        .arg(samples)
        .stderr(Stdio::null())
        .output()
        .map_err(|error| format!("{MISSING} ({error})"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut shares = [0.0; PARTS.len()];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.splitn(3, '|').map(str::trim);
        if let (Some(share), Some(object), Some(symbol)) =
            (fields.next(), fields.next(), fields.next())
            && let Ok(share) = share.trim_end_matches('%').parse::<f64>()
        {
            shares[part(object, symbol)] += share;
        }
    }
    let all: f64 = shares.iter().sum();
    if all == 0.0 {
        return Err("perf saw nothing; /proc/sys/kernel/perf_event_paranoid may forbid it".into());
    }
    Ok(shares.map(|share| share / all * turn.cpu_micros()))
}

/// The number of the part that a function belongs to.
fn part(object: &str, symbol: &str) -> usize {
    let name = symbol.trim_start_matches("[.] ").trim_start_matches("[k] ");
    let part = if symbol.starts_with("[k]") || object == "[vdso]" {
        "kernel"
    } else if ["memmove", "memcpy", "memset"]
        .iter()
        .any(|copy| name.contains(copy))
    {
        "copying"
    } else if object.starts_with("libc")
        || ["Counting as", "__rust", "__rdl"]
            .iter()
            .any(|one| name.contains(one))
    {
        "allocator"
    } else if ["prost", "buffa", "pilota", "messages::"]
        .iter()
        .any(|one| name.contains(one))
    {
        "messages"
    } else {
        match krate(name) {
            "h2" | "slab" | "indexmap" | "tracing" | "tracing_core" => "h2",
            "hyper" | "hyper_util" => "hyper",
            "tokio" | "tokio_util" | "mio" | "futures_channel" | "atomic_waker" => "tokio",
            "http" | "bytes" | "http_body" | "http_body_util" => "http, bytes",
            _ => "framework",
        }
    };
    PARTS
        .iter()
        .position(|known| *known == part)
        .unwrap_or(PARTS.len() - 1)
}

/// The crate that a path begins with: `h2` of `<h2::codec::Codec<T,B> as futures_core::stream::Stream>::poll_next`.
fn krate(name: &str) -> &str {
    let name = name
        .strip_prefix("core::ptr::drop_in_place")
        .unwrap_or(name);
    let name = name
        .trim_start_matches(['<', '&', '*'])
        .trim_start_matches("mut ");
    name.split("::").next().unwrap_or(name)
}

fn table(report: &mut String, row: &Row, columns: &BTreeMap<Peer, [f64; PARTS.len()]>) -> Outcome {
    let names: Vec<&str> = columns.keys().map(|peer| peer.name()).collect();
    writeln!(
        report,
        "\n### {row}: microseconds by part\n\n| | {} |",
        names.join(" | ")
    )?;
    writeln!(report, "|---|{}", "---:|".repeat(names.len()))?;
    for (number, part) in PARTS.iter().enumerate() {
        let figures: Vec<String> = columns
            .values()
            .map(|parts| format!("{:.1}", parts[number]))
            .collect();
        writeln!(report, "| {part} | {} |", figures.join(" | "))?;
    }
    let sums: Vec<String> = columns
        .values()
        .map(|parts| format!("{:.1}", parts.iter().sum::<f64>()))
        .collect();
    Ok(writeln!(report, "| all | {} |", sums.join(" | "))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_belong_to_the_crate_they_are_from() {
        let of = |object, symbol| PARTS[part(object, symbol)];
        assert_eq!(of("[kernel.kallsyms]", "[k] tcp_ack"), "kernel");
        assert_eq!(
            of("libc.so.6", "[.] __memmove_avx512_unaligned_erms"),
            "copying"
        );
        assert_eq!(of("libc.so.6", "[.] _int_free"), "allocator");
        assert_eq!(
            of(
                "x",
                "[.] <h2::codec::Codec<T,B> as futures_core::stream::Stream>::poll_next"
            ),
            "h2"
        );
        assert_eq!(
            of("x", "[.] core::ptr::drop_in_place<http::request::Parts>"),
            "http, bytes"
        );
        assert_eq!(
            of(
                "x",
                "[.] <rpc_iris::Text as prost::message::Message>::merge_field"
            ),
            "messages"
        );
        assert_eq!(of("x", "[.] iris_core::dispatch::dispatch"), "framework");
    }
}
