//! What a function may take.

use crate::daemon::setting::{number, time};
use crate::messages::iris::up::v1::Settings;
use std::time::Duration;

/// How long a process stays once it has nothing to do, unless it is told otherwise, and at most.
const KEEP_ALIVE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(24 * 3600));

/// How long a function may take for an event, unless it is told otherwise, and at most (AWS Lambda's quota).
const TIMEOUT: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(900));

/// How many processes one function has, unless it is told otherwise, and at most.
const PROCESSES: (u32, u32) = (10, 1_000);

/// How many events one process is given at a time, unless it is told otherwise, and at most.
const CONCURRENCY: (u32, u32) = (1, 1_000);

/// What a function may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limits {
    pub(super) keep_alive: Duration,
    pub(super) timeout: Duration,
    pub(super) processes: usize,
    pub(super) concurrency: usize,
}

impl Limits {
    /// As the settings say.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for people.
    pub(super) fn of(settings: &Settings) -> Result<Limits, String> {
        Ok(Limits {
            keep_alive: time(
                "keep_alive",
                settings.keep_alive,
                KEEP_ALIVE,
                Duration::ZERO,
            )?,
            timeout: time(
                "timeout",
                settings.timeout,
                TIMEOUT,
                Duration::from_millis(1),
            )?,
            processes: number("max_processes", settings.max_processes, PROCESSES)? as usize,
            concurrency: number("concurrency", settings.concurrency, CONCURRENCY)? as usize,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_types::Duration as Told;

    #[test]
    fn what_is_not_told_is_as_usual_and_what_makes_no_sense_is_refused() {
        let usual = Limits::of(&Settings::default()).unwrap();
        assert_eq!((usual.processes, usual.concurrency), (10, 1));
        assert_eq!(usual.keep_alive, KEEP_ALIVE.0);
        let told = |seconds, nanos| Some(Told { seconds, nanos });
        for settings in [
            Settings {
                keep_alive: told(-1, 0),
                ..Settings::default()
            },
            Settings {
                keep_alive: told(24 * 3600 + 1, 0),
                ..Settings::default()
            },
            Settings {
                timeout: told(0, 0),
                ..Settings::default()
            },
            Settings {
                timeout: told(901, 0),
                ..Settings::default()
            },
            Settings {
                max_processes: 1_001,
                ..Settings::default()
            },
            Settings {
                concurrency: u32::MAX,
                ..Settings::default()
            },
        ] {
            assert!(Limits::of(&settings).is_err(), "{settings:?}");
        }
        let at_once = Settings {
            keep_alive: told(0, 0),
            ..Settings::default()
        };
        assert_eq!(Limits::of(&at_once).unwrap().keep_alive, Duration::ZERO);
    }
}
