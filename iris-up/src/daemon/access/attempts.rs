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

impl Attempts {
    /// Whether one more attempt may be made from there. Those at the Unix socket are not counted.
    pub(super) fn admit(&self, from: Option<IpAddr>) -> Result<(), UpError> {
        let Some(from) = from.map(network) else {
            return Ok(());
        };
        let failed = self.failed_from().get(&from).copied();
        match failed.is_some_and(|failed| failed.now(Instant::now()) >= BURST) {
            true => Err(UpError::TooManyAttempts),
            false => Ok(()),
        }
    }

    /// One failed.
    pub(super) fn failed(&self, from: Option<IpAddr>) {
        let Some(from) = from.map(network) else {
            return;
        };
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
        *failed = Failed {
            times: failed.now(now).saturating_add(1).min(BURST),
            last: now,
        };
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
            attempts.admit(from).unwrap();
            attempts.failed(from);
        }
        assert!(matches!(
            attempts.admit(from),
            Err(UpError::TooManyAttempts)
        ));
        attempts.admit(Some("9.9.9.8".parse().unwrap())).unwrap();
        attempts.admit(None).unwrap();
        for failed in attempts.failed_from().values_mut() {
            failed.last -= PAUSE;
        }
        attempts.admit(from).unwrap();
        attempts.failed(from);
        attempts.admit(from).unwrap_err();
    }

    #[test]
    fn a_network_of_ipv6_is_one() {
        let attempts = Attempts::default();
        for host in 0..BURST {
            attempts.failed(Some(format!("2001:db8::{host:x}").parse().unwrap()));
        }
        attempts
            .admit(Some("2001:db8::ffff".parse().unwrap()))
            .unwrap_err();
        attempts
            .admit(Some("2001:db8:0:1::1".parse().unwrap()))
            .unwrap();
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..u32::try_from(MOST).unwrap() + 100 {
            attempts.failed(Some(IpAddr::from(number.to_be_bytes())));
        }
        assert_eq!(attempts.failed_from().len(), MOST);
    }
}
