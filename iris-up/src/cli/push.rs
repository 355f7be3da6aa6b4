//! `iris-up push`: an executable, a zip or a folder becomes a new version of an app.

use super::bounds::Bounds;
use super::payload::Given;
use super::place::Place;
use super::upload::upload;
use super::{Outcome, progress};
use clap::Args;
use iris_up_client::messages::iris::up::v1::{
    Health, Kind, PushRequest, Retries, Schedule, Settings,
};
use prost_types::Duration;
use std::path::{Path, PathBuf};

/// What a lambda is to be like.
#[derive(Debug, Args)]
#[command(next_help_heading = "Lambdas")]
pub(super) struct Function {
    /// How many seconds a process stays once it has nothing to do.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    keep_alive: u32,
    /// How many seconds it may take for an event.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u32,
    /// How many processes it has at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    max_processes: u32,
    /// How many events a process is given at a time. More than one are for runtimes that ask for several.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    concurrency: u32,
    /// How often more it is given an event that nobody waits for, and at which it failed.
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    retries: u32,
    /// How many seconds are between the first two times. It grows by itself with each.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    retry_pause: u32,
    /// After how many seconds such an event is not given to it any more.
    #[arg(long, value_name = "SECONDS", default_value_t = 21_600)]
    max_age: u32,
    /// A cron expression for events that come by themselves: '*/5 * * * *'. May be given several times.
    #[arg(long, value_name = "CRON")]
    schedule: Vec<String>,
    /// The time zone of these, such as Europe/Berlin. UTC unless told.
    #[arg(long, requires = "schedule", default_value = "")]
    time_zone: String,
    /// The event that comes then, in JSON. One as EventBridge sends it unless told.
    #[arg(long, value_name = "EVENT", requires = "schedule", default_value = "")]
    schedule_event: String,
}

impl Function {
    pub(super) fn settings(&self) -> Settings {
        let seconds = |seconds: u32| {
            Some(Duration {
                seconds: seconds.into(),
                nanos: 0,
            })
        };
        let event = bytes::Bytes::from(self.schedule_event.clone());
        let schedules = self.schedule.iter().map(|cron| Schedule {
            cron: cron.clone(),
            time_zone: self.time_zone.clone(),
            event: event.clone(),
        });
        Settings {
            keep_alive: seconds(self.keep_alive),
            timeout: seconds(self.timeout),
            max_processes: self.max_processes,
            concurrency: self.concurrency,
            retries: Some(Retries {
                most: Some(self.retries),
                pause: seconds(self.retry_pause),
                max_age: seconds(self.max_age),
            }),
            schedules: schedules.collect(),
            ..Settings::default()
        }
    }
}

/// Makes an executable, a zip or a folder a new version of an app.
#[derive(Debug, Args)]
pub(super) struct Push {
    /// The executable; a zip; or a folder, of a Cargo package, which is built in release, or with all that the app is made of.
    file: PathBuf,
    /// Which executable of a package that makes several.
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,
    /// What of a zip, or of a folder that is packed, is run: the path of an executable in it. `bootstrap` unless told.
    #[arg(long, value_name = "PATH", conflicts_with = "bin")]
    entry: Option<String>,
    /// The app's name. That of the file or the folder unless told.
    #[arg(long, short)]
    name: Option<String>,
    /// It runs where there is something to do, and speaks AWS Lambda's Runtime API.
    #[arg(long, short = 'L')]
    lambda: bool,
    /// How much of what comes it gets, in percent, while the version before goes on with the rest: 10%. See `traffic`.
    #[arg(long, value_name = "PERCENT", value_parser = super::versions::percent)]
    traffic: Option<u32>,
    /// A path that says whether it is well, with 200 to 399: it is ready once it is, and is started anew where it is not.
    #[arg(long, value_name = "PATH")]
    health: Option<String>,
    /// How many seconds are between two looks.
    #[arg(
        long,
        value_name = "SECONDS",
        requires = "health",
        default_value_t = 10
    )]
    health_interval: u32,
    /// After how many seconds without a request its process ends, until the next one comes. It runs all the time unless told.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    idle_timeout: Option<Duration>,
    /// It is given a socket that listens (LISTEN_FDS, as systemd has it), and opens no port itself.
    #[arg(long)]
    socket_activation: bool,
    /// Where it ends it is not started again.
    #[arg(long)]
    no_auto_restart: bool,
    #[command(flatten)]
    function: Function,
    #[command(flatten)]
    bounds: Bounds,
    /// Arguments for the executable.
    #[arg(last = true)]
    arguments: Vec<String>,
    #[command(flatten)]
    place: Place,
}

impl Push {
    pub(super) async fn run(self) -> Outcome {
        let remotes = self.place.remotes()?;
        let environment = self.bounds.environment()?;
        let given = Given {
            path: &self.file,
            binary: self.bin.as_deref(),
            entry: self.entry.as_deref(),
            quiet: self.place.json,
        };
        let payload = given.payload().await?;
        let artifact = upload(&remotes, &payload.file, self.place.json).await?;
        let kind = match self.lambda {
            true => Kind::Lambda,
            false => Kind::Daemon,
        };
        let name = match &self.name {
            Some(name) => name.clone(),
            None => name_of(&payload.namesake)?,
        };
        let events = remotes
            .apps()
            .push(PushRequest {
                name,
                kind: kind.into(),
                artifact,
                environment,
                traffic: self.traffic.unwrap_or_default(),
                settings: Some(Settings {
                    restart: !self.no_auto_restart,
                    health: self.health.map(|path| Health {
                        path,
                        interval: Some(Duration {
                            seconds: self.health_interval.into(),
                            nanos: 0,
                        }),
                        ..Health::default()
                    }),
                    idle_timeout: self.idle_timeout,
                    socket_activation: self.socket_activation,
                    arguments: self.arguments,
                    limits: Some(self.bounds.limits()),
                    reach: Some(self.bounds.reach()?),
                    entry: payload.entry,
                    ..self.function.settings()
                }),
            })
            .await?;
        progress::follow(events, self.place.json).await
    }
}

/// Seconds, also parts of them.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().map_err(|error| error.to_string())?;
    let time = std::time::Duration::try_from_secs_f64(seconds);
    let time = time.map_err(|error| error.to_string())?;
    Duration::try_from(time).map_err(|error| error.to_string())
}

/// The name that a file's has in it: what names may have, and nothing else.
pub(super) fn name_of(file: &Path) -> Result<String, String> {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy());
    let name: String = stem
        .unwrap_or_default()
        .to_lowercase()
        .chars()
        .map(|char| {
            if char.is_ascii_alphanumeric() {
                char
            } else {
                '-'
            }
        })
        .collect();
    match name.trim_matches('-') {
        "" => Err(format!(
            "{}: its name makes none for an app: give one with --name",
            file.display()
        )),
        name => Ok(name.to_owned()),
    }
}
