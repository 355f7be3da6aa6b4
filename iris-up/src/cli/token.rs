//! `iris-up token`: what programs show.

use super::place::Place;
use super::{Outcome, show};
use clap::{Args, Subcommand, ValueEnum};
use iris_up_client::messages::iris::up::v1::{CreateTokenRequest, Scope, Token, TokenRequest};
use prost_types::Duration;
use serde_json::json;
use std::io::{Write, stdout};

/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// Makes tokens for programs, lists them and takes them back.
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Makes a token, and prints its secret, which is told this once.
    Create(Create),
    /// Lists the tokens, without their secrets.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// A token is good no longer.
    Remove {
        /// Its id, as the list has it.
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

/// What is to be made.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// What it is for.
    name: String,
    /// What it is good for. May be given several times.
    #[arg(long, required = true, value_enum)]
    scope: Vec<Word>,
    /// The apps that it is for. All of them unless told.
    #[arg(long)]
    app: Vec<String>,
    /// How many days it is good for. For good unless told.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
    #[command(flatten)]
    place: Place,
}

/// A scope, as it is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    /// See apps, their versions and what they print.
    Read,
    /// Give functions events.
    Invoke,
    /// Upload, push, roll back, start, kill and remove.
    Deploy,
    /// Set passwords and make tokens.
    Administer,
}

impl From<Word> for Scope {
    fn from(word: Word) -> Scope {
        match word {
            Word::Read => Scope::Read,
            Word::Invoke => Scope::Invoke,
            Word::Deploy => Scope::Deploy,
            Word::Administer => Scope::Administer,
        }
    }
}

/// A scope for people.
pub(super) fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Invoke => "invoke",
        Scope::Deploy => "deploy",
        Scope::Administer => "administer",
        // Of a later daemon.
        Scope::Unspecified => "something else",
    }
}

impl TokenCommand {
    pub(super) async fn run(self) -> Outcome {
        match self {
            TokenCommand::Create(create) => create.run().await,
            TokenCommand::List { place } => list(&place).await,
            TokenCommand::Remove { id, place } => {
                let told = json!({ "id": id, "removed": true });
                let access = place.remotes()?;
                access.access().remove_token(TokenRequest { id }).await?;
                show::done(told, place.json)
            }
        }
    }
}

impl Create {
    async fn run(self) -> Outcome {
        let scopes = self.scope.into_iter().map(Scope::from);
        let request = CreateTokenRequest {
            name: self.name,
            scopes: scopes.map(Into::into).collect(),
            apps: self.app,
            lifetime: self.days.map(|days| Duration {
                seconds: i64::from(days) * DAY,
                nanos: 0,
            }),
        };
        let created = self.place.remotes()?.access().create_token(request).await?;
        match self.place.json {
            true => show::json(&created),
            false => {
                writeln!(stdout(), "{}", created.secret)?;
                Ok(())
            }
        }
    }
}

async fn list(place: &Place) -> Outcome {
    let listed = place.remotes()?.access().tokens().await?;
    if place.json {
        return show::json(&listed);
    }
    for token in &listed.tokens {
        writeln!(stdout(), "{}", line(token))?;
    }
    Ok(())
}

/// ` • 0f3a.. - deploys - deploy, read - hello - until 2027-..`
fn line(token: &Token) -> String {
    let scopes: Vec<&str> = token.scopes().map(word).collect();
    let apps = match token.apps.is_empty() {
        true => "all apps".to_owned(),
        false => token.apps.join(", "),
    };
    let until = match &token.expires {
        Some(expires) => format!(" - until {expires}"),
        None => String::new(),
    };
    format!(
        " • {} - {} - {} - {apps}{until}",
        token.id,
        token.name,
        scopes.join(", ")
    )
}
