//! Events that come by themselves, at times that cron expressions say.

use super::Events;
use super::retries;
use crate::daemon::apps::Apps;
use crate::daemon::event::{Event, uuid};
use crate::error::UpError;
use crate::messages::iris::up::v1::{Schedule, Settings};
use crate::name::AppName;
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use iris_core::IntoIrisError;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How many schedules an app has at most.
const MOST: usize = 100;

/// The most bytes of their events, all of them together: 256 KiB, as one of EventBridge has.
const LARGEST: usize = 256 * 1024;

/// The clock may be set: nobody waits for more at once.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// When something is due.
#[derive(Debug, Clone)]
struct Times {
    cron: Cron,
    zone: TimeZone,
}

/// A schedule of an app.
type Key = (AppName, Vec<u8>);

/// Whether these are settings that events can come by.
///
/// # Errors
///
/// What is wrong with them, for people.
pub(crate) fn check(settings: &Settings) -> Result<(), String> {
    if settings.schedules.len() > MOST {
        return Err(format!("an app has at most {MOST} schedules"));
    }
    let bytes: usize = settings
        .schedules
        .iter()
        .map(|schedule| schedule.event.len())
        .sum();
    if bytes > LARGEST {
        return Err(format!(
            "the events of an app's schedules have {bytes} bytes together, and 256 KiB at most"
        ));
    }
    for schedule in &settings.schedules {
        Times::of(schedule)?;
        let event = &schedule.event;
        if !event.is_empty() && serde_json::from_slice::<serde_json::Value>(event).is_err() {
            return Err(format!(
                "the event of the schedule {:?} is no JSON",
                schedule.cron
            ));
        }
    }
    retries::check(settings)
}

impl Times {
    fn of(schedule: &Schedule) -> Result<Times, String> {
        let parser = CronParser::builder().seconds(Seconds::Optional).build();
        let cron = parser.parse(&schedule.cron);
        let cron =
            cron.map_err(|error| format!("{:?} is no cron expression: {error}", schedule.cron))?;
        let zone = match schedule.time_zone.as_str() {
            "" => TimeZone::UTC,
            name => TimeZone::get(name).map_err(|error| error.to_string())?,
        };
        Ok(Times { cron, zone })
    }

    /// The next time after this one; `None` where there is none any more.
    fn after(&self, time: Timestamp) -> Option<Timestamp> {
        let zoned: Zoned = time.to_zoned(self.zone.clone());
        let next = self.cron.find_next_occurrence(&zoned, false).ok()?;
        Some(next.timestamp())
    }
}

/// Keeps events when it is time for them, for all apps that are to run. Times at which the daemon did not run are left out.
pub(super) async fn run(events: Arc<Events>, apps: Arc<Apps>) {
    let mut changed = apps.changed();
    // What was last due of each, so that none is due twice.
    let mut last: HashMap<Key, Timestamp> = HashMap::new();
    loop {
        changed.borrow_and_update();
        let now = Timestamp::now();
        let mut next = None::<Timestamp>;
        let mut known = HashMap::new();
        for (name, settings) in apps.wanted() {
            for schedule in &settings.schedules {
                let Ok(times) = Times::of(schedule) else {
                    continue;
                };
                let key = (name.clone(), print(schedule));
                let since = last.get(&key).copied().unwrap_or(now);
                let Some(mut due) = times.after(since) else {
                    continue;
                };
                known.insert(key.clone(), since);
                if due <= now {
                    enqueue(&events, &name, schedule, due).await;
                    // What else was due meanwhile is left out: the clock was set, or the machine slept.
                    known.insert(key, now.max(due));
                    let Some(later) = times.after(now) else {
                        continue;
                    };
                    due = later;
                }
                next = Some(next.map_or(due, |next| next.min(due)));
            }
        }
        last = known;
        let wait = next.map(|next| next.duration_since(Timestamp::now()));
        let wait = wait.and_then(|wait| Duration::try_from(wait).ok());
        let wait = match (next, wait) {
            (Some(_), None) => Duration::ZERO,
            (_, wait) => wait.unwrap_or(LONGEST_WAIT),
        };
        tokio::select! {
            () = tokio::time::sleep(wait.min(LONGEST_WAIT)) => {}
            // The sender is the apps' own.
            _ = changed.changed() => {}
        }
    }
}

