//! What the runner says at its end.

use crate::failure::{Failure, Outcome};
use std::fmt;
use std::process::ExitStatus;

/// The counts of a run.
#[derive(Debug, Default)]
pub(super) struct Report {
    run: Option<u32>,
    passed: u32,
    failed: u32,
    not_run: u32,
    /// Set where the runner itself says that not all is well.
    complaint: Option<ExitStatus>,
}

impl Report {
    /// Takes in a line of the runner's output.
    pub(super) fn read(&mut self, line: &str) {
        let number = |text: &str| text.trim().parse().ok();
        if let Some(total) = line.strip_prefix("Total cases: ") {
            self.run = number(total);
        } else if let Some((passed, failed)) = line.split_once(" passed, ")
            && let (Some(passed), Some(failed)) = (
                number(passed),
                failed.strip_suffix(" failed").and_then(number),
            )
        {
            (self.passed, self.failed) = (passed, failed);
        } else if let Some(rest) = line.strip_prefix("Another ")
            && let Some(count) = rest
                .split_once(" could not be run")
                .and_then(|(count, _)| number(count))
        {
            self.not_run = count;
        }
    }

    /// Takes in how the runner ended.
    pub(super) fn ended(&mut self, status: ExitStatus) {
        self.complaint = (!status.success()).then_some(status);
    }

    /// Fails unless every case was run and passed.
    pub(super) fn outcome(&self) -> Outcome {
        match (self.run, self.complaint) {
            (None, Some(status)) => Err(Failure::during("the suite's runner ran nothing", status)),
            (None | Some(0), None) => Err(Failure::new("the suite's runner ran nothing")),
            (Some(run), None) if run == self.passed && self.not_run == 0 => Ok(()),
            (Some(_), _) => Err(Failure::new(self.to_string())),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let run = self.run.unwrap_or_default();
        write!(
            formatter,
            "{run} cases run, {} passed, {} failed",
            self.passed, self.failed
        )?;
        match self.not_run {
            0 => Ok(()),
            count => write!(formatter, ", {count} not run"),
        }
    }
}
