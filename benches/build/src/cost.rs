//! Time that child processes take.

use crate::failure::Outcome;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};
use std::time::{Duration, Instant};

/// What something took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Time of all processors, user and system: hardly disturbed by what else the machine does.
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
}

/// Measures child processes that `work` starts and waits for, and their own children.
pub(crate) fn of_children<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(Cost, T)> {
    let (cpu, begun) = (children()?, Instant::now());
    let result = work()?;
    let cost = Cost {
        cpu: children()?.saturating_sub(cpu),
        wall: begun.elapsed(),
    };
    Ok((cost, result))
}

/// What all finished children have taken until now.
pub(crate) fn children() -> Outcome<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_micros(u64::try_from(time.num_microseconds()).unwrap_or_default())
}

/// Several measurements of one thing, in seconds.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn add(&mut self, seconds: f64) {
        self.0.push(seconds);
    }

    /// The middle of them: 0 where there are none.
    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => 0.0,
            even if even % 2 == 0 => f64::midpoint(sorted[middle - 1], sorted[middle]),
            _ => sorted[middle],
        }
    }

    /// The least of them: 0 where there are none.
    pub(crate) fn least(&self) -> f64 {
        self.sorted().first().copied().unwrap_or(0.0)
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

/// The least and the median, in seconds.
impl std::fmt::Display for Samples {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{} / {}",
            seconds(self.least()),
            seconds(self.median())
        )
    }
}

/// Seconds with as many digits as can be told apart.
pub(crate) fn seconds(seconds: f64) -> String {
    match seconds {
        10.0.. => format!("{seconds:.1} s"),
        _ => format!("{seconds:.2} s"),
    }
}
