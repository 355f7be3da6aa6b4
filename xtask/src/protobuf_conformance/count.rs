//! What the runner ran, as it printed it.

use crate::failure::{Failure, Outcome};
use std::collections::BTreeSet;
use std::fmt;

/// How many tests there are, by what they are about and how much they matter.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    binary: Kind,
    json: Kind,
    skipped: usize,
}

/// The tests of one kind.
#[derive(Debug, Default, PartialEq, Eq)]
struct Kind {
    required: Tests,
    recommended: Tests,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Tests {
    run: usize,
    failed: usize,
}

/// How the runner begins the line of each test.
const TEST: &str = "conformance test: name=";
/// How it begins the line of a test that the program under test does not take.
const SKIPPED: &str = "SKIPPED, test=";

/// What a person wants to see of what was printed: not each test, and not what is left out.
pub(crate) fn worth_showing(printed: &str) -> impl Iterator<Item = &str> {
    let skipped: BTreeSet<&str> = names(printed, SKIPPED).collect();
    let plain = [
        TEST,
        SKIPPED,
        "These tests were skipped",
        "WARNING: All log messages",
        "I0000 ",
    ];
    printed.lines().filter(move |line| {
        let first = line.split_whitespace().next();
        first.is_some_and(|first| !skipped.contains(first))
            && !plain.iter().any(|plain| line.starts_with(plain))
    })
}

impl Counts {
    /// The tests in what was printed. Those that failed are the known failures: the runner has seen to it.
    pub(crate) fn of(printed: &str, known_failures: &str) -> Outcome<Self> {
        let known: BTreeSet<&str> = known_failures
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default().trim())
            .filter(|name| !name.is_empty())
            .collect();
        let skipped: BTreeSet<&str> = names(printed, SKIPPED).collect();
        let mut counts = Counts {
            skipped: skipped.len(),
            ..Counts::default()
        };
        for name in names(printed, TEST).filter(|name| !skipped.contains(name)) {
            let kind = match name.contains(".Json") {
                true => &mut counts.json,
                false => &mut counts.binary,
            };
            let tests = match name.starts_with("Required.") {
                true => &mut kind.required,
                false => &mut kind.recommended,
            };
            tests.run += 1;
            tests.failed += usize::from(known.contains(name));
        }
        let kinds = [&counts.binary, &counts.json];
        let tests = kinds
            .iter()
            .flat_map(|kind| [&kind.required, &kind.recommended]);
        match tests.map(|tests| tests.failed).sum::<usize>() == known.len() {
            true => Ok(counts),
            false => Err(Failure::new(
                "a test among the known failures was not run; remove it from the list",
            )),
        }
    }
}

fn names<'p>(printed: &'p str, before: &'p str) -> impl Iterator<Item = &'p str> {
    let tests = printed
        .lines()
        .filter_map(move |line| line.strip_prefix(before));
    tests.filter_map(|test| test.split([',', ' ']).next())
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            binary,
            json,
            skipped,
        } = self;
        write!(
            formatter,
            "| | required | recommended |\n\
             |---|---|---|\n\
             | binary to binary | {} | {} |\n\
             | JSON on one side or both | {} | {} |\n\
             | the text format | {skipped} left out | |",
            binary.required, binary.recommended, json.required, json.recommended
        )
    }
}

impl fmt::Display for Tests {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tests { run, failed } = self;
        match failed {
            0 => write!(formatter, "{run} run, 0 failed"),
            _ => write!(formatter, "{run} run, {failed} failed as known"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
CONFORMANCE TEST BEGIN ====
conformance test: name=Required.Proto3.JsonInput.A.ProtobufOutput, request=x, response=y
conformance test: name=Required.Proto3.ProtobufInput.B.ProtobufOutput, request=x, response=y
conformance test: name=Recommended.Proto3.C.JsonOutput, request=x, response=y
conformance test: name=Required.Proto2.TextFormatInput.D.ProtobufOutput, request=x, response=y
SKIPPED, test=Required.Proto2.TextFormatInput.D.ProtobufOutput request=x
These tests were skipped (for a reason)
  Required.Proto2.TextFormatInput.D.ProtobufOutput #
CONFORMANCE SUITE PASSED: 2 successes";

    #[test]
    fn tests_are_counted_by_kind() {
        let known = "# Why.\nRequired.Proto3.ProtobufInput.B.ProtobufOutput\n";
        let counts = Counts::of(PRINTED, known).expect("counts").to_string();
        let lines: Vec<&str> = counts.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "| binary to binary | 1 run, 1 failed as known | 0 run, 0 failed |",
                "| JSON on one side or both | 1 run, 0 failed | 1 run, 0 failed |",
                "| the text format | 1 left out | |",
            ]
        );
        let shown: Vec<&str> = worth_showing(PRINTED).collect();
        assert_eq!(shown.len(), 2, "{shown:?}");
    }

    #[test]
    fn a_known_failure_that_was_not_run_is_one_too_many() {
        assert!(Counts::of(PRINTED, "Required.Proto3.Gone\n").is_err());
    }
}
