//! How often and when a function is given what it failed at.

use crate::daemon::beginning;
use crate::daemon::setting::time;
use crate::daemon::store::events::EventRecord;
use crate::error::UpError;
use crate::messages::iris::up::v1::{
    self as messages, InvokeResponse, Settings, invoke_response::Outcome,
};
use std::time::Duration;

/// How often more, unless it is told otherwise, and at most.
const MOST: (u32, u32) = (2, 100);

/// The pause before the first of them, which grows by itself with each (AWS Lambda: one minute, then two).
const PAUSE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(24 * 3600));

/// Neither of these two is less.
const SHORTEST: Duration = Duration::from_millis(1);

/// After how long an event is not given to it any more.
const MAX_AGE: (Duration, Duration) = (
    Duration::from_secs(6 * 3600),
    Duration::from_secs(14 * 24 * 3600),
);

/// The pauses where no function could be given an event: from the first, doubled, to the second. They count for nothing
/// but its age.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// How often and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Retries {
    most: u32,
    pause: Duration,
    max_age: Duration,
}

/// What becomes of an event.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    /// The function has answered.
    Done,
    /// It is kept so.
    Kept(EventRecord),
}

impl Retries {
    /// As the settings say.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for people.
    pub(super) fn of(settings: &Settings) -> Result<Retries, String> {
        let told = settings.retries.unwrap_or_default();
        let most = told.most.unwrap_or(MOST.0);
        if most > MOST.1 {
            return Err(format!("retries.most is at most {}", MOST.1));
        }
        Ok(Retries {
            most,
            pause: time("retries.pause", told.pause, PAUSE, SHORTEST)?,
            max_age: time("retries.max_age", told.max_age, MAX_AGE, SHORTEST)?,
        })
    }

    /// What becomes of an event, of which this came.
    pub(super) fn next(
        &self,
        mut record: EventRecord,
        outcome: Result<InvokeResponse, UpError>,
        now: i64,
    ) -> Next {
        if record.attempts == 0 && record.refusals == 0 {
            // One that was to wait first is not older for that.
            record.created = record.created.max(record.due);
        }
        let pause = match outcome.map(|response| response.outcome) {
            Ok(Some(Outcome::Answer(_)) | None) => return Next::Done,
            Ok(Some(Outcome::Error(error))) => {
                record.attempts = record.attempts.saturating_add(1);
                record.error = (beginning::of(error.r#type), beginning::of(error.message));
                record.dead = record.attempts > self.most;
                self.pause.saturating_mul(record.attempts)
            }
            Err(error) => {
                let doubled = 2_u32.saturating_pow(record.refusals.min(16));
                record.refusals = record.refusals.saturating_add(1);
                record.error = ("NotInvoked".to_owned(), beginning::of(why(&error)));
                BACKOFF.0.saturating_mul(doubled).min(BACKOFF.1)
            }
        };
        let age = Duration::from_millis(now.saturating_sub(record.created).max(0).unsigned_abs());
        record.dead |= age.saturating_add(pause) > self.max_age;
        if !record.dead {
            let pause = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
            record.due = now.saturating_add(pause);
        }
        Next::Kept(record)
    }
}

/// Why no function could be given it.
fn why(error: &UpError) -> String {
    match error {
        UpError::NotInvoked(why) => why.clone(),
        UpError::Killed(name) => format!("the app {name} was killed"),
        UpError::NoLambda(name) => format!("the app {name} is no lambda any more"),
        error => format!("{error:?}"),
    }
}

/// Whether these are settings that events can be retried by.
///
/// # Errors
///
/// What is wrong with them, for people.
pub(super) fn check(settings: &messages::Settings) -> Result<(), String> {
    Retries::of(settings).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::iris::up::v1::{FunctionError, Retries as Told};
    use crate::name::AppName;

    fn record() -> EventRecord {
        EventRecord {
            id: "1".to_owned(),
            name: AppName::new("hello").unwrap(),
            created: 0,
            due: 0,
            attempts: 0,
            refusals: 0,
            error: Default::default(),
            dead: false,
            size: 0,
        }
    }

    fn failed() -> Result<InvokeResponse, UpError> {
        Ok(InvokeResponse {
            outcome: Some(Outcome::Error(FunctionError {
                r#type: "NoLuck".to_owned(),
                message: "no luck".to_owned(),
            })),
            ..InvokeResponse::default()
        })
    }

    fn kept(next: Next) -> EventRecord {
        match next {
            Next::Kept(record) => record,
            Next::Done => panic!("it is done"),
        }
    }

    #[test]
    fn as_aws_does_unless_told_otherwise() {
        let retries = Retries::of(&Settings::default()).unwrap();
        let first = kept(retries.next(record(), failed(), 1_000));
        assert_eq!((first.attempts, first.due, first.dead), (1, 61_000, false));
        let second = kept(retries.next(first, failed(), 61_000));
        assert_eq!((second.attempts, second.due), (2, 181_000));
        let third = kept(retries.next(second, failed(), 181_000));
        assert!(third.dead);
        assert_eq!(third.error, ("NoLuck".to_owned(), "no luck".to_owned()));
        assert_eq!(
            retries.next(record(), Ok(InvokeResponse::default()), 0),
            Next::Done
        );
    }

    #[test]
    fn what_no_function_was_given_is_not_counted_and_grows_old() {
        let retries = Retries::of(&Settings::default()).unwrap();
        let refused = || Err(UpError::NotInvoked("full".to_owned()));
        let (mut record, mut now) = (record(), 0);
        let mut pauses = Vec::new();
        while !record.dead {
            record = kept(retries.next(record, refused(), now));
            pauses.push(record.due - now);
            now = record.due;
        }
        assert_eq!(pauses[..4], [1_000, 2_000, 4_000, 8_000]);
        assert_eq!(pauses[12], 300_000);
        assert_eq!(record.attempts, 0);
        assert!((21_300_000..21_600_000).contains(&now), "{now}");
    }

    #[test]
    fn what_was_to_wait_first_is_not_old_then() {
        let retries = Retries::of(&Settings::default()).unwrap();
        let week = 7 * 24 * 3_600_000;
        let late = EventRecord {
            due: week,
            ..record()
        };
        let first = kept(retries.next(late, failed(), week + 1_000));
        assert_eq!((first.due, first.dead), (week + 61_000, false));
        let second = kept(retries.next(first, failed(), week + 61_000));
        assert!(!second.dead);
        let old = kept(retries.next(second, failed(), week + 7 * 3_600_000));
        assert!(old.dead);
    }

    #[test]
    fn of_an_error_the_beginning_is_kept() {
        let retries = Retries::of(&Settings::default()).unwrap();
        let mut outcome = failed().unwrap();
        if let Some(Outcome::Error(error)) = &mut outcome.outcome {
            error.message = format!("a{}", "é".repeat(1_000_000));
        }
        let kept = kept(retries.next(record(), Ok(outcome), 0));
        assert_eq!(
            kept.error.1.len(),
            beginning::LONGEST - 1,
            "a whole character less"
        );
    }

    #[test]
    fn none_at_all() {
        let none = Settings {
            retries: Some(Told {
                most: Some(0),
                ..Told::default()
            }),
            ..Settings::default()
        };
        let retries = Retries::of(&none).unwrap();
        assert!(kept(retries.next(record(), failed(), 0)).dead);
        let many = Settings {
            retries: Some(Told {
                most: Some(101),
                ..Told::default()
            }),
            ..Settings::default()
        };
        assert!(Retries::of(&many).is_err());
    }
}
