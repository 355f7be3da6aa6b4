//! `iris-up password` and `iris-up users`: people who may do everything.

use super::place::Place;
use super::{Outcome, prompt, show};
use clap::Args;
use iris_up_client::messages::iris::up::v1::{
    SetPasswordRequest, UserRequest, set_password_request::Secret,
};
use serde_json::json;
use std::io::{self, IsTerminal, Write, stdout};

/// Gives a user a password, and makes the user where there is none.
#[derive(Debug, Args)]
pub(super) struct Password {
    /// The user's name.
    user: String,
    /// Asks for a hash of it instead, as another program made it: bcrypt or argon2.
    #[arg(long)]
    hash: bool,
    /// Forgets the user.
    #[arg(long, conflicts_with = "hash")]
    remove: bool,
    #[command(flatten)]
    place: Place,
}

impl Password {
    pub(super) async fn run(self) -> Outcome {
        let access = self.place.remotes()?;
        let access = access.access();
        if self.remove {
            let name = self.user.clone();
            access.remove_user(UserRequest { name }).await?;
            return self.done();
        }
        let secret = match self.hash {
            true => Secret::Hash(prompt::line("Hash: ")?),
            false => Secret::Password(asked()?),
        };
        let request = SetPasswordRequest {
            name: self.user.clone(),
            secret: Some(secret),
        };
        access.set_password(request).await?;
        self.done()
    }

    fn done(&self) -> Outcome {
        let told = json!({ "name": self.user, "removed": self.remove });
        show::done(told, self.place.json)
    }
}

/// A password, typed twice where somebody types.
fn asked() -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let password = prompt::secret("New password: ")?;
    if io::stdin().is_terminal() && prompt::secret("Once more: ")? != password {
        return Err("that was not the same: nothing is changed".into());
    }
    Ok(password)
}

/// All users, a line each.
pub(super) async fn users(place: &Place) -> Outcome {
    let listed = place.remotes()?.access().users().await?;
    if place.json {
        return show::json(&listed);
    }
    for user in listed.users {
        writeln!(
            stdout(),
            " • {} - {}",
            user.name,
            user.changed.unwrap_or_default()
        )?;
    }
    Ok(())
}
