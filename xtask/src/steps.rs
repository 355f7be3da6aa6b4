//! A chore of several steps: a line for each, with its time, and a summary.

use crate::failure::{Failure, Outcome};
use std::time::{Duration, Instant};

/// The steps done so far. A step that fails does not keep the next ones from being done.
#[derive(Debug)]
pub(crate) struct Steps {
    begun: Instant,
    done: Vec<Step>,
    closing: Vec<String>,
}

#[derive(Debug)]
struct Step {
    name: &'static str,
    took: Duration,
    failure: Option<Failure>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Steps {
            begun: Instant::now(),
            done: Vec::new(),
            closing: Vec::new(),
        }
    }

    /// Does a step.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce() -> Outcome) {
        println!("\n==> {name}");
        let begun = Instant::now();
        let failure = work().err();
        let step = Step {
            name,
            took: begun.elapsed(),
            failure,
        };
        if let Some(failure) = &step.failure {
            eprintln!("{failure}");
        }
        println!("{step}");
        self.done.push(step);
    }

    /// Lines to be printed below the summary.
    pub(crate) fn close_with(&mut self, lines: Vec<String>) {
        self.closing.extend(lines);
    }

    /// Prints the summary; fails if a step did.
    pub(crate) fn finish(self) -> Outcome {
        println!("\nSummary");
        for step in &self.done {
            println!("  {step}");
        }
        println!("  {:<26} {:>14}", "together", seconds(self.begun.elapsed()));
        let failed: Vec<&Step> = self.done.iter().filter(|step| step.failed()).collect();
        for Step { name, failure, .. } in &failed {
            if let Some(failure) = failure {
                println!("\n{name} failed: {failure}");
            }
        }
        if !self.closing.is_empty() {
            println!("\n{}", self.closing.join("\n"));
        }
        let names: Vec<&str> = failed.iter().map(|step| step.name).collect();
        match names.is_empty() {
            true => Ok(()),
            false => Err(Failure::during("failed", names.join(", "))),
        }
    }
}

impl Step {
    fn failed(&self) -> bool {
        self.failure.is_some()
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let outcome = if self.failed() { "FAILED" } else { "ok" };
        let took = seconds(self.took);
        write!(formatter, "{:<26} {outcome:<6} {took:>7}", self.name)
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
