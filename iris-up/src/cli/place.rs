//! Which daemon a command is for, and who calls it.

use super::Outcome;
use super::prompt;
use crate::daemon;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use iris_up_client::Remotes;
use iris_up_client::iris_client::{Client, ClientBuilder};
use std::error::Error;
use std::fs;
use std::io::{Write, stdout};
use std::net::IpAddr;
use std::path::PathBuf;

/// The most bytes of a message that a daemon answers.
const LARGEST: usize = 8 * 1024 * 1024;

/// What a URL begins with that is the path of a Unix socket.
const UNIX: &str = "unix:";

/// Where the daemon is, who calls it, and how its answers are shown.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The daemon's URL; `unix:PATH` where that is its Unix socket.
    #[arg(long, env = "IRIS_UP_URL", default_value = "http://127.0.0.1:2374")]
    url: String,
    /// The daemon of this machine with this folder, by its Unix socket.
    #[arg(long, value_name = "FOLDER", conflicts_with = "url")]
    data: Option<PathBuf>,
    /// Asks for a name and a password.
    #[arg(long, short = 'B')]
    basic_auth: bool,
    /// A file with a token in it. The variable IRIS_UP_TOKEN is as good.
    #[arg(long, value_name = "FILE", conflicts_with = "basic_auth")]
    token_file: Option<PathBuf>,
    /// The authority that the daemon's certificate is from, in PEM, where it is one of your own.
    #[arg(long, value_name = "FILE")]
    tls_authority: Option<PathBuf>,
    /// Prints JSON, for programs.
    #[arg(long)]
    pub(super) json: bool,
}

impl Place {
    pub(super) fn remotes(&self) -> Result<Remotes, Box<dyn Error + Send + Sync>> {
        let mut builder = self.daemon();
        if let Some(file) = &self.tls_authority {
            let pem = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
            builder = builder.root_certificate(pem);
        }
        if let Some(authorization) = self.authorization()? {
            self.warn_in_the_clear();
            builder = builder.metadata("authorization", &authorization);
        }
        Ok(Remotes::new(builder.max_message_size(LARGEST).build()?))
    }

    /// Where the daemon answers HTTP, where that is known.
    pub(super) fn web_url(&self) -> Option<&str> {
        let known = self.data.is_none() && !self.url.starts_with(UNIX);
        known.then_some(self.url.as_str())
    }

    fn daemon(&self) -> ClientBuilder {
        let socket = match &self.data {
            Some(folder) => Some(daemon::socket_in(folder)),
            None => self.url.strip_prefix(UNIX).map(PathBuf::from),
        };
        match socket {
            Some(socket) => Client::builder("http://localhost").unix_socket(socket),
            None => Client::builder(&self.url),
        }
    }

    /// What the caller shows.
    fn authorization(&self) -> Result<Option<String>, Box<dyn Error + Send + Sync>> {
        if self.basic_auth {
            let user = prompt::line("Name: ")?;
            let password = prompt::secret("Password: ")?;
            let shown = STANDARD.encode(format!("{user}:{password}"));
            return Ok(Some(format!("Basic {shown}")));
        }
        let token = match &self.token_file {
            Some(file) => {
                let token = fs::read_to_string(file);
                Some(token.map_err(|error| format!("{}: {error}", file.display()))?)
            }
            None => std::env::var("IRIS_UP_TOKEN").ok(),
        };
        let token = token.map(|token| token.trim().to_owned());
        let token = token.filter(|token| !token.is_empty());
        Ok(token.map(|token| format!("Bearer {token}")))
    }

    fn warn_in_the_clear(&self) {
        let Some(rest) = self.url.strip_prefix("http://") else {
            return;
        };
        let authority = rest.split('/').next().unwrap_or_default();
        let host = match authority.rsplit_once(':') {
            Some((host, _)) => host.trim_matches(['[', ']']),
            None => authority,
        };
        let here =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback());
        if self.data.is_none() && !here {
            eprintln!(
                "iris-up: {} is not encrypted: whoever is between can read what you show",
                self.url
            );
        }
    }
}

/// Prints what a daemon says of who calls.
pub(super) async fn who(place: &Place) -> Outcome {
    let who = place.remotes()?.access().who().await?;
    if place.json {
        return super::show::json(&who);
    }
    writeln!(stdout(), "{}", who.caller)?;
    let scopes: Vec<&str> = who.scopes().map(super::token::word).collect();
    writeln!(stdout(), "   may        {}", scopes.join(", "))?;
    if !who.apps.is_empty() {
        writeln!(stdout(), "   with       {}", who.apps.join(", "))?;
    }
    Ok(())
}
