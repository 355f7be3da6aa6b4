//! A version that is tried beside the one that an app runs.

use crate::daemon::instance::{Instance, Status};
use crate::daemon::store::Record;
use crate::messages::iris::up::v1 as messages;
use std::sync::Arc;

/// A version that gets a share of what comes.
pub(super) struct Trial {
    pub(super) record: Record,
    pub(super) instance: Option<Arc<dyn Instance>>,
    percent: u32,
    /// How much has come since the share was set.
    count: u64,
}

impl Trial {
    pub(super) fn new(record: Record, instance: Option<Arc<dyn Instance>>, percent: u32) -> Trial {
        Trial {
            record,
            instance,
            percent,
            count: 0,
        }
    }

    pub(super) fn set_share(&mut self, percent: u32) {
        (self.percent, self.count) = (percent, 0);
    }

    /// Whether the next that comes is its own: evenly, so that of 100 it has just as many.
    pub(super) fn is_next(&mut self) -> bool {
        let share = u64::from(self.percent);
        let before = self.count * share / 100;
        self.count = (self.count + 1) % 100;
        match self.count {
            0 => share > before,
            count => count * share / 100 > before,
        }
    }

    /// As others see it.
    pub(super) fn describe(&self) -> messages::Trial {
        let status = self.instance.as_ref();
        let status = status.map_or_else(Status::dead, |instance| instance.status());
        messages::Trial {
            version: self.record.version,
            percent: self.percent,
            state: status.state.into(),
            reason: status.reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::store::Release;
    use crate::hash::Hash;
    use crate::messages::iris::up::v1::{Kind, Settings};
    use crate::name::AppName;

    #[test]
    fn a_share_is_even() {
        for percent in [0, 1, 10, 33, 50, 99] {
            let record = Record {
                name: AppName::new("hello").unwrap(),
                version: 1,
                release: Release {
                    kind: Kind::Daemon,
                    artifact: Hash::parse(&"0".repeat(64)).unwrap(),
                    settings: Settings::default(),
                    environment: Default::default(),
                },
                wanted: true,
                number: 1,
            };
            let mut trial = Trial::new(record, None, percent);
            for _ in 0..3 {
                let own = (0..100).filter(|_| trial.is_next()).count();
                assert_eq!(own, percent as usize);
            }
            if percent == 10 {
                let turns: Vec<usize> = (0..100).filter(|_| trial.is_next()).collect();
                assert_eq!(turns, [9, 19, 29, 39, 49, 59, 69, 79, 89, 99]);
            }
        }
    }
}
