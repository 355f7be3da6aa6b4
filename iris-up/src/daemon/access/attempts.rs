//! How often somebody may be wrong.

use crate::error::UpError;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many attempts in a row may fail.
const BURST: u32 = 10;

/// After how long one more may.
const PAUSE: Duration = Duration::from_secs(6);

/// How many addresses are remembered. With more, those that failed the longest ago are forgotten.
const MOST: usize = 10_000;

/// The attempts that failed, by where they came from.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<HashMap<IpAddr, Failed>>);

#[derive(Debug, Clone, Copy)]
struct Failed {
    times: u32,
    last: Instant,
}

impl Failed {
    /// How many count now: each is forgiven after a while.
    fn now(&self, now: Instant) -> u32 {
        let forgiven = now.saturating_duration_since(self.last).as_secs() / PAUSE.as_secs();
        self.times
            .saturating_sub(u32::try_from(forgiven).unwrap_or(u32::MAX))
    }
}

/// An attempt that is under way. It counts as one that failed, unless it is known that it did not: whoever goes away before
/// counts too.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    attempts: &'a Attempts,
    from: Option<IpAddr>,
}

impl Attempt<'_> {
    /// It was right.
    pub(super) fn succeeded(self) {
        let Some(from) = self.from else { return };
        let mut all = self.attempts.failed_from();
        if let Some(failed) = all.get_mut(&from) {
            failed.times = failed.times.saturating_sub(1);
        }
    }
}

impl Attempts {
    /// Begins one more attempt from there. Those at the Unix socket are not counted.
    ///
    /// # Errors
    ///
    /// Where too many have failed.
    pub(super) fn begin(&self, from: Option<IpAddr>) -> Result<Attempt<'_>, UpError> {
        let from = from.map(network);
        if let Some(from) = from {
            self.charge(from)?;
        }
        Ok(Attempt {
            attempts: self,
            from,
        })
    }

    fn charge(&self, from: IpAddr) -> Result<(), UpError> {
        let now = Instant::now();
        let mut all = self.failed_from();
        if all.len() >= MOST && !all.contains_key(&from) {
            all.retain(|_, failed| failed.now(now) > 0);
            if all.len() >= MOST {
                let oldest = all.iter().min_by_key(|(_, failed)| failed.last);
                if let Some(oldest) = oldest.map(|(address, _)| *address) {
                    all.remove(&oldest);
                }
            }
        }
        let failed = all.entry(from).or_insert(Failed {
            times: 0,
            last: now,
        });
        let times = failed.now(now);
        if times >= BURST {
            return Err(UpError::TooManyAttempts);
        }
        *failed = Failed {
            times: times + 1,
            last: now,
        };
        Ok(())
    }

    /// No value is ever half changed.
    fn failed_from(&self) -> MutexGuard<'_, HashMap<IpAddr, Failed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An address, or the network of one in IPv6: whoever has one has 2^64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_ten_the_next_waits() {
        let attempts = Attempts::default();
        let from = Some("9.9.9.9".parse().unwrap());
        for _ in 0..BURST {
            // Whoever goes away has tried, too.
            attempts.begin(from).unwrap();
        }
        let refused = attempts.begin(from).unwrap_err();
        assert!(matches!(refused, UpError::TooManyAttempts));
        attempts.begin(Some("9.9.9.8".parse().unwrap())).unwrap();
        attempts.begin(None).unwrap();
        for failed in attempts.failed_from().values_mut() {
            failed.last -= PAUSE;
        }
        attempts.begin(from).unwrap();
        attempts.begin(from).unwrap_err();
    }

    #[test]
    fn those_that_are_right_do_not_count() {
        let attempts = Attempts::default();
        let from = Some("9.9.9.9".parse().unwrap());
        for _ in 0..100 {
            attempts.begin(from).unwrap().succeeded();
        }
        // At once there are no more than may fail.
        let at_once: Vec<_> = (0..100).map_while(|_| attempts.begin(from).ok()).collect();
        assert_eq!(at_once.len(), BURST as usize);
    }

    #[test]
    fn a_network_of_ipv6_is_one() {
        let attempts = Attempts::default();
        for host in 0..BURST {
            let address = format!("2001:db8::{host:x}").parse().unwrap();
            attempts.begin(Some(address)).unwrap();
        }
        let same = "2001:db8::ffff".parse().unwrap();
        attempts.begin(Some(same)).unwrap_err();
        let other = "2001:db8:0:1::1".parse().unwrap();
        attempts.begin(Some(other)).unwrap();
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..u32::try_from(MOST).unwrap() + 100 {
            let address = IpAddr::from(number.to_be_bytes());
            attempts.begin(Some(address)).unwrap();
        }
        assert_eq!(attempts.failed_from().len(), MOST);
    }
}
