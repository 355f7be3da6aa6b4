//! What the launcher stage is told: a word for each thing, such as `user=70000`.

use super::domain::Domain;
use super::limits::Limit;
use super::syscalls::Sockets;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

/// What stands between the plan and the program.
const END: &str = "--";

/// What is to be done. What is missing is not.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Plan {
    /// The groups to join, by their folders.
    pub(crate) groups: Vec<PathBuf>,
    /// The user, and the group of the same number, to become.
    pub(crate) user: Option<u32>,
    pub(crate) limits: Vec<(Limit, u64)>,
    pub(crate) domain: Option<Domain>,
    /// Refuses system calls, and says which sockets there are.
    pub(crate) syscalls: Option<Sockets>,
    /// What to become; nothing where it is only to be seen whether all of this works.
    pub(crate) program: Option<Program>,
}

/// What a process becomes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// All of its environment: the stage itself has none of it, so that what loads the stage, with more rights than the app
    /// is to have, obeys none of it (`LD_PRELOAD`).
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// The folder that it begins in.
    pub(crate) folder: PathBuf,
}

impl Plan {
    /// As it is sent: how many words, and the words, with a zero behind each.
    ///
    /// # Errors
    ///
    /// Where a word has a zero in it, which neither arguments nor variables may have.
    pub(crate) fn written(&self) -> io::Result<Vec<u8>> {
        let words = self.words();
        let mut written = format!("{}\0", words.len()).into_bytes();
        for word in words {
            if word.as_bytes().contains(&0) {
                let why = format!("{word:?} has a zero byte in it");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
            }
            written.extend_from_slice(word.as_bytes());
            written.push(0);
        }
        Ok(written)
    }

    /// From what was sent.
    ///
    /// # Errors
    ///
    /// Where it is not all of it, and where a word is not understood.
    pub(super) fn read(written: &[u8]) -> Result<Plan, String> {
        let cut_short = || "it was cut short".to_owned();
        let mut words = written
            .strip_suffix(b"\0")
            .ok_or_else(cut_short)?
            .split(|byte| *byte == 0);
        let count = words
            .next()
            .and_then(|count| str::from_utf8(count).ok()?.parse().ok());
        let words: Vec<OsString> = words
            .map(|word| OsString::from_vec(word.to_vec()))
            .collect();
        match count == Some(words.len()) {
            true => Plan::parse(words.into_iter()),
            false => Err(cut_short()),
        }
    }

    fn words(&self) -> Vec<OsString> {
        let mut words = Vec::new();
        let mut say = |key: &str, value: &OsStr| {
            let mut word = OsString::from(key);
            word.push("=");
            word.push(value);
            words.push(word);
        };
        for group in &self.groups {
            say("group", group.as_os_str());
        }
        if let Some(user) = self.user {
            say("user", user.to_string().as_ref());
        }
        for (limit, value) in &self.limits {
            say(limit.name(), value.to_string().as_ref());
        }
        if let Some(domain) = &self.domain {
            domain.tell(&mut say);
        }
        if let Some(sockets) = self.syscalls {
            say("sockets", sockets.name().as_ref());
        }
        if let Some(program) = &self.program {
            say("folder", program.folder.as_os_str());
            for (name, value) in &program.environment {
                let mut pair = name.clone();
                pair.push("=");
                pair.push(value);
                say("variable", &pair);
            }
            words.push(END.into());
            words.push(program.path.clone().into());
            words.extend(program.arguments.iter().cloned());
        }
        words
    }

    fn parse(mut words: impl Iterator<Item = OsString>) -> Result<Plan, String> {
        let mut plan = Plan::default();
        for word in words.by_ref() {
            if word == END {
                break;
            }
            let understood = plan.take(word.as_bytes());
            understood.ok_or_else(|| format!("{} is not understood", word.display()))?;
        }
        match (&mut plan.program, words.next()) {
            (Some(program), Some(path)) => {
                program.path = path.into();
                program.arguments = words.collect();
            }
            (None, None) => {}
            (Some(_), None) => return Err("no program is named".to_owned()),
            (None, Some(_)) => return Err("the program has no folder".to_owned()),
        }
        Ok(plan)
    }

    fn take(&mut self, word: &[u8]) -> Option<()> {
        let at = word.iter().position(|byte| *byte == b'=')?;
        let (key, value) = (str::from_utf8(&word[..at]).ok()?, &word[at + 1..]);
        let number = || str::from_utf8(value).ok()?.parse::<u64>().ok();
        let owned = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        match key {
            "group" => self.groups.push(owned(value).into()),
            "user" => self.user = Some(number()?.try_into().ok()?),
            "sockets" => self.syscalls = Some(Sockets::parse(value)?),
            "folder" => self.program.get_or_insert_default().folder = owned(value).into(),
            "variable" => {
                let end = value.iter().position(|byte| *byte == b'=')?;
                let pair = (owned(&value[..end]), owned(&value[end + 1..]));
                self.program.get_or_insert_default().environment.push(pair);
            }
            key => match Limit::parse(key) {
                Some(limit) => self.limits.push((limit, number()?)),
                None => self.domain.get_or_insert_default().take(key, value)?,
            },
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_understood() {
        let plan = Plan {
            groups: vec!["/sys/fs/cgroup/a=b".into(), "/with space".into()],
            user: Some(70_001),
            limits: vec![(Limit::OpenFiles, 16), (Limit::Core, 0)],
            domain: Some(Domain {
                read: vec!["/usr".into()],
                write: vec![OsString::from_vec(b"/not-utf8-\xff".to_vec()).into()],
                devices: vec!["/dev/null".into()],
                listen: Some(vec![]),
                connect: Some(vec![443, 80]),
            }),
            syscalls: Some(Sockets::NotLocal),
            program: Some(Program {
                path: "/a".into(),
                arguments: vec!["--".into(), "user=0".into(), "".into()],
                environment: vec![("A".into(), "b=c".into()), ("B".into(), "".into())],
                folder: "/own".into(),
            }),
        };
        let written = plan.written().unwrap();
        assert_eq!(Plan::read(&written).unwrap(), plan);
        for end in 0..written.len() {
            assert!(Plan::read(&written[..end]).is_err(), "{end}");
        }
        let nothing = Plan::default();
        assert_eq!(Plan::read(&nothing.written().unwrap()).unwrap(), nothing);
    }

    #[test]
    fn what_cannot_be_said_is_an_error() {
        let mut plan = Plan::default();
        plan.program.get_or_insert_default().arguments = vec!["a\0user=0".into()];
        assert!(plan.written().is_err());
    }

    #[test]
    fn what_is_not_understood_is_not_passed_over() {
        for word in [
            "user",
            "user=",
            "user=-1",
            "usr=1",
            "sockets=some",
            "connect=70000",
            "variable=A",
            "folder=/a",
        ] {
            assert!(Plan::parse([word.into()].into_iter()).is_err(), "{word}");
        }
    }
}
