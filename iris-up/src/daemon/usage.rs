//! What apps use: processes, memory, time of processors. The kernel is asked when somebody wants to know, and never else.

use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::Pid;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The processes of an app that the daemon has started and that have not ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Processes(Arc<Mutex<HashSet<i32>>>);

impl Processes {
    pub(crate) fn add(&self, id: Pid) {
        self.now().insert(id.as_raw_nonzero().get());
    }

    pub(crate) fn remove(&self, id: Pid) {
        self.now().remove(&id.as_raw_nonzero().get());
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.now().len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn ids(&self) -> Vec<i32> {
        self.now().iter().copied().collect()
    }

    fn now(&self) -> MutexGuard<'_, HashSet<i32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What some processes use, with what they have started: those in their process groups, and those below them. One that has left
/// both is not counted, also where its control group ends it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Usage {
    pub(crate) processes: u32,
    /// In bytes: what is in memory. Pages that several processes share count for each.
    pub(crate) memory: u64,
    /// Of processors, since they were started; with that of children that have ended.
    pub(crate) processor: Duration,
}

/// One process, of what the kernel says (`/proc/PID/stat`, proc(5)).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stat {
    parent: i32,
    /// The process group.
    group: i32,
    /// Times in ticks: its own in user space and in the kernel, and those of its children that have ended.
    ticks: u64,
    /// Pages in memory.
    pages: u64,
}

/// What each of these sets of processes uses, in their order.
pub(crate) fn of(sets: &[Vec<i32>]) -> Vec<Usage> {
    let all = all();
    let mut owners = HashMap::new();
    for (index, ids) in sets.iter().enumerate() {
        owners.extend(ids.iter().map(|id| (*id, index)));
    }
    let mut used = vec![Usage::default(); sets.len()];
    for (id, stat) in &all {
        if let Some(index) = owner(*id, stat, &all, &owners) {
            let usage = &mut used[index];
            usage.processes += 1;
            usage.memory += stat.pages * page_size() as u64;
            usage.processor += Duration::from_millis(stat.ticks * 1_000 / clock_ticks_per_second());
        }
    }
    used
}

/// Which set a process is of: the one that it, its group or a process above it is in.
fn owner(
    id: i32,
    stat: &Stat,
    all: &HashMap<i32, Stat>,
    owners: &HashMap<i32, usize>,
) -> Option<usize> {
    if let Some(owner) = owners.get(&id).or_else(|| owners.get(&stat.group)) {
        return Some(*owner);
    }
    let mut above = stat.parent;
    // Processes come and go while they are looked at: what looks like a circle is none, and ends here.
    for _ in 0..all.len() {
        if let Some(owner) = owners.get(&above) {
            return Some(*owner);
        }
        above = all.get(&above)?.parent;
    }
    None
}

/// All processes of the system.
fn all() -> HashMap<i32, Stat> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return HashMap::new();
    };
    let read = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let id = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        Some((id, Stat::parse(&stat)?))
    });
    read.collect()
}

impl Stat {
    fn parse(text: &str) -> Option<Stat> {
        // Its name is in brackets, and may have spaces and brackets in it.
        let (_, behind) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = behind.split(' ').collect();
        // proc(5) counts from 1, and two are before these.
        let field = |number: usize| fields.get(number - 3).copied();
        let number = |at: usize| field(at)?.parse::<u64>().ok();
        // Those of children may be negative in theory only.
        let ticks = [14, 15, 16, 17].into_iter().filter_map(number).sum();
        Some(Stat {
            parent: field(4)?.parse().ok()?,
            group: field(5)?.parse().ok()?,
            ticks,
            pages: number(24)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_fields() {
        let line = "42 (a) 1 2 ) S 7 40 40 0 -1 4194304 9 0 0 0 11 12 13 14 20 0 1 0 99 5000 321 18446744073709551615 0";
        let stat = Stat::parse(line).unwrap();
        let expected = Stat {
            parent: 7,
            group: 40,
            ticks: 50,
            pages: 321,
        };
        assert_eq!(stat, expected);
        assert_eq!(Stat::parse("42 (a S"), None);
    }

    #[test]
    fn this_process_uses_something_with_its_children() {
        let mut child = std::process::Command::new("sleep")
            .arg("1000")
            .spawn()
            .unwrap();
        let own = std::process::id().cast_signed();
        let used = of(&[vec![own], vec![]]);
        child.kill().unwrap();
        child.wait().unwrap();
        let [own, nobody] = used[..] else {
            panic!("{used:?}");
        };
        assert!(own.processes >= 2 && own.memory > 1024 * 1024, "{own:?}");
        assert_eq!(nobody, Usage::default());
    }
}