async fn enqueue(events: &Arc<Events>, name: &AppName, schedule: &Schedule, due: Timestamp) {
    let event = event(name, schedule, due);
    let kept = events.enqueue(name, event, Duration::ZERO).await;
    match kept {
        Ok(()) | Err(UpError::UnknownApp(_)) => {}
        Err(error) => {
            let error = error.into_iris_error();
            tracing::error!(app = %name, schedule = schedule.cron, %error, "a scheduled event is lost");
        }
    }
}

/// The event of a schedule at a time. It has the same id however often it is made.
fn event(name: &AppName, schedule: &Schedule, due: Timestamp) -> Event {
    let mut digest = Sha256::new();
    digest.update(name.as_str());
    digest.update([0]);
    digest.update(print(schedule));
    digest.update(due.as_second().to_be_bytes());
    let digest: [u8; 32] = digest.finalize().into();
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    let id = uuid(first, 8);
    let payload = match schedule.event.is_empty() {
        true => scheduled(&id, name, due).into(),
        false => schedule.event.clone(),
    };
    Event::of(id, payload)
}

/// As EventBridge tells of a time ("Scheduled Event" of its reference of events).
fn scheduled(id: &str, name: &AppName, due: Timestamp) -> String {
    let told = serde_json::json!({
        "version": "0",
        "id": id,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": due.to_string(),
        "region": "us-east-1",
        "resources": [format!("arn:aws:events:us-east-1:000000000000:rule/{name}")],
        "detail": {},
    });
    told.to_string()
}

/// What a schedule is known by while the daemon runs.
fn print(schedule: &Schedule) -> Vec<u8> {
    let mut digest = Sha256::new();
    for part in [
        schedule.cron.as_bytes(),
        schedule.time_zone.as_bytes(),
        &schedule.event,
    ] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    digest.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(cron: &str, zone: &str) -> Result<Times, String> {
        Times::of(&Schedule {
            cron: cron.to_owned(),
            time_zone: zone.to_owned(),
            event: Default::default(),
        })
    }

    fn next(cron: &str, zone: &str, after: &str) -> String {
        let times = times(cron, zone).unwrap();
        times.after(after.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn times_are_as_cron_has_them() {
        let noon = "2026-03-28T12:00:00Z";
        assert_eq!(next("*/5 * * * *", "", noon), "2026-03-28T12:05:00Z");
        assert_eq!(next("*/2 * * * * *", "", noon), "2026-03-28T12:00:02Z");
        assert_eq!(next("0 9 * * MON", "", noon), "2026-03-30T09:00:00Z");
        assert_eq!(next("@daily", "", noon), "2026-03-29T00:00:00Z");
        // The night in which the clocks go forward.
        assert_eq!(
            next("0 9 * * *", "Europe/Berlin", noon),
            "2026-03-29T07:00:00Z"
        );
        assert_eq!(
            next("0 9 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z"),
            "2026-03-28T08:00:00Z"
        );
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (cron, zone) in [
            ("", ""),
            ("61 * * * *", ""),
            ("* * *", ""),
            ("* * * * *", "Nowhere/Here"),
        ] {
            assert!(times(cron, zone).is_err(), "{cron} {zone}");
        }
    }

    #[test]
    fn an_event_is_the_same_however_often_it_is_made() {
        let name = AppName::new("hello").unwrap();
        let schedule = Schedule {
            cron: "* * * * *".to_owned(),
            ..Schedule::default()
        };
        let due: Timestamp = "2026-03-28T12:05:00Z".parse().unwrap();
        let one = event(&name, &schedule, due);
        assert_eq!(one.id, event(&name, &schedule, due).id);
        let told: serde_json::Value = serde_json::from_slice(&one.payload).unwrap();
        assert_eq!(told["time"], "2026-03-28T12:05:00Z");
        assert_eq!(told["id"], one.id.as_str());
        let other = Schedule {
            event: "{}".into(),
            ..schedule
        };
        assert_ne!(one.id, event(&name, &other, due).id);
    }
}
