//! `iris-up demo`: a daemon with two apps, to see what it is like.
//!
//! Both are this program itself, called with an argument: what is pushed is an executable like any other.

mod greet;
mod hello;

use super::Outcome;
use super::serve::Signals;
use super::temporary::{Temporary, Wanted};
use super::upload::upload;
use clap::{Args, ValueEnum};
use iris_up_client::Remotes;
use iris_up_client::iris_client::Client;
use iris_up_client::messages::iris::up::v1::{Kind, PushRequest, Settings};

/// Runs a daemon with two apps, in a folder that is gone with it.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The port to listen at; 0 for one that is free.
    #[arg(long, default_value_t = 2374)]
    port: u16,
    /// Is one of the two apps.
    #[arg(long, hide = true)]
    be: Option<App>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum App {
    Hello,
    Greet,
}

impl Demo {
    pub(super) async fn run(self) -> Outcome {
        match self.be {
            Some(App::Hello) => hello::run().await,
            Some(App::Greet) => greet::run().await,
            None => self.show().await,
        }
    }

    async fn show(&self) -> Outcome {
        let mut told = Signals::new()?;
        let wanted = Wanted {
            port: self.port,
            ..Wanted::default()
        };
        let daemon = Temporary::start("demo", wanted).await?;
        let url = daemon.url();
        tokio::select! {
            pushed = push(&url) => {
                pushed?;
                println!("{}", what_to_try(&url));
                told.stopped().await;
            }
            () = told.stopped() => {}
        }
        daemon.stop(&mut told).await
    }
}

fn what_to_try(url: &str) -> String {
    format!(
        "iris-up listens at {url}, with two apps. In another terminal:

  curl {url}/hello/
  curl '{url}/greet/?name=Ada'
  iris-up list --url {url}
  iris-up logs hello --url {url}

Ctrl-C ends it, and nothing is left behind."
    )
}

/// Pushes both, as `iris-up push` would.
async fn push(url: &str) -> Outcome {
    let remotes = Remotes::new(Client::builder(url).build()?);
    let program = std::env::current_exe()?;
    for (name, kind) in [("hello", Kind::Daemon), ("greet", Kind::Lambda)] {
        let artifact = upload(&remotes, &program, true).await?;
        let arguments = ["demo", "--be", name].map(str::to_owned).to_vec();
        let mut events = remotes
            .apps()
            .push(PushRequest {
                name: name.to_owned(),
                traffic: 0,
                kind: kind.into(),
                artifact,
                settings: Some(Settings {
                    restart: true,
                    arguments,
                    ..Settings::default()
                }),
                ..PushRequest::default()
            })
            .await?;
        while events.message().await?.is_some() {}
    }
    Ok(())
}
