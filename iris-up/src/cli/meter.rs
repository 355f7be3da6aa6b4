//! How far something is, as a line that a terminal shows while it goes on: a bar, bytes, percent and rate.
//!
//! Where the standard error is no terminal nothing of it is written.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Between two looks of it.
const PAUSE: Duration = Duration::from_millis(100);

/// How many columns the bar has, and how many the line with it; where the terminal has fewer there is no bar.
const BAR: usize = 24;
const LINE: u16 = 80;

/// To the start of the line, which is empty then.
const CLEAR: &str = "\r\x1b[K";

/// Something that has so many bytes.
#[derive(Debug)]
pub(super) struct Meter {
    what: &'static str,
    done: u64,
    all: u64,
    /// How many had been done before.
    before: u64,
    begun: Instant,
    shown: Option<Instant>,
    /// How many columns there are; nothing is shown where there is no terminal.
    columns: Option<u16>,
}

impl Meter {
    /// `done` bytes of them are done already.
    pub(super) fn new(what: &'static str, done: u64, all: u64, quiet: bool) -> Meter {
        Meter {
            what,
            done,
            all,
            before: done,
            begun: Instant::now(),
            shown: None,
            columns: (!quiet).then(columns).flatten(),
        }
    }

    /// So many more are done.
    pub(super) fn add(&mut self, bytes: u64) {
        self.done += bytes;
        let Some(columns) = self.columns else { return };
        if self.shown.is_some_and(|shown| shown.elapsed() < PAUSE) {
            return;
        }
        self.shown = Some(Instant::now());
        let line = self.line(columns, self.begun.elapsed());
        // Whether anybody sees it does not matter.
        let _ = write!(stderr(), "{CLEAR}{line}");
    }

    fn line(&self, columns: u16, time: Duration) -> String {
        let Meter {
            what, done, all, ..
        } = *self;
        let share = done as f64 / all.max(1) as f64;
        let rate = (done - self.before) as f64 / time.as_secs_f64().max(0.001);
        let told = format!(
            "{} of {}, {:.0} %, {}/s",
            said(done),
            said(all),
            100.0 * share.min(1.0),
            said(rate as u64)
        );
        match columns < LINE {
            true => format!("{what} {told}"),
            false => {
                let full = ((BAR as f64 * share) as usize).min(BAR);
                format!("{what} [{:<BAR$}] {told}", "=".repeat(full))
            }
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(stderr(), "{CLEAR}");
        }
    }
}

/// Those of the terminal, where there is one that can go back on a line.
fn columns() -> Option<u16> {
    let is_plain = std::env::var_os("TERM").is_none_or(|kind| kind == "dumb");
    if is_plain || !stderr().is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(stderr());
    Some(size.map_or(0, |size| size.ws_col))
}

/// An amount as people say it: `12.3 MiB`.
pub(super) fn said(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    match units.iter().find(|(unit, _)| bytes >> unit > 0) {
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / f64::from(1_u32 << unit)),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_as_people_say_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_500_000, "1.4 MiB"),
            (5 << 30, "5.0 GiB"),
        ] {
            assert_eq!(said(bytes), text);
        }
    }

    #[test]
    fn a_line_has_what_is_done_and_how_fast() {
        let meter = Meter {
            before: 1 << 20,
            ..Meter::new("uploading", 2 << 20, 4 << 20, true)
        };
        let second = Duration::from_secs(1);
        assert_eq!(
            meter.line(80, second),
            "uploading [============            ] 2.0 MiB of 4.0 MiB, 50 %, 1.0 MiB/s"
        );
        assert_eq!(
            meter.line(79, second),
            "uploading 2.0 MiB of 4.0 MiB, 50 %, 1.0 MiB/s"
        );
        let nothing = Meter::new("uploading", 0, 0, true);
        assert!(
            nothing
                .line(80, Duration::ZERO)
                .ends_with("0 B of 0 B, 0 %, 0 B/s")
        );
    }
}
