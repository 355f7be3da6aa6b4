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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_that_differs_fails_and_names_client_and_call() {
        let mut checks = Checks::default();
        checks.section("some client");
        let right = Answer::failed("unauthenticated", 0, "no");
        checks.equal(
            "a right call",
            &right,
            &Answer::failed("unauthenticated", 0, "no"),
        );
        checks.equal(
            "a wrong code",
            &right,
            &Answer::failed("unauthenticated", 1, "no"),
        );
        checks.equal("no failure", &right, &Answer::Message(json!({})));
        let failure = checks.finish().expect_err("two differ").to_string();
        assert_eq!(
            failure,
            "some client: a wrong code\nsome client: no failure"
        );
    }

    #[test]
    fn a_client_that_fails_by_itself_fails_the_whole() {
        let mut checks = Checks::default();
        checks.client(Err(Failure::new("exit status: 1")));
        assert!(checks.finish().is_err());
    }
}
