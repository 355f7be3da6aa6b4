//! Which daemon a command is for.

use clap::Args;
use iris_up_client::Remotes;
use iris_up_client::iris_client::Client;
use iris_up_client::iris_client::IrisError;

/// The most bytes of a message that a daemon answers.
const LARGEST: usize = 8 * 1024 * 1024;

/// Where the daemon is, and how its answers are shown.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The daemon's URL.
    #[arg(long, env = "IRIS_UP_URL", default_value = "http://127.0.0.1:2374")]
    url: String,
    /// Prints JSON, for programs.
    #[arg(long)]
    pub(super) json: bool,
}

impl Place {
    pub(super) fn remotes(&self) -> Result<Remotes, IrisError> {
        Ok(Remotes::new(
            Client::builder(&self.url)
                .max_message_size(LARGEST)
                .build()?,
        ))
    }
}
