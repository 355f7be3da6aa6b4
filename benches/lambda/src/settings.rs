//! What the bench is told.

use crate::Outcome;
use std::path::PathBuf;
use std::time::Duration;

/// Each part, and how much of it there is: apps, pushes, or kills.
const PARTS: [(&str, usize); 6] = [
    ("warm", 0),
    ("cold", 0),
    ("memory", 0),
    ("many", 10_000),
    ("deploys", 20),
    ("kills", 100),
];

/// Programs, and how long to measure.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The folder of `bench-function` and of `bench-resident`.
    pub(crate) programs: PathBuf,
    /// The program `iris-up`.
    pub(crate) iris_up: PathBuf,
    /// The program `cargo-lambda`.
    pub(crate) cargo_lambda: PathBuf,
    /// The script `pm2`.
    pub(crate) pm2: PathBuf,
    pub(crate) rounds: usize,
    /// Of a turn.
    pub(crate) time: Duration,
    pub(crate) report: Option<PathBuf>,
    only: Option<Vec<String>>,
}

impl Settings {
    /// `--programs FOLDER --iris-up FILE --cargo-lambda FILE --pm2 FILE [--rounds N] [--seconds N] [--parts NAME,..] [--report FILE]`
    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Outcome<Settings> {
        let mut settings = Settings {
            programs: PathBuf::new(),
            iris_up: PathBuf::new(),
            cargo_lambda: PathBuf::new(),
            pm2: PathBuf::new(),
            rounds: 10,
            time: Duration::from_millis(500),
            report: None,
            only: None,
        };
        while let Some(name) = arguments.next() {
            let value = arguments.next();
            let value = value.ok_or_else(|| format!("{name} needs a value"))?;
            match &*name {
                "--programs" => settings.programs = value.into(),
                "--iris-up" => settings.iris_up = value.into(),
                "--cargo-lambda" => settings.cargo_lambda = value.into(),
                "--pm2" => settings.pm2 = value.into(),
                "--rounds" => settings.rounds = value.parse()?,
                "--seconds" => settings.time = Duration::try_from_secs_f64(value.parse()?)?,
                "--report" => settings.report = Some(value.into()),
                "--parts" => settings.only = Some(value.split(',').map(str::to_owned).collect()),
                other => return Err(format!("{other} means nothing here").into()),
            }
        }
        Ok(settings)
    }

    /// What is to be measured.
    pub(crate) fn parts(&self) -> Vec<(&'static str, usize)> {
        let wanted = |name: &str| match &self.only {
            Some(only) => only.iter().any(|part| part == name),
            None => true,
        };
        PARTS.into_iter().filter(|(name, _)| wanted(name)).collect()
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}
