//! What a process has used (proc(5)).

use crate::Outcome;
use std::time::Duration;

/// How long a tick of the kernel's clock is: 100 a second for all that it tells programs (time(7), `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// The time of processors that processes have taken.
pub(crate) fn processor(ids: &[u32]) -> Outcome<Duration> {
    let mut ticks = 0;
    for id in ids {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        let (_, behind) = stat.rsplit_once(") ").ok_or("no stat")?;
        let fields: Vec<&str> = behind.split(' ').collect();
        // `utime` and `stime` are the 14th and 15th, of which two are before these.
        ticks += fields[11].parse::<u32>()? + fields[12].parse::<u32>()?;
    }
    Ok(TICK * ticks)
}

/// The memory of a process in bytes: what it has in memory, and shares with nobody.
pub(crate) fn memory(id: u32) -> Outcome<u64> {
    let maps = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
    let mut private = 0;
    for line in maps.lines().filter(|line| line.starts_with("Private_")) {
        let kilobytes = line.split_whitespace().nth(1).ok_or("no size")?;
        private += 1024 * kilobytes.parse::<u64>()?;
    }
    Ok(private)
}

/// What it has in memory, with what it shares.
pub(crate) fn resident(id: u32) -> Outcome<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(1024 * kilobytes.ok_or("no size")?.parse::<u64>()?)
}

/// The processes that run this file.
pub(crate) fn running(program: &std::path::Path) -> Outcome<Vec<u32>> {
    let mut ids = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        // Others may end meanwhile.
        let Ok(run) = std::fs::read_link(entry.path().join("exe")) else {
            continue;
        };
        if run == program
            && let Some(id) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
        {
            ids.push(id);
        }
    }
    Ok(ids)
}
