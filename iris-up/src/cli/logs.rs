//! `iris-up logs`: what an app has printed, and prints.

use super::place::Place;
use super::{Outcome, show};
use clap::Args;
use iris_up_client::messages::iris::up::v1::LogsRequest;
use std::io::{Write, stdout};

/// Shows what an app has printed, and prints.
#[derive(Debug, Args)]
pub(super) struct Logs {
    /// The app's name.
    name: String,
    /// Goes on with what comes.
    #[arg(long, short)]
    follow: bool,
    /// How many lines of those that there are.
    #[arg(long, short = 'n', default_value_t = 100)]
    lines: u32,
    #[command(flatten)]
    place: Place,
}

impl Logs {
    pub(super) async fn run(self) -> Outcome {
        let request = LogsRequest {
            name: self.name,
            lines: self.lines,
            follow: self.follow,
        };
        let mut lines = self.place.remotes()?.apps().logs(request).await?;
        while let Some(line) = lines.message().await? {
            if self.place.json {
                show::json(&line)?;
                continue;
            }
            let time = line.time.unwrap_or_default();
            match line.request_id.as_str() {
                "" => writeln!(stdout(), "{time} {} {}", line.stream, line.text)?,
                id => writeln!(stdout(), "{time} {} {id} {}", line.stream, line.text)?,
            }
        }
        Ok(())
    }
}
