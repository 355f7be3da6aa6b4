//! Whether what a server holds grows.

use crate::Outcome;
use crate::server::Held;
use std::fmt;

const MIB: f64 = 1024.0 * 1024.0;

/// Less than this is no growth over half a soak: what the allocator keeps once callers happened to ask for much at a
/// time, and how many of them there are.
const MEMORY: f64 = 8.0 * MIB;
const FILES: f64 = 16.0;

/// Nor is this share of what is there.
const SHARE: f64 = 0.05;

/// What a server held at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) seconds: f64,
    pub(crate) held: Held,
}

impl fmt::Display for Sample {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.seconds / 60.0;
        let Held { memory, files } = self.held;
        write!(
            formatter,
            "{minutes:7.1} {:7.1} MiB {files:7}",
            memory / MIB
        )
    }
}

/// Says what became of memory and files in the second half. The first is warming up: tables grow, the
/// allocator gets its arenas.
///
/// # Errors
///
/// Where either grows, or there are too few samples to say.
pub(crate) fn verdict(samples: &[Sample]) -> Outcome<String> {
    let half = &samples[samples.len() / 2..];
    if half.len() < 2 {
        return Err("there are too few samples to see a trend".into());
    }
    let seconds = |sample: &Sample| sample.seconds;
    let memory = Line::through(half, seconds, |sample| sample.held.memory);
    let files = Line::through(half, seconds, |sample| sample.held.files);
    let text = format!(
        "in the second half: memory {:.1} MiB, {:+.2} MiB over all of it; files {:.0}, {:+.1}",
        memory.mean / MIB,
        memory.growth / MIB,
        files.mean,
        files.growth
    );
    match memory.grows(MEMORY) || files.grows(FILES) {
        true => Err(format!("something grows: {text}").into()),
        false => Ok(text),
    }
}

/// A line through points, by least squares.
struct Line {
    mean: f64,
    /// From its first point to its last.
    growth: f64,
}

impl Line {
    fn through(samples: &[Sample], x: impl Fn(&Sample) -> f64, y: impl Fn(&Sample) -> f64) -> Line {
        let count = samples.len() as f64;
        let mean = |of: &dyn Fn(&Sample) -> f64| samples.iter().map(of).sum::<f64>() / count;
        let (middle, height) = (mean(&x), mean(&y));
        let products = mean(&|sample| (x(sample) - middle) * (y(sample) - height));
        let squares = mean(&|sample| (x(sample) - middle).powi(2));
        let length = match samples {
            [first, .., last] => x(last) - x(first),
            _ => 0.0,
        };
        Line {
            mean: height,
            growth: products / squares * length,
        }
    }

    fn grows(&self, least: f64) -> bool {
        self.growth > least.max(self.mean * SHARE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour, with what is held at each minute.
    fn hour(memory: impl Fn(f64) -> f64, files: impl Fn(f64) -> f64) -> Vec<Sample> {
        let minutes = (0..60).map(f64::from);
        let sample = |minute: f64| Sample {
            seconds: minute * 60.0,
            held: Held {
                memory: memory(minute) * MIB,
                files: files(minute),
            },
        };
        minutes.map(sample).collect()
    }

    #[test]
    fn what_goes_up_and_down_does_not_grow() {
        let wave = |minute: f64| 40.0 + 10.0 * (minute * 1.7).sin();
        assert!(verdict(&hour(wave, wave)).is_ok());
    }

    #[test]
    fn warming_up_is_no_growth() {
        let warm = |minute: f64| 60.0 * (1.0 - (-minute / 3.0).exp());
        assert!(verdict(&hour(warm, |_| 50.0)).is_ok());
    }

    #[test]
    fn a_leak_of_memory_or_files_is_seen() {
        let leak = |minute: f64| 40.0 + minute / 2.0;
        assert!(verdict(&hour(leak, |_| 50.0)).is_err());
        let leak = |minute: f64| 50.0 + minute;
        assert!(verdict(&hour(|_| 40.0, leak)).is_err());
    }

    #[test]
    fn one_sample_says_nothing() {
        assert!(verdict(&hour(|_| 1.0, |_| 1.0)[..1]).is_err());
    }
}
