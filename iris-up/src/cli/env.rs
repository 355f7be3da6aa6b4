//! `iris-up env`: the variables in an app's environment.

use super::place::Place;
use super::{Outcome, progress};
use clap::Args;
use iris_up_client::messages::iris::up::v1::{AppRequest, EnvironmentRequest};
use std::io::{Write, stdout};

/// Lists the names of the variables that an app has, sets them, and takes them away. Their values are not told.
#[derive(Debug, Args)]
pub(super) struct Env {
    /// The app's name.
    name: String,
    /// What is set: in a new version, to which the app goes over as it does with a push.
    #[arg(value_name = "NAME=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// A variable to take away. May be given several times.
    #[arg(long, value_name = "NAME")]
    unset: Vec<String>,
    #[command(flatten)]
    place: Place,
}

impl Env {
    pub(super) async fn run(self) -> Outcome {
        let remotes = self.place.remotes()?;
        if self.set.is_empty() && self.unset.is_empty() {
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
            set: self.set.into_iter().collect(),
            unset: self.unset,
        };
        let events = remotes.apps().set_environment(request).await?;
        progress::follow(events, self.place.json).await
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = pair.ok_or_else(|| "write NAME=VALUE".to_owned())?;
    Ok((name.to_owned(), value.to_owned()))
}
