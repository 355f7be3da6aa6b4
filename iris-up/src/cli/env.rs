//! `iris-up env`: the variables in an app's environment.

use super::bounds::variables;
use super::place::Place;
use super::{Outcome, progress};
use clap::Args;
use iris_up_client::messages::iris::up::v1::{AppRequest, EnvironmentRequest};
use std::io::{Write, stdout};
use std::path::PathBuf;

/// Lists the names of the variables that an app has, sets them, and takes them away. Their values are not told.
#[derive(Debug, Args)]
pub(super) struct Env {
    /// The app's name.
    name: String,
    /// What is set: in a new version, to which the app goes over as it does with a push. NAME alone takes the value that it has
    /// here, which others of this machine do not see then.
    #[arg(value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// A file with such variables, a line each.
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// A variable to take away. May be given several times.
    #[arg(long, value_name = "NAME")]
    unset: Vec<String>,
    #[command(flatten)]
    place: Place,
}

impl Env {
    pub(super) async fn run(self) -> Outcome {
        let remotes = self.place.remotes()?;
        let set = variables(&self.env_file, &self.set)?;
        if set.is_empty() && self.unset.is_empty() {
            let app = remotes.apps().get(AppRequest { name: self.name }).await?;
            let names = app.settings.unwrap_or_default().variables;
            if self.place.json {
                let names = serde_json::Value::from(names);
                writeln!(stdout(), "{names}")?;
                return Ok(());
            }
            for name in names {
                writeln!(stdout(), "{name}")?;
            }
            return Ok(());
        }
        let request = EnvironmentRequest {
            name: self.name,
            set,
            unset: self.unset,
        };
        let events = remotes.apps().set_environment(request).await?;
        progress::follow(events, self.place.json).await
    }
}
