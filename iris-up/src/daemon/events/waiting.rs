//! Which events there are, and which are due. What is in them stays in the registry.

use crate::daemon::store::events::EventRecord;
use crate::name::AppName;
use std::collections::{BTreeSet, HashMap};

/// How many events of one app are on their way to it at once: as many as a function has processes, unless it is told
/// otherwise.
const AT_ONCE: usize = 10;

/// All events, by their apps.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    by_app: HashMap<AppName, OfApp>,
}

/// The events of one app.
#[derive(Debug, Default)]
struct OfApp {
    events: HashMap<String, EventRecord>,
    /// Those that are not dead and not on their way, by when they are due.
    due: BTreeSet<(i64, String)>,
    /// Those that are on their way, as they were when they left.
    running: HashMap<String, EventRecord>,
    /// Places for those that are being kept right now.
    coming: usize,
    /// How many bytes all of them have.
    bytes: u64,
}

/// How it is with an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stage {
    Waiting,
    Running,
    Dead,
}

/// A place for an event of so many bytes.
#[derive(Debug)]
pub(super) struct Room(AppName, u64);

/// How much there may be of one app.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    pub(super) events: usize,
    pub(super) bytes: u64,
}

impl Waiting {
    /// A place for one more of an app's, of which there may be so much.
    pub(super) fn room(&mut self, name: &AppName, bytes: u64, most: Most) -> Option<Room> {
        let of_app = self.by_app.entry(name.clone()).or_default();
        let events = of_app.events.len() + of_app.running.len() + of_app.coming;
        let free = events < most.events && of_app.bytes + bytes <= most.bytes;
        if !free {
            return None;
        }
        of_app.coming += 1;
        of_app.bytes += bytes;
        Some(Room(name.clone(), bytes))
    }

    /// It is there, or does not come.
    pub(super) fn leave(&mut self, room: Room) {
        if let Some(of_app) = self.by_app.get_mut(&room.0) {
            of_app.coming = of_app.coming.saturating_sub(1);
            of_app.bytes = of_app.bytes.saturating_sub(room.1);
        }
    }

    /// One that is to be seen to, or is dead.
    pub(super) fn put(&mut self, record: EventRecord) {
        let of_app = self.by_app.entry(record.name.clone()).or_default();
        if !record.dead {
            of_app.due.insert((record.due, record.id.clone()));
        }
        of_app.bytes += size(&record);
        if let Some(before) = of_app.events.insert(record.id.clone(), record) {
            of_app.bytes = of_app.bytes.saturating_sub(size(&before));
        }
    }

    /// Takes one out that is not on its way.
    pub(super) fn take(&mut self, name: &AppName, id: &str) -> Option<EventRecord> {
        let of_app = self.by_app.get_mut(name)?;
        let record = of_app.events.remove(id)?;
        of_app.due.remove(&(record.due, record.id.clone()));
        of_app.bytes = of_app.bytes.saturating_sub(size(&record));
        Some(record)
    }

    /// The same, where it is dead.
    pub(super) fn take_dead(&mut self, name: &AppName, id: &str) -> Option<EventRecord> {
        let of_app = self.by_app.get(name)?;
        let dead = of_app.events.get(id).is_some_and(|event| event.dead);
        if dead { self.take(name, id) } else { None }
    }

    /// Whether one is on its way.
    pub(super) fn runs(&self, name: &AppName, id: &str) -> bool {
        let of_app = self.by_app.get(name);
        of_app.is_some_and(|of_app| of_app.running.contains_key(id))
    }

    pub(super) fn of(&self, name: &AppName) -> impl Iterator<Item = (&EventRecord, Stage)> {
        let of_app = self.by_app.get(name).into_iter();
        of_app.flat_map(|of_app| {
            let there = of_app.events.values().map(|record| match record.dead {
                true => (record, Stage::Dead),
                false => (record, Stage::Waiting),
            });
            let running = of_app.running.values();
            there.chain(running.map(|record| (record, Stage::Running)))
        })
    }

    /// Those of other apps are forgotten: what is on its way comes back and finds that nothing is known of it.
    pub(super) fn retain(&mut self, is_there: impl Fn(&AppName) -> bool) {
        self.by_app.retain(|name, _| is_there(name));
    }

    /// Those that are due now, which are on their way then; and when the next is.
    pub(super) fn due(&mut self, now: i64) -> (Vec<EventRecord>, Option<i64>) {
        let (mut due, mut next) = (Vec::new(), None::<i64>);
        for of_app in self.by_app.values_mut() {
            while of_app.running.len() < AT_ONCE
                && let Some((at, _)) = of_app.due.first()
            {
                if *at > now {
                    next = Some(next.map_or(*at, |next| next.min(*at)));
                    break;
                }
                let first = of_app.due.pop_first();
                let Some(record) = first.and_then(|(_, id)| of_app.events.remove(&id)) else {
                    continue;
                };
                of_app.running.insert(record.id.clone(), record.clone());
                due.push(record);
            }
        }
        (due, next)
    }

