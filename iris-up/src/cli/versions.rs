//! `iris-up versions` and `iris-up rollback`.

use super::place::Place;
use super::{Outcome, progress, show};
use clap::Args;
use iris_up_client::messages::iris::up::v1::{AppRequest, RollbackRequest, TrafficRequest};
use std::io::{Write, stdout};

/// Lists the versions of an app, the latest first.
#[derive(Debug, Args)]
pub(super) struct Versions {
    /// The app's name.
    name: String,
    #[command(flatten)]
    place: Place,
}

impl Versions {
    pub(super) async fn run(self) -> Outcome {
        let request = AppRequest { name: self.name };
        let listed = self.place.remotes()?.apps().versions(request).await?;
        if self.place.json {
            return show::json(&listed);
        }
        for version in listed.versions {
            let mark = if version.current { '•' } else { ' ' };
            let pushed = version.pushed.unwrap_or_default();
            writeln!(
                stdout(),
                " {mark} {} - {pushed} - {}",
                version.version,
                version.artifact
            )?;
        }
        Ok(())
    }
}

/// Goes back to a version of an app.
#[derive(Debug, Args)]
pub(super) struct Rollback {
    /// The app's name.
    name: String,
    /// The version; the one before the current one unless told.
    version: Option<u64>,
    #[command(flatten)]
    place: Place,
}

impl Rollback {
    pub(super) async fn run(self) -> Outcome {
        let request = RollbackRequest {
            name: self.name,
            version: self.version.unwrap_or_default(),
        };
        let events = self.place.remotes()?.apps().rollback(request).await?;
        progress::follow(events, self.place.json).await
    }
}

/// Gives the version that is tried, since it was pushed with --traffic, another share of what comes.
#[derive(Debug, Args)]
pub(super) struct Traffic {
    /// The app's name.
    name: String,
    /// In percent: 100% makes it the one that runs, 0% ends the trial.
    #[arg(value_parser = percent)]
    percent: u32,
    #[command(flatten)]
    place: Place,
}

impl Traffic {
    pub(super) async fn run(self) -> Outcome {
        let request = TrafficRequest {
            name: self.name,
            percent: self.percent,
        };
        let events = self.place.remotes()?.apps().traffic(request).await?;
        progress::follow(events, self.place.json).await
    }
}

/// `10` or `10%`.
pub(super) fn percent(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse().ok();
    let percent = number.filter(|percent| *percent <= 100);
    percent.ok_or_else(|| "write a number from 0 to 100".to_owned())
}
