//! What the chore is asked for.

use super::Mode;
use crate::failure::{Failure, Outcome};

/// The arguments of `cargo xtask conformance`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arguments<'a> {
    pub(super) modes: Vec<Mode>,
    /// The folder for what the suite's peers said, in the repository where it begins with no `/`.
    pub(super) record: Option<&'a str>,
    /// What goes to the runner as it is.
    pub(super) flags: &'a [String],
}

impl<'a> Arguments<'a> {
    pub(super) fn read(mut arguments: &'a [String]) -> Outcome<Self> {
        let (mut only, mut record) = (None, None);
        let modes = |only: Option<Mode>| only.map_or(Mode::ALL.to_vec(), |mode| vec![mode]);
        while let Some((argument, rest)) = arguments.split_first() {
            arguments = rest;
            match argument.as_str() {
                "--" => {
                    return Ok(Arguments {
                        modes: modes(only),
                        record,
                        flags: rest,
                    });
                }
                "--record" => {
                    let (folder, rest) = rest
                        .split_first()
                        .ok_or_else(|| Failure::new("`--record` takes a folder"))?;
                    arguments = rest;
                    if record.replace(folder.as_str()).is_some() {
                        return Err(Failure::new("`--record` takes one folder"));
                    }
                }
                name => {
                    let mode = Mode::ALL.into_iter().find(|mode| mode.name() == name);
                    let unknown = || {
                        Failure::new(format!(
                            "`{name}` is no mode and no flag; there are `server`, `client` and `--record`, and what \
                             is meant for the runner comes after `--`"
                        ))
                    };
                    if only.replace(mode.ok_or_else(unknown)?).is_some() {
                        return Err(Failure::new(
                            "name `server` or `client`, or neither: then both are run",
                        ));
                    }
                }
            }
        }
        Ok(Arguments {
            modes: modes(only),
            record,
            flags: &[],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn modes_and_recordings_come_before_the_flags_of_the_runner() {
        let nothing = Arguments::read(&[]).expect("nothing is all");
        assert_eq!(
            (nothing.modes, nothing.record, nothing.flags),
            (Mode::ALL.to_vec(), None, &[][..])
        );
        let all = words("client --record seeds -- --trace --record");
        let read = Arguments::read(&all).expect("all of it");
        assert_eq!(read.modes, [Mode::Client]);
        assert_eq!(read.record, Some("seeds"));
        assert_eq!(read.flags, words("--trace --record"));
        let wrong = [
            "--record",
            "both",
            "server --trace",
            "server client",
            "--record one --record other",
        ];
        for wrong in wrong {
            assert!(Arguments::read(&words(wrong)).is_err(), "{wrong}");
        }
    }
}