    /// One is on its way no longer: it is done, or is to be seen to again. Where its app was removed meanwhile it is not.
    pub(super) fn came_back(&mut self, name: &AppName, id: &str, record: Option<EventRecord>) {
        let Some(of_app) = self.by_app.get_mut(name) else {
            return;
        };
        if let Some(before) = of_app.running.remove(id) {
            of_app.bytes = of_app.bytes.saturating_sub(size(&before));
        }
        if let Some(record) = record {
            self.put(record);
        }
    }
}

fn size(record: &EventRecord) -> u64 {
    record.size.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: usize, due: i64) -> EventRecord {
        EventRecord {
            id: id.to_string(),
            name: AppName::new("hello").unwrap(),
            created: 0,
            due,
            attempts: 0,
            refusals: 0,
            error: Default::default(),
            dead: false,
            size: 0,
        }
    }

    #[test]
    fn the_first_due_come_first_and_so_many_at_once() {
        let name = AppName::new("hello").unwrap();
        let mut waiting = Waiting::default();
        for id in 0..15 {
            waiting.put(record(id, i64::try_from(100 - id).unwrap()));
        }
        assert_eq!(waiting.due(85), (Vec::new(), Some(86)));
        let (due, next) = waiting.due(100);
        let ids: Vec<&str> = due.iter().map(|record| record.id.as_str()).collect();
        assert_eq!(ids, ["14", "13", "12", "11", "10", "9", "8", "7", "6", "5"]);
        assert_eq!(next, None, "no more than ten");
        waiting.came_back(&name, "14", Some(record(14, 500)));
        let (due, _) = waiting.due(100);
        assert_eq!(due, [record(4, 96)]);
    }

    #[test]
    fn there_is_room_for_so_many() {
        let name = AppName::new("hello").unwrap();
        let mut waiting = Waiting::default();
        waiting.put(record(1, 1));
        let most = |events| Most { events, bytes: 100 };
        let room = waiting.room(&name, 0, most(2)).unwrap();
        assert!(waiting.room(&name, 0, most(2)).is_none());
        waiting.leave(room);
        waiting.due(1);
        let one = waiting.room(&name, 0, most(1));
        assert!(one.is_none(), "one is on its way");
        assert!(waiting.runs(&name, "1") && waiting.take(&name, "1").is_none());
        let listed: Vec<_> = waiting.of(&name).collect();
        assert_eq!(listed, [(&record(1, 1), Stage::Running)]);
        waiting.came_back(&name, "1", None);
        assert!(waiting.room(&name, 0, most(1)).is_some());
    }

    #[test]
    fn there_is_room_for_so_many_bytes() {
        let name = AppName::new("hello").unwrap();
        let mut waiting = Waiting::default();
        let of = |id, size| EventRecord {
            size,
            ..record(id, 1)
        };
        let free = |waiting: &mut Waiting, bytes| {
            let most = Most {
                events: 9,
                bytes: 100,
            };
            let room = waiting.room(&name, bytes, most);
            room.is_some_and(|room| {
                waiting.leave(room);
                true
            })
        };
        waiting.put(of(1, 60));
        assert!(free(&mut waiting, 40) && !free(&mut waiting, 41));
        let _coming = waiting.room(
            &name,
            30,
            Most {
                events: 9,
                bytes: 100,
            },
        );
        assert!(free(&mut waiting, 10) && !free(&mut waiting, 11));
        // It counts wherever it is, and once.
        waiting.due(1);
        assert!(free(&mut waiting, 10) && !free(&mut waiting, 11));
        waiting.came_back(&name, "1", Some(of(1, 60)));
        assert!(free(&mut waiting, 10) && !free(&mut waiting, 11));
        waiting.take(&name, "1");
        assert!(free(&mut waiting, 70) && !free(&mut waiting, 71));
    }

    #[test]
    fn dead_ones_are_not_due() {
        let name = AppName::new("hello").unwrap();
        let mut waiting = Waiting::default();
        waiting.put(EventRecord {
            dead: true,
            ..record(1, 1)
        });
        waiting.put(record(2, 1));
        assert!(waiting.take_dead(&name, "2").is_none());
        assert_eq!(waiting.due(1).0, [record(2, 1)]);
        assert!(waiting.take_dead(&name, "1").is_some());
        waiting.retain(|_| false);
        waiting.came_back(&name, "2", Some(record(2, 1)));
        assert_eq!(waiting.of(&name).count(), 0);
    }
}
