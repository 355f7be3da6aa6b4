//! `iris-up doctor`: what keeps apps where they belong.

use super::place::Place;
use super::{Outcome, show};
use crate::daemon::containment::examine;
use clap::Args;
use iris_up_client::ErrorCode;
use iris_up_client::messages::iris::up::v1::{CheckResponse, Layer};
use std::io::{Write, stdout};

/// Says what keeps apps where they belong on this host, and what is missing: as the daemon has it, or as one of this user
/// would where none answers.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    place: Place,
}

impl Doctor {
    pub(super) async fn run(self) -> Outcome {
        let asked = self.place.remotes()?.sandbox().check().await;
        let why = match asked {
            Ok(checked) if self.place.json => return show::json(&checked),
            Ok(checked) => {
                writeln!(stdout(), "The daemon holds its apps by")?;
                return show::layers(&checked.layers);
            }
            Err(error) => error,
        };
        // One that answers something else is no absent one.
        if why.code != ErrorCode::IrisCommunicationError {
            return Err(why.into());
        }
        let layers = examine().await?.into_iter().map(|layer| Layer {
            name: layer.name,
            state: layer.state,
            detail: layer.detail,
            advice: layer.advice,
        });
        let checked = CheckResponse {
            layers: layers.collect(),
        };
        if self.place.json {
            return show::json(&checked);
        }
        let what = "No daemon answers. One that this user starts here holds its apps by";
        writeln!(stdout(), "{what}")?;
        show::layers(&checked.layers)
    }
}
