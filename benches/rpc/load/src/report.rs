//! Tables.

use crate::Outcome;
use crate::machine;
use crate::rounds::{Measured, Turns};
use crate::row::{Peer, Subject};
use crate::settings::Settings;
use crate::slice::Turn;
use std::fmt::Write;

/// What was measured, as Markdown.
pub(crate) fn report(settings: &Settings, measured: &[Measured]) -> Outcome<String> {
    let mut report = format!("{}\n", machine::sentences(settings)?);
    for row in measured {
        table(&mut report, row)?;
    }
    Ok(report)
}

fn table(report: &mut String, measured: &Measured) -> Outcome {
    let (best, of_whom) = match measured.row.subject {
        Subject::Filters | Subject::Observers => (measured.peers.get(&Peer::Iris), "to iris"),
        _ => (best(measured), "to best peer"),
    };
    let hyper = measured.peers.get(&Peer::Hyper);
    let subject = match measured.row.subject {
        Subject::Client => "client",
        _ => "server",
    };
    writeln!(report, "\n### {}\n", measured.row)?;
    writeln!(
        report,
        "| | {subject} µs | median | {of_whom} | to hyper | requests/s | p50 µs | p99 µs | p99.9 µs | allocations | bytes |"
    )?;
    writeln!(report, "|---|{}", "---:|".repeat(10))?;
    for (peer, turns) in &measured.peers {
        let cpu = turns.cpu();
        let mut all = rpc_peer::histogram::Histogram::default();
        for turn in &turns.turns {
            all.merge(&turn.latencies);
        }
        writeln!(
            report,
            "| {} | {:.2} | {:.2} | {} | {} | {:.0} | {:.0} | {:.0} | {:.0} | {:.1} | {:.0} |",
            peer.name(),
            lower(cpu.clone()),
            median(cpu),
            ratio(turns, best),
            ratio(turns, hyper),
            median(turns.turns.iter().map(Turn::rate).collect()),
            all.micros(0.5),
            all.micros(0.99),
            all.micros(0.999),
            turns.allocations.0,
            turns.allocations.1,
        )?;
    }
    Ok(())
}

/// The peer that takes least, Iris and the floor aside.
fn best(measured: &Measured) -> Option<&Turns> {
    let peers = measured.peers.iter();
    peers
        .filter(|(peer, _)| {
            let others = [Peer::Tonic, Peer::Connectrpc, Peer::Volo, Peer::Tarpc];
            others.contains(peer)
        })
        .map(|(_, turns)| turns)
        .min_by(|one, other| lower(one.cpu()).total_cmp(&lower(other.cpu())))
}

fn ratio(turns: &Turns, other: Option<&Turns>) -> String {
    match other {
        Some(other) => format!("{:.2}", lower(turns.cpu()) / lower(other.cpu())),
        None => "–".into(),
    }
}

impl Turns {
    /// Processor time of a call in each round, in microseconds.
    fn cpu(&self) -> Vec<f64> {
        self.turns.iter().map(Turn::cpu_micros).collect()
    }
}

impl Turn {
    pub(crate) fn cpu_micros(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.latencies.calls() as f64
    }

    fn rate(&self) -> f64 {
        self.latencies.calls() as f64 / self.wall.as_secs_f64()
    }
}

/// The lower quartile. What else the machine does makes a call dearer and never cheaper, so that what is low tells more;
/// the lowest alone would be chance.
fn lower(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 4).copied().unwrap_or(f64::NAN)
}

/// The middle; of an even number the mean of the two in the middle.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => f64::NAN,
        even if even % 2 == 0 => f64::midpoint(figures[middle - 1], figures[middle]),
        _ => figures[middle],
    }
}
