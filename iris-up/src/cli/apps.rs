//! `iris-up list`, and what is done with one app: `status`, `start`, `restart`, `kill`, `remove`.

use super::place::Place;
use super::{Outcome, progress, show};
use clap::Args;
use iris_up_client::messages::iris::up::v1::AppRequest;
use serde_json::json;
use std::io::{Write, stdout};

/// One app of a daemon's.
#[derive(Debug, Args)]
pub(super) struct One {
    /// The app's name.
    name: String,
    #[command(flatten)]
    place: Place,
}

impl One {
    fn request(&self) -> AppRequest {
        AppRequest {
            name: self.name.clone(),
        }
    }

    pub(super) async fn status(&self) -> Outcome {
        let app = self.place.remotes()?.apps().get(self.request()).await?;
        if self.place.json {
            return show::json(&app);
        }
        writeln!(stdout(), "{}", show::line(&app))?;
        writeln!(stdout(), "   version    {}", app.version)?;
        writeln!(stdout(), "   artifact   {}", app.artifact)?;
        writeln!(stdout(), "   processes  {}", app.processes)?;
        writeln!(stdout(), "   restarts   {}", app.restarts)?;
        for service in &app.services {
            writeln!(stdout(), "   serves     {service}")?;
        }
        if let Some(settings) = &app.settings
            && !settings.variables.is_empty()
        {
            writeln!(stdout(), "   variables  {}", settings.variables.join(", "))?;
        }
        show::layers(&app.layers)?;
        Ok(())
    }

    pub(super) async fn start(&self) -> Outcome {
        let app = self.place.remotes()?.apps().start(self.request()).await?;
        show::app(&app, self.place.json)
    }

    pub(super) async fn kill(&self) -> Outcome {
        let app = self.place.remotes()?.apps().kill(self.request()).await?;
        show::app(&app, self.place.json)
    }

    pub(super) async fn restart(&self) -> Outcome {
        let events = self.place.remotes()?.apps().restart(self.request()).await?;
        progress::follow(events, self.place.json).await
    }

    pub(super) async fn remove(&self) -> Outcome {
        self.place.remotes()?.apps().remove(self.request()).await?;
        let told = json!({ "name": self.name, "removed": true });
        show::done(told, self.place.json)
    }
}

/// All apps, a line each.
pub(super) async fn list(place: &Place) -> Outcome {
    let listed = place.remotes()?.apps().list().await?;
    if place.json {
        return show::json(&listed);
    }
    for app in listed.apps {
        writeln!(stdout(), "{}", show::line(&app))?;
    }
    Ok(())
}
