//! What an executable needs, by the beginning of its file (elf(5)).

use super::target::Arch;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Where in a file of 64 bits things are: the machine; where the program headers begin, how long each is and how many there are.
const MACHINE: usize = 18;
const HEADERS: usize = 32;
const HEADER_LENGTH: usize = 54;
const HEADER_COUNT: usize = 56;

/// How much of a file is looked at. Program headers follow the first 64 bytes.
const START: u64 = 64 * 1024;

/// The numbers of machines.
const X86_64: u16 = 62;
const AARCH64: u16 = 183;

/// The kind of program header that names a loader of libraries.
const INTERPRETER: u32 = 3;

/// An executable of Linux's own kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Those that functions run on; `None` for others.
    pub(super) arch: Option<Arch>,
    /// Whether it needs libraries of the system's.
    pub(super) needs_loader: bool,
}

impl Head {
    /// That of a file; `None` where it is a script.
    ///
    /// # Errors
    ///
    /// Where it can be neither, or cannot be read.
    pub(super) fn read(path: &Path) -> io::Result<Option<Head>> {
        let mut start = Vec::new();
        File::open(path)?.take(START).read_to_end(&mut start)?;
        if start.starts_with(b"#!") {
            return Ok(None);
        }
        let head = start.starts_with(b"\x7fELF").then(|| parse(&start));
        let head = head.flatten();
        head.map(Some).ok_or_else(|| {
            io::Error::new(
                ErrorKind::InvalidData,
                "it is neither a program nor a script",
            )
        })
    }
}

fn parse(start: &[u8]) -> Option<Head> {
    const SIXTY_FOUR_BITS: u8 = 2;
    const LITTLE_ENDIAN: u8 = 1;
    if start.get(4..6)? != [SIXTY_FOUR_BITS, LITTLE_ENDIAN] {
        return Some(Head {
            arch: None,
            needs_loader: false,
        });
    }
    let short = |at: usize| Some(u16::from_le_bytes(start.get(at..at + 2)?.try_into().ok()?));
    let headers = u64::from_le_bytes(start.get(HEADERS..HEADERS + 8)?.try_into().ok()?);
    let (headers, length) = (
        usize::try_from(headers).ok()?,
        usize::from(short(HEADER_LENGTH)?),
    );
    let kinds = (0..usize::from(short(HEADER_COUNT)?)).filter_map(|number| {
        let at = headers.checked_add(number * length)?;
        Some(u32::from_le_bytes(
            start.get(at..at.checked_add(4)?)?.try_into().ok()?,
        ))
    });
    Some(Head {
        arch: match short(MACHINE)? {
            X86_64 => Some(Arch::X86_64),
            AARCH64 => Some(Arch::Arm64),
            _ => None,
        },
        needs_loader: kinds.into_iter().any(|kind| kind == INTERPRETER),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_executable_says_what_it_needs() {
        let own = Head::read(&std::env::current_exe().unwrap()).unwrap();
        let linked = Head {
            arch: Some(Arch::of_this_machine()),
            needs_loader: cfg!(target_env = "gnu"),
        };
        assert_eq!(own, Some(linked));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        std::fs::write(&path, "#!/bin/sh\n").unwrap();
        assert_eq!(Head::read(&path).unwrap(), None);
        // Cut off anywhere, and without a word of sense.
        for content in [
            &b""[..],
            b"PK\x03\x04",
            b"\x7fELF",
            b"\x7fELF\x02\x01",
            &[b"\x7fELF\x02\x01", &[0xff; 58][..]].concat(),
        ] {
            std::fs::write(&path, content).unwrap();
            let read = Head::read(&path);
            assert!(
                read.is_err()
                    || read.is_ok_and(|head| head.is_some_and(|head| head.arch.is_none()))
            );
        }
    }
}
