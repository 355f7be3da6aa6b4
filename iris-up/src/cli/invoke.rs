//! `iris-up invoke`: an event for a lambda.

use super::place::Place;
use super::{Outcome, show};
use clap::Args;
use iris_up_client::messages::iris::up::v1::{EnqueueRequest, InvokeRequest, invoke_response};
use prost_types::Duration;
use std::io::{Write, stdout};
use tokio::io::AsyncReadExt;

/// Gives a lambda an event, and prints what it answers.
#[derive(Debug, Args)]
pub(super) struct Invoke {
    /// The lambda's name.
    name: String,
    /// The event, in JSON; `-` reads it from the standard input.
    #[arg(default_value = "{}")]
    event: String,
    /// Does not wait for the answer: the event is kept until the lambda has answered. Prints its id.
    #[arg(long = "async")]
    enqueue: bool,
    /// How many seconds it waits before.
    #[arg(long, value_name = "SECONDS", requires = "enqueue")]
    delay: Option<u32>,
    #[command(flatten)]
    place: Place,
}

impl Invoke {
    pub(super) async fn run(self) -> Outcome {
        let event = match self.event.as_str() {
            "-" => {
                let mut event = Vec::new();
                tokio::io::stdin().read_to_end(&mut event).await?;
                event
            }
            event => event.as_bytes().to_vec(),
        };
        if self.enqueue {
            let request = EnqueueRequest {
                name: self.name,
                event: event.into(),
                delay: self.delay.map(|seconds| Duration {
                    seconds: seconds.into(),
                    nanos: 0,
                }),
            };
            let response = self.place.remotes()?.functions().enqueue(request).await?;
            if self.place.json {
                return show::json(&response);
            }
            writeln!(stdout(), "{}", response.request_id)?;
            return Ok(());
        }
        let request = InvokeRequest {
            name: self.name,
            event: event.into(),
        };
        let response = self.place.remotes()?.functions().invoke(request).await?;
        if self.place.json {
            show::json(&response)?;
        }
        match response.outcome {
            Some(invoke_response::Outcome::Answer(_)) if self.place.json => Ok(()),
            Some(invoke_response::Outcome::Answer(answer)) => {
                let mut out = stdout();
                out.write_all(&answer)?;
                out.write_all(b"\n")?;
                Ok(())
            }
            Some(invoke_response::Outcome::Error(error)) => {
                Err(format!("the function failed: {}: {}", error.r#type, error.message).into())
            }
            None => Err("the daemon did not say what came of it".into()),
        }
    }
}
