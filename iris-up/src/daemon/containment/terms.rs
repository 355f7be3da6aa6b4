//! What an app may have and reach: its settings, with what holds for all where they say nothing.

use crate::messages::iris::up::v1::Settings;
use std::path::PathBuf;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;

/// Enough for most servers; a leak ends before it takes the box along.
const MEMORY: u64 = 512 * MIB;

/// Less than this is too little to start anything.
const LEAST_MEMORY: u64 = 4 * MIB;

/// Threads count. A runtime may have some hundreds of them.
const PROCESSES: u32 = 512;

const OPEN_FILES: u32 = 16_384;

const FILE_SIZE: u64 = GIB;

/// Where most of what functions ask for is: names, and the web. Neither apps nor the daemon are there unless somebody puts
/// them there.
const CONNECT: [u16; 3] = [53, 80, 443];

/// Those terms.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Terms {
    /// Bytes.
    pub(crate) memory: u64,
    /// 0 for as much as there is.
    pub(crate) milli_cpus: u32,
    pub(crate) processes: u32,
    pub(crate) open_files: u32,
    /// Bytes.
    pub(crate) file_size: u64,
    pub(crate) read: Vec<PathBuf>,
    pub(crate) write: Vec<PathBuf>,
    /// TCP ports; `None` for any.
    pub(crate) connect: Option<Vec<u16>>,
    pub(crate) listen: Vec<u16>,
}

impl Terms {
    /// What settings come to.
    ///
    /// # Errors
    ///
    /// What of them makes no sense.
    pub(crate) fn of(settings: &Settings) -> Result<Terms, String> {
        let limits = settings.limits.unwrap_or_default();
        let reach = settings.reach.clone().unwrap_or_default();
        if (1..LEAST_MEMORY).contains(&limits.memory) {
            let least = LEAST_MEMORY / MIB;
            return Err(format!("a process needs {least} MiB of memory at least"));
        }
        let mut connect = CONNECT.to_vec();
        connect.extend(ports(&reach.connect, 1)?);
        Ok(Terms {
            memory: or(limits.memory, MEMORY),
            milli_cpus: limits.milli_cpus,
            processes: or(limits.processes, PROCESSES),
            open_files: or(limits.open_files, OPEN_FILES),
            file_size: or(limits.file_size, FILE_SIZE),
            read: paths(reach.read)?,
            write: paths(reach.write)?,
            connect: (!reach.connect_any).then_some(connect),
            // 0 is any that is free.
            listen: ports(&reach.listen, 0)?,
        })
    }

    /// The memory as people say it: `512 MiB`.
    pub(crate) fn memory_said(&self) -> String {
        said(self.memory)
    }
}

/// A number of bytes as people say it, where it comes out even.
pub(crate) fn said(bytes: u64) -> String {
    let units = [(GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")];
    let even = units
        .iter()
        .find(|(unit, _)| bytes > 0 && bytes.is_multiple_of(*unit));
    match even {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

fn or<T: Default + PartialEq>(value: T, otherwise: T) -> T {
    match value == T::default() {
        true => otherwise,
        false => value,
    }
}

fn ports(ports: &[u32], least: u16) -> Result<Vec<u16>, String> {
    let read = |port: &u32| match u16::try_from(*port) {
        Ok(port) if port >= least => Ok(port),
        _ => Err(format!("{port} is no port")),
    };
    ports.iter().map(read).collect()
}

fn paths(paths: Vec<String>) -> Result<Vec<PathBuf>, String> {
    let read = |path: String| match path.starts_with('/') && !path.contains('\0') {
        true => Ok(PathBuf::from(path)),
        false => Err(format!("{path:?} does not begin with a /")),
    };
    paths.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::iris::up::v1::{Limits, Reach};

    #[test]
    fn what_is_not_said_is_as_for_all() {
        let terms = Terms::of(&Settings::default()).unwrap();
        assert_eq!(terms.memory_said(), "512 MiB");
        assert_eq!((terms.milli_cpus, terms.processes), (0, 512));
        assert_eq!(terms.connect.as_deref(), Some(&[53, 80, 443][..]));
        let settings = Settings {
            reach: Some(Reach {
                connect: vec![5432],
                ..Reach::default()
            }),
            ..Settings::default()
        };
        let connect = Terms::of(&settings).unwrap().connect.unwrap();
        assert_eq!(connect, [53, 80, 443, 5432]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (reach, limits) in [
            (
                Reach {
                    connect: vec![0],
                    ..Reach::default()
                },
                Limits::default(),
            ),
            (
                Reach {
                    listen: vec![65_536],
                    ..Reach::default()
                },
                Limits::default(),
            ),
            (
                Reach {
                    read: vec!["etc".into()],
                    ..Reach::default()
                },
                Limits::default(),
            ),
            (
                Reach::default(),
                Limits {
                    memory: 1,
                    ..Limits::default()
                },
            ),
        ] {
            let settings = Settings {
                reach: Some(reach),
                limits: Some(limits),
                ..Settings::default()
            };
            assert!(Terms::of(&settings).is_err(), "{settings:?}");
        }
    }
}
