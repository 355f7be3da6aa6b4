//! What the runner says while it runs and at its end.

use super::protocol::{Protocol, named};
use crate::failure::{Failure, Outcome};
use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitStatus;

/// The counts of a run.
#[derive(Debug, Default)]
pub(super) struct Report {
    run: Option<u32>,
    passed: u32,
    failed: u32,
    not_run: u32,
    protocols: BTreeMap<Protocol, Counts>,
    /// Set where the runner itself says that not all is well.
    complaint: Option<ExitStatus>,
}

/// Of the cases of one protocol.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    run: u32,
    failed: u32,
}

impl Report {
    /// Takes in a line of the runner's output. Gives back whether it says no more than that a case begins or ends,
    /// of which there are two for each.
    pub(super) fn read(&mut self, line: &str) -> bool {
        if line.starts_with("Sending request for ") {
            return true;
        }
        if let Some(case) = line.strip_prefix("Received response for ") {
            self.counts(case, |counts| counts.run += 1);
            return true;
        }
        self.read_end(line);
        false
    }

    /// What comes after the last case.
    fn read_end(&mut self, line: &str) {
        let number = |text: &str| text.trim().parse().ok();
        if let Some(case) = line.strip_prefix("FAILED: ") {
            self.counts(case, |counts| counts.failed += 1);
        } else if let Some(total) = line.strip_prefix("Total cases: ") {
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

    fn counts(&mut self, case: &str, count: impl FnOnce(&mut Counts)) {
        if let Some(protocol) = named(case) {
            count(self.protocols.entry(protocol).or_default());
        }
    }

    /// Takes in how the runner ended.
    pub(super) fn ended(&mut self, status: ExitStatus) {
        self.complaint = (!status.success()).then_some(status);
    }

    /// Fails unless every case was run and passed, and there were as many as are known.
    pub(super) fn outcome(&self, known: Option<u32>) -> Outcome {
        match (self.run, self.complaint) {
            (Some(run), None) if known.is_some_and(|known| run != known) => {
                let known = known.unwrap_or_default();
                Err(Failure::new(format!(
                    "{run} cases were run, and {known} are known: where more or fewer are meant, say so in xtask/src/conformance/mod.rs"
                )))
            }
            (None, Some(status)) => Err(Failure::during("the suite's runner ran nothing", status)),
            (None | Some(0), None) => Err(Failure::new("the suite's runner ran nothing")),
            (Some(run), None) if run == self.passed && self.not_run == 0 => Ok(()),
            (Some(_), _) => Err(Failure::new(self.to_string())),
        }
    }

    /// A line for each protocol, of which cases were run, below one for all of them.
    pub(super) fn lines(&self, mode: &str) -> Vec<String> {
        let mut lines = vec![format!("{mode:<6} {:<8} {self}", "all")];
        for (protocol, Counts { run, failed }) in &self.protocols {
            lines.push(format!(
                "{mode:<6} {:<8} {run} cases run, {failed} failed",
                protocol.name()
            ));
        }
        let known: u32 = self.protocols.values().map(|counts| counts.run).sum();
        match self.run.unwrap_or_default().saturating_sub(known) {
            0 => {}
            rest => lines.push(format!(
                "{mode:<6} {rest} cases that had no answer, or whose names tell no protocol"
            )),
        }
        lines
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What the runner of version 1.0.7 prints with `--vv`, shortened.
    const PRINTED: &str = r#"Running 2 tests with reference client for server config #1 {HTTP_VERSION_1, PROTOCOL_CONNECT, TLS:false}...
Sending request for "Basic/HTTPVersion:1/Protocol:PROTOCOL_CONNECT/Codec:CODEC_JSON/unary/success"...
Received response for "Basic/HTTPVersion:1/Protocol:PROTOCOL_CONNECT/Codec:CODEC_JSON/unary/success"...
Sending request for "Connect with GET/HTTPVersion:1/Codec:CODEC_JSON/TLS:false/success"...
Received response for "Connect with GET/HTTPVersion:1/Codec:CODEC_JSON/TLS:false/success"...
Sending request for "Basic/HTTPVersion:2/Protocol:PROTOCOL_GRPC/Codec:CODEC_PROTO/(grpc client impl)/unary/success"...
Received response for "Basic/HTTPVersion:2/Protocol:PROTOCOL_GRPC/Codec:CODEC_PROTO/(grpc client impl)/unary/success"...
Sending request for "gRPC-Web Trailers/HTTPVersion:1/TLS:true/trailers-only"...
Received response for "gRPC-Web Trailers/HTTPVersion:1/TLS:true/trailers-only"...
Sending request for "gRPC Trailers/TLS:true/lost"...
FAILED: gRPC-Web Trailers/HTTPVersion:1/TLS:true/trailers-only:
	actual response headers missing "grpc-status"

Total cases: 4
3 passed, 1 failed
Another 1 could not be run due to client timing out or exiting prematurely.
"#;

    #[test]
    fn cases_are_counted_by_protocol() {
        let mut report = Report::default();
        let shown: Vec<&str> = PRINTED.lines().filter(|line| !report.read(line)).collect();
        assert_eq!(
            report.lines("server"),
            [
                "server all      4 cases run, 3 passed, 1 failed, 1 not run",
                "server connect  2 cases run, 0 failed",
                "server grpc     1 cases run, 0 failed",
                "server grpc-web 1 cases run, 1 failed",
            ]
        );
        assert!(report.outcome(None).is_err());
        // What a person wants to see while it runs.
        assert_eq!(shown.len(), 7);
    }

    #[test]
    fn all_that_are_known_have_to_be_run() {
        let mut report = Report::default();
        for line in ["Total cases: 2", "2 passed, 0 failed"] {
            report.read(line);
        }
        assert!(report.outcome(None).is_ok());
        assert!(report.outcome(Some(2)).is_ok());
        for known in [1, 3] {
            assert!(report.outcome(Some(known)).is_err());
        }
    }
}
