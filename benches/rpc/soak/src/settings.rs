//! Which server, and for how long.

use crate::Outcome;
use std::path::PathBuf;
use std::time::Duration;

const USAGE: &str = "usage: rpc-soak --server PROGRAM [--minutes N] [--pause MILLISECONDS]";

/// Enough of them that a line through half of them means something.
const SAMPLES: u32 = 60;

/// What to soak.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The server's program.
    pub(crate) server: PathBuf,
    pub(crate) length: Duration,
    /// Between a caller's rounds of calls. Without one the callers keep two cores busy.
    pub(crate) pause: Duration,
    /// Between two looks at the server.
    pub(crate) interval: Duration,
}

impl Settings {
    pub(crate) fn read(arguments: &[String]) -> Outcome<Settings> {
        let (mut server, mut minutes, mut pause) = (None, 60.0, Duration::ZERO);
        let mut rest = arguments.iter();
        while let Some(flag) = rest.next() {
            let value = rest.next().ok_or(USAGE)?;
            match flag.as_str() {
                "--server" => server = Some(PathBuf::from(value)),
                "--minutes" => minutes = value.parse::<f64>()?,
                "--pause" => pause = Duration::from_millis(value.parse()?),
                _ => return Err(USAGE.into()),
            }
        }
        let length = Duration::try_from_secs_f64(minutes * 60.0)?;
        Ok(Settings {
            server: server.ok_or(USAGE)?,
            length,
            pause,
            interval: length / SAMPLES,
        })
    }
}
