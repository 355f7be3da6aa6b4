//! What the launcher stage is told: an argument for each thing, such as `user=70000`. Nothing of it is a secret, since
//! everybody on the box may read arguments; secrets are in the environment.

use super::domain::Domain;
use super::limits::Limit;
use super::syscalls::Sockets;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

/// The first argument of the stage.
pub(crate) const FLAG: &str = "--iris-up-launch";

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
    pub(crate) program: Option<(PathBuf, Vec<OsString>)>,
}

impl Plan {
    /// As arguments.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        let mut words = vec![OsString::from(FLAG)];
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
        if let Some((program, arguments)) = &self.program {
            words.push(END.into());
            words.push(program.into());
            words.extend(arguments.iter().cloned());
        }
        words
    }

    /// From the arguments behind [`FLAG`].
    ///
    /// # Errors
    ///
    /// What none of this is.
    pub(crate) fn parse(mut words: impl Iterator<Item = OsString>) -> Result<Plan, String> {
        let mut plan = Plan::default();
        for word in words.by_ref() {
            if word == END {
                break;
            }
            let understood = plan.take(word.as_bytes());
            understood.ok_or_else(|| format!("{} is not understood", word.display()))?;
        }
        let program = words.next();
        plan.program = program.map(|program| (program.into(), words.collect()));
        Ok(plan)
    }

    fn take(&mut self, word: &[u8]) -> Option<()> {
        let at = word.iter().position(|byte| *byte == b'=')?;
        let (key, value) = (str::from_utf8(&word[..at]).ok()?, &word[at + 1..]);
        let number = || str::from_utf8(value).ok()?.parse::<u64>().ok();
        match key {
            "group" => self.groups.push(OsString::from_vec(value.to_vec()).into()),
            "user" => self.user = Some(number()?.try_into().ok()?),
            "sockets" => self.syscalls = Some(Sockets::parse(value)?),
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
            program: Some(("/a".into(), vec!["--".into(), "user=0".into()])),
        };
        let words = plan.arguments();
        assert_eq!(words[0], FLAG);
        assert_eq!(Plan::parse(words.into_iter().skip(1)).unwrap(), plan);
        let nothing = Plan::default();
        let words = nothing.arguments().into_iter().skip(1);
        assert_eq!(Plan::parse(words).unwrap(), nothing);
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
        ] {
            assert!(Plan::parse([word.into()].into_iter()).is_err(), "{word}");
        }
    }
}
