//! What was called, what came back, and whether it is what should have.

use super::outcome::Answer;
use crate::failure::{Failure, Outcome};

/// The checks made so far.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    section: String,
    failed: Vec<String>,
}

impl Checks {
    /// Begins the checks of another client.
    pub(crate) fn section(&mut self, name: &str) {
        println!("\n{name}");
        name.clone_into(&mut self.section);
    }

    /// Prints one check; both answers where they differ.
    pub(crate) fn equal(&mut self, called: &str, expected: &Answer, got: &Answer) {
        if expected == got {
            println!("  ok      {called:<48} {got}");
        } else {
            println!("  FAILED  {called}\n    expected {expected}\n    got      {got}");
            self.failed.push(format!("{}: {called}", self.section));
        }
    }

    /// A whole client that printed its own checks.
    pub(crate) fn client(&mut self, outcome: Outcome) {
        if let Err(failure) = outcome {
            self.failed.push(format!("{}: {failure}", self.section));
        }
    }

    /// Fails if a check did.
    pub(crate) fn finish(self) -> Outcome {
        match self.failed.is_empty() {
            true => {
                println!("\nevery answer is the expected one");
                Ok(())
            }
            false => Err(Failure::new(self.failed.join("\n"))),
        }
    }
}
