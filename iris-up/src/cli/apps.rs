//! `iris-up list`, and what is done with one app: `status`, `start`, `restart`, `kill`, `remove`.

use super::place::Place;
use super::{Outcome, show};
use clap::Args;
use iris_up_client::messages::iris::up::v1::AppRequest;

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
        println!("{}", show::line(&app));
        println!("   version    {}", app.version);
        println!("   artifact   {}", app.artifact);
        println!("   processes  {}", app.processes);
        println!("   restarts   {}", app.restarts);
        if let Some(settings) = &app.settings
            && !settings.variables.is_empty()
        {
            println!("   variables  {}", settings.variables.join(", "));
        }
        show::layers(&app.layers);
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
        self.place.remotes()?.apps().kill(self.request()).await?;
        self.start().await
    }

    pub(super) async fn remove(&self) -> Outcome {
        self.place.remotes()?.apps().remove(self.request()).await?;
        Ok(())
    }
}

/// All apps, a line each.
pub(super) async fn list(place: &Place) -> Outcome {
    let listed = place.remotes()?.apps().list().await?;
    if place.json {
        return show::json(&listed);
    }
    for app in listed.apps {
        println!("{}", show::line(&app));
    }
    Ok(())
}
