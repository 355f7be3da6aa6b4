//! How long calls took, to within a hundredth.

use crate::Failure;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Slots for each doubling: neighbours differ by less than a hundredth.
const FINE: u64 = 128;
/// Doublings from 128 ns on; what takes longer than a minute goes to the last slot.
const DOUBLINGS: u64 = 30;

/// How many calls took how long.
#[derive(Debug, Clone)]
pub struct Histogram {
    slots: Vec<u64>,
    calls: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram {
            slots: vec![0; usize::try_from(FINE * (DOUBLINGS + 1)).unwrap_or_default()],
            calls: 0,
        }
    }
}

impl Histogram {
    /// One more call.
    pub fn add(&mut self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let last = self.slots.len() - 1;
        let slot = usize::try_from(slot(nanos)).unwrap_or(last).min(last);
        self.slots[slot] += 1;
        self.calls += 1;
    }

    /// The calls of both.
    pub fn merge(&mut self, other: &Histogram) {
        for (slot, more) in self.slots.iter_mut().zip(&other.slots) {
            *slot += more;
        }
        self.calls += other.calls;
    }

    /// How many calls there were.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// What this share of the calls did not exceed, in microseconds; 0 without calls.
    #[must_use]
    pub fn micros(&self, share: f64) -> f64 {
        let rank = (self.calls as f64 * share).ceil() as u64;
        let mut passed = 0;
        for (slot, calls) in self.slots.iter().enumerate() {
            passed += calls;
            if passed >= rank && passed > 0 {
                return nanos(slot as u64) as f64 / 1000.0;
            }
        }
        0.0
    }
}

/// Slots that are not empty, as `SLOT=CALLS`, for another process.
impl fmt::Display for Histogram {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slots = self.slots.iter().enumerate();
        for (slot, calls) in slots.filter(|(_, calls)| **calls > 0) {
            write!(formatter, "{slot}={calls} ")?;
        }
        Ok(())
    }
}

impl FromStr for Histogram {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let mut histogram = Histogram::default();
        for word in text.split_whitespace() {
            let (slot, calls) = word.split_once('=').ok_or("a slot has no calls")?;
            let calls: u64 = calls.parse()?;
            let slot = histogram.slots.get_mut(slot.parse::<usize>()?);
            *slot.ok_or("there are not so many slots")? += calls;
            histogram.calls += calls;
        }
        Ok(histogram)
    }
}

fn slot(nanos: u64) -> u64 {
    if nanos < FINE {
        return nanos;
    }
    let doubling = u64::from((nanos / FINE).ilog2());
    FINE * (doubling + 1) + ((nanos >> doubling) - FINE)
}

/// The upper end of a slot.
fn nanos(slot: u64) -> u64 {
    if slot < FINE {
        return slot;
    }
    let doubling = slot / FINE - 1;
    ((slot % FINE + FINE + 1) << doubling) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_holds_what_lies_within_a_hundredth() {
        for value in [
            0,
            1,
            127,
            128,
            129,
            255,
            256,
            1_000,
            65_535,
            1_000_000,
            59_999_999_999,
        ] {
            let shown = nanos(slot(value));
            assert!(shown >= value, "{value} is shown as {shown}");
            assert!(
                (shown - value) * 100 <= value,
                "{value} is shown as {shown}"
            );
        }
    }

    #[test]
    fn shares_are_counted_from_the_quickest_call() {
        let mut histogram = Histogram::default();
        for micros in 1..=1000 {
            histogram.add(Duration::from_micros(micros));
        }
        assert!((histogram.micros(0.5) - 500.0).abs() < 5.0);
        assert!((histogram.micros(0.99) - 990.0).abs() < 10.0);
    }

    #[test]
    fn another_process_reads_what_one_wrote() {
        let mut histogram = Histogram::default();
        for micros in [3, 3, 70_000] {
            histogram.add(Duration::from_micros(micros));
        }
        let read: Histogram = histogram.to_string().parse().unwrap_or_default();
        assert_eq!(read.calls(), 3);
        assert_eq!(read.to_string(), histogram.to_string());
    }

    #[test]
    fn no_calls_take_no_time() {
        assert!(Histogram::default().micros(0.5).abs() < f64::EPSILON);
    }
}
