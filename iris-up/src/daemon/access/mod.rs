//! Who may do what with the daemon. Apps themselves answer whoever asks them.
//!
//! | to read | |
//! |---|---|
//! | `caller` | who calls, and what they may do: the context of all procedures |
//! | `origin` | where a call comes from, and whether that is this machine |
//! | `local` | which user of this machine is at the other end of a connection |
//! | `proxies` | which proxies are believed |
//! | `users`, `password` | people, and their passwords |
//! | `tokens` | programs, and what they show |
//! | `attempts` | how often somebody may be wrong |

mod attempts;
mod authorization;
mod caller;
pub(crate) mod local;
mod origin;
mod password;
mod proxies;
mod tokens;
mod users;

pub use caller::Caller;
pub(crate) use caller::{Rights, may};
pub(crate) use password::Hashed;
pub(crate) use tokens::{NewToken, Tokens};
pub(crate) use users::Users;

use super::Failure;
use super::store::Store;
use crate::error::UpError;
use attempts::Attempts;
use authorization::Authorization;
use caller::Who;
use http::header::AUTHORIZATION;
use http::request::Parts;
use iris_core::{Peer, Request};
use origin::Origin;
use proxies::Proxies;
use std::net::SocketAddr;

/// What a request begins its `authorization` with that Amazon's libraries sign ("Signature Version 4").
const AMAZONS: &str = "AWS4-";

/// What a daemon asks of its callers.
#[derive(Debug, Clone, Default)]
pub struct AccessSettings {
    /// Also callers on this machine sign in, but for those at the Unix socket.
    pub require_password: bool,
    /// Where the daemon listens: callers there over the loopback interface are known by their users. Without it all sign in who
    /// are not at the Unix socket. Who they are is found fastest where it is one address, and not all that this machine has.
    pub address: Option<SocketAddr>,
    /// Proxies whose `x-forwarded-for` is believed.
    pub proxies: Vec<ipnet::IpNet>,
    /// `x-forwarded-for` is neither believed nor told to apps.
    pub no_x_forwarded_for: bool,
    /// Its ports speak TLS, which apps are told.
    pub tls: bool,
}

/// Knows all who may call.
#[derive(Debug)]
pub(crate) struct Access {
    /// Where callers over the loopback interface are known by their users.
    address: Option<SocketAddr>,
    proxies: Proxies,
    users: Users,
    tokens: Tokens,
    attempts: Attempts,
}

impl Access {
    /// Callers over the loopback interface are known by their users at this address, if at any.
    pub(crate) async fn open(
        store: &Store,
        settings: AccessSettings,
        address: Option<SocketAddr>,
    ) -> Result<Access, Failure> {
        Ok(Access {
            address,
            proxies: Proxies::new(settings.proxies, settings.no_x_forwarded_for, settings.tls),
            users: Users::open(store.clone()).await?,
            tokens: Tokens::open(store.clone()).await?,
            attempts: Attempts::default(),
        })
    }

    pub(crate) fn users(&self) -> &Users {
        &self.users
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(crate) fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    /// Who calls. Runs before each procedure.
    ///
    /// # Errors
    ///
    /// Where nobody is known to call: what they show is wrong, or they show nothing and are not of this machine.
    pub(crate) async fn identify(&self, request: Request) -> Result<Caller, UpError> {
        let headers = request.metadata().headers();
        let authority = request.uri().authority();
        let origin = Origin::of(request.peer(), headers, authority, &self.proxies);
        let shown = request.metadata().get("authorization");
        let who = self.who(origin, shown.map(str::to_owned)).await?;
        Ok(Caller::new(request, Rights::of(who)))
    }

    /// What whoever sends a request may do that is none of the remotes'. What Amazon's libraries show is not looked at:
    /// it is made of secrets that the daemon does not keep.
    pub(crate) async fn rights(&self, head: &Parts) -> Result<Rights, UpError> {
        let headers = &head.headers;
        let peer = head.extensions.get::<Peer>();
        let origin = Origin::of(peer, headers, head.uri.authority(), &self.proxies);
        let shown = headers
            .get(AUTHORIZATION)
            .and_then(|shown| shown.to_str().ok());
        let shown = shown.filter(|shown| !shown.starts_with(AMAZONS));
        let who = self.who(origin, shown.map(str::to_owned)).await?;
        Ok(Rights::of(who))
    }

    async fn who(&self, origin: Origin, shown: Option<String>) -> Result<Who, UpError> {
        let Some(shown) = shown else {
            return match origin.user(self.address) {
                Some(uid) => Ok(Who::Local(uid)),
                None => Err(UpError::NotSignedIn),
            };
        };
        let attempt = self.attempts.begin(origin.address())?;
        let who = match Authorization::parse(&shown) {
            Some(Authorization::Basic { user, password }) => {
                let known = self.users.verify(&user, &password).await?;
                known.then_some(Who::User(user))
            }
            Some(Authorization::Bearer(secret)) => self.tokens.verify(&secret).map(Who::Token),
            None => None,
        };
        let who = who.ok_or(UpError::WrongCredentials)?;
        attempt.succeeded();
        Ok(who)
    }
}
