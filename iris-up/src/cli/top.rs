//! `iris-up top`: what apps use, as it changes.

use super::place::Place;
use super::{Outcome, show};
use clap::Args;
use iris_up_client::messages::iris::up::v1::{AppUsage, UsageResponse};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write, stdout};
use std::time::{Duration, Instant};

/// Shows what apps use: processes, processors, memory, requests. On a terminal it goes on until it is interrupted; elsewhere it
/// looks twice, and prints what was used between the two.
#[derive(Debug, Args)]
pub(super) struct Top {
    /// How many seconds are between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=3600))]
    interval: u64,
    /// Looks twice, and ends.
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    place: Place,
}

/// What was used at a moment.
struct Look {
    at: Instant,
    usage: UsageResponse,
}

impl Top {
    pub(super) async fn run(self) -> Outcome {
        let remotes = self.place.remotes()?;
        let look = async || -> Result<Look, Box<dyn std::error::Error + Send + Sync>> {
            let usage = remotes.apps().usage().await?;
            let at = Instant::now();
            Ok(Look { at, usage })
        };
        let mut before = look().await?;
        if self.place.json {
            return show::json(&before.usage);
        }
        let goes_on = stdout().is_terminal() && !self.once;
        loop {
            tokio::time::sleep(Duration::from_secs(self.interval)).await;
            let now = look().await?;
            let table = table(&before, &now);
            if !goes_on {
                write!(stdout(), "{table}")?;
                return Ok(());
            }
            // From the top of an empty screen (ECMA-48: ED, CUP).
            write!(stdout(), "\x1b[2J\x1b[H{table}")?;
            stdout().flush()?;
            before = now;
        }
    }
}

/// A line for each app: those that take most of the processors first.
fn table(before: &Look, now: &Look) -> String {
    let seconds = (now.at - before.at).as_secs_f64();
    let earlier: HashMap<&str, &AppUsage> = before
        .usage
        .apps
        .iter()
        .map(|app| (&*app.name, app))
        .collect();
    let mut rows: Vec<_> = now
        .usage
        .apps
        .iter()
        .map(|app| {
            let earlier = earlier.get(&*app.name).copied();
            // What ended in between took its time along.
            let taken = (processor(app) - earlier.map_or(0.0, processor)).max(0.0);
            let came = app
                .requests
                .saturating_sub(earlier.map_or(0, |app| app.requests));
            (app, 100.0 * taken / seconds, came as f64 / seconds)
        })
        .collect();
    rows.sort_by(|(one, more, _), (other, less, _)| {
        less.total_cmp(more).then_with(|| one.name.cmp(&other.name))
    });
    let width = rows
        .iter()
        .map(|(app, ..)| app.name.len())
        .max()
        .unwrap_or_default()
        .max(4);
    let mut text = format!(
        "{:<width$}  {:<8}  {:>5}  {:>6}  {:>9}  {:>9}  {:>8}\n",
        "NAME", "STATE", "PROCS", "CPU %", "MEMORY", "REQUESTS/S", "RESTARTS"
    );
    for (app, percent, rate) in rows {
        let (word, _) = show::look(app.state());
        let memory = format!("{:.1} MB", app.memory as f64 / 1e6);
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "{:<width$}  {word:<8}  {:>5}  {percent:>6.1}  {memory:>9}  {rate:>10.1}  {:>8}",
            app.name, app.processes, app.restarts
        );
    }
    text
}

/// In seconds.
fn processor(app: &AppUsage) -> f64 {
    let time = app.processor.and_then(|time| Duration::try_from(time).ok());
    time.unwrap_or_default().as_secs_f64()
}
