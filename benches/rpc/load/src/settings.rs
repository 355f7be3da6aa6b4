//! Which rows, which peers, and for how long.

use crate::Outcome;
use crate::row::{Peer, Row};
use std::path::PathBuf;
use std::time::Duration;

const USAGE: &str = "usage: rpc-bench --programs FOLDER [--report FILE] [--rows PATTERN] [--peers LIST] [--seconds N] [--rounds N] [--profile]";

/// What to measure.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where the peers' programs are.
    pub(crate) programs: PathBuf,
    /// Where the report goes; printed if nowhere.
    pub(crate) report: Option<PathBuf>,
    pub(crate) rows: Vec<Row>,
    /// Of one turn.
    pub(crate) length: Duration,
    pub(crate) rounds: usize,
    /// Whether to look where the time goes, instead of how much there is.
    pub(crate) profile: bool,
}

impl Settings {
    pub(crate) fn read(arguments: &[String]) -> Outcome<Settings> {
        let mut programs = None;
        let mut report = None;
        let mut patterns: Vec<String> = vec![String::new()];
        let mut peers = Peer::ALL.to_vec();
        let mut length = Duration::from_millis(400);
        let mut rounds = 10;
        let mut profile = false;
        let mut rest = arguments.iter();
        while let Some(flag) = rest.next() {
            if flag == "--profile" {
                profile = true;
                continue;
            }
            let value = rest.next().ok_or(USAGE)?;
            match flag.as_str() {
                "--programs" => programs = Some(PathBuf::from(value)),
                "--report" => report = Some(PathBuf::from(value)),
                "--rows" => patterns = value.split(',').map(str::to_owned).collect(),
                "--peers" => {
                    peers = value.split(',').map(peer).collect::<Outcome<_>>()?;
                }
                "--seconds" => length = Duration::try_from_secs_f64(value.parse()?)?,
                "--rounds" => rounds = value.parse()?,
                _ => return Err(USAGE.into()),
            }
        }
        let mut rows = Row::all();
        let names: Vec<String> = rows.iter().map(ToString::to_string).collect();
        rows.retain(|row| {
            let name = row.to_string();
            // The whole name of a row is that row alone: `echo/grpc/c1` is not `echo/grpc/c16`.
            patterns
                .iter()
                .any(|pattern| match names.contains(pattern) {
                    true => name == *pattern,
                    // Nor is `echo/grpc` a row of clients: those begin with `client`.
                    false if name.starts_with("client") && !pattern.starts_with("client") => {
                        pattern.is_empty()
                    }
                    false => name.contains(pattern),
                })
        });
        for row in &mut rows {
            row.peers.retain(|peer| peers.contains(peer));
        }
        rows.retain(|row| !row.peers.is_empty());
        if rows.is_empty() {
            let known: Vec<String> = Row::all().iter().map(ToString::to_string).collect();
            return Err(format!(
                "no row has that in its name; there are {}",
                known.join(", ")
            )
            .into());
        }
        Ok(Settings {
            programs: programs.ok_or(USAGE)?,
            report,
            rows,
            length,
            rounds,
            profile,
        })
    }
}

fn peer(name: &str) -> Outcome<Peer> {
    let known = Peer::ALL.into_iter();
    known
        .clone()
        .find(|peer| peer.name() == name)
        .ok_or_else(|| {
            let known: Vec<&str> = known.map(Peer::name).collect();
            format!("no peer is called `{name}`; there are {}", known.join(", ")).into()
        })
}
