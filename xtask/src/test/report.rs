//! What many test programs printed, in the few lines that one looks for at the end.

/// The results of the test programs run so far, and what their failed tests said.
///
/// The log of a whole run is thousands of lines, of which a reader may have the last alone.
#[derive(Debug, Default)]
pub(super) struct Report {
    results: Vec<String>,
    failures: Vec<String>,
    inside: bool,
}

/// How the test harness begins the line that closes a test program's output.
const RESULT: &str = "test result: ";

/// The line before what each failed test printed, and once more before their names.
const FAILURES: &str = "failures:";

/// Of one run's failures so many lines are kept.
const MOST: usize = 400;

impl Report {
    /// Takes the next line of what the test harness prints.
    pub(super) fn read(&mut self, line: String) {
        if line.starts_with(RESULT) {
            self.inside = false;
            self.results.push(line);
            return;
        }
        self.inside |= line == FAILURES;
        if self.inside && self.failures.len() < MOST {
            self.failures.push(line);
        }
    }

    /// Whether no test program has come to its end.
    pub(super) fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// Each program's result, what failed, and one line for all.
    pub(super) fn into_lines(mut self) -> Vec<String> {
        let sum = self.sum();
        self.results.append(&mut self.failures);
        self.results.extend(sum);
        self.results
    }

    fn sum(&self) -> Option<String> {
        let count = |line: &str, what: &str| -> usize {
            let mut parts = line.split(['.', ';']).map(str::trim);
            let found = parts.find_map(|part| part.strip_suffix(what)?.trim().parse().ok());
            found.unwrap_or(0)
        };
        let total = |what| -> usize { self.results.iter().map(|line| count(line, what)).sum() };
        (!self.is_empty()).then(|| {
            let (passed, failed, ignored) = (total("passed"), total("failed"), total("ignored"));
            format!("\n{passed} passed, {failed} failed, {ignored} skipped")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up_and_failures_are_told_again() {
        let printed = "\
running 2 tests
test adds ... FAILED
test calls ... ok

failures:

---- adds stdout ----
assertion `left == right` failed

failures:
    adds

test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s

running 12 tests
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s";
        let mut report = Report::default();
        printed
            .lines()
            .for_each(|line| report.read(line.to_owned()));
        let lines = report.into_lines();
        assert!(lines.iter().any(|line| line.starts_with("assertion")));
        assert!(!lines.iter().any(|line| line.contains("calls")));
        let last = lines.last().map(String::as_str);
        assert_eq!(last, Some("\n16 passed, 2 failed, 1 skipped"));
    }

    #[test]
    fn no_result_is_no_sum() {
        assert_eq!(Report::default().into_lines(), Vec::<String>::new());
    }
}
