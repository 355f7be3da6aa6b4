//! `iris-up events`: what waits for a lambda, what it has, and what is dead.

use super::place::Place;
use super::{Outcome, show};
use clap::{Args, Subcommand};
use iris_up_client::messages::iris::up::v1::{
    EventRequest, EventState, EventsRequest, QueuedEvent,
};
use serde_json::json;
use std::io::{Write, stdout};

/// Lists the events that wait for a lambda, that it has or that are dead, replays and discards them.
#[derive(Debug, Subcommand)]
pub(super) enum EventsCommand {
    /// Lists those of a lambda, the first due first.
    List {
        /// The lambda's name.
        name: String,
        /// Only those that are dead.
        #[arg(long)]
        dead: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Gives a lambda a dead event anew.
    Replay(One),
    /// Forgets an event.
    Discard(One),
}

/// One event.
#[derive(Debug, Args)]
pub(super) struct One {
    /// The lambda's name.
    name: String,
    /// The event's id, as the list has it.
    id: String,
    #[command(flatten)]
    place: Place,
}

impl One {
    fn request(&self) -> EventRequest {
        EventRequest {
            name: self.name.clone(),
            request_id: self.id.clone(),
        }
    }

    fn done(&self, what: &str) -> Outcome {
        let told = json!({ "name": self.name, "requestId": self.id, what: true });
        show::done(told, self.place.json)
    }
}

impl EventsCommand {
    pub(super) async fn run(self) -> Outcome {
        match self {
            EventsCommand::List { name, dead, place } => list(name, dead, &place).await,
            EventsCommand::Replay(one) => {
                let remotes = one.place.remotes()?;
                remotes.functions().replay(one.request()).await?;
                one.done("replayed")
            }
            EventsCommand::Discard(one) => {
                let remotes = one.place.remotes()?;
                remotes.functions().discard(one.request()).await?;
                one.done("discarded")
            }
        }
    }
}

async fn list(name: String, dead: bool, place: &Place) -> Outcome {
    let remotes = place.remotes()?;
    let listed = remotes
        .functions()
        .events(EventsRequest { name, dead })
        .await?;
    if place.json {
        return show::json(&listed);
    }
    for event in &listed.events {
        writeln!(stdout(), "{}", line(event))?;
    }
    let shown = listed.events.len() as u64;
    if listed.total > shown {
        writeln!(stdout(), "   and {} more", listed.total - shown)?;
    }
    Ok(())
}

/// ` • ID - waiting - due 2026-.. - failed 2 times: NoLuck: no luck`
fn line(event: &QueuedEvent) -> String {
    let when = match event.state() {
        EventState::Running => "running".to_owned(),
        EventState::Dead => "dead".to_owned(),
        _ => format!("waiting - due {}", event.due.unwrap_or_default()),
    };
    let why = match &event.error {
        Some(error) => {
            let times = event.attempts;
            format!(
                " - failed {times} times: {}: {}",
                error.r#type, error.message
            )
        }
        None => String::new(),
    };
    format!(" • {} - {when}{why}", event.request_id)
}
