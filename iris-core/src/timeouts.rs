//! How long calls may take, whatever callers ask for.

use std::time::Duration;

/// An application's say in its callers' timeouts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Timeouts {
    /// For calls that come without one.
    pub(crate) default: Option<Duration>,
    pub(crate) least: Option<Duration>,
    pub(crate) most: Option<Duration>,
}

impl Timeouts {
    /// Whether a call can have a timeout by them.
    ///
    /// # Errors
    ///
    /// Names the settings, and says what they would do.
    pub(crate) fn check(self) -> Result<(), String> {
        let is_zero = |timeout: Option<Duration>| timeout.is_some_and(|timeout| timeout.is_zero());
        if let (Some(least), Some(most)) = (self.least, self.most)
            && least > most
        {
            return Err(format!(
                "min_timeout of {least:?} and max_timeout of {most:?} exclude each other: no timeout is within both"
            ));
        }
        match (is_zero(self.most), is_zero(self.default)) {
            (true, _) => Err("max_timeout: 0 would end every call before it began".to_owned()),
            (_, true) if is_zero(self.least) || self.least.is_none() => Err(
                "default_timeout: 0 would end every call without a timeout before it began; leave it out where \
                 they may take as long as they like"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// The timeout of a call whose caller asked for this one.
    pub(crate) fn of(self, asked: Option<Duration>) -> Option<Duration> {
        let Some(timeout) = asked.or(self.default) else {
            return self.most;
        };
        let timeout = self.least.map_or(timeout, |least| timeout.max(least));
        Some(self.most.map_or(timeout, |most| timeout.min(most)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_timeout_is_kept_within_bounds() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let timeouts = Timeouts {
            default: seconds(10),
            least: seconds(2),
            most: seconds(60),
        };
        for (asked, given) in [(None, 10), (Some(1), 2), (Some(5), 5), (Some(100), 60)] {
            assert_eq!(timeouts.of(asked.and_then(seconds)), seconds(given));
        }
        assert_eq!(Timeouts::default().of(None), None);
        assert_eq!(Timeouts::default().of(seconds(1)), seconds(1));
        let most = Timeouts {
            most: seconds(60),
            ..Timeouts::default()
        };
        assert_eq!(most.of(None), seconds(60), "no caller waits forever");
    }
}
