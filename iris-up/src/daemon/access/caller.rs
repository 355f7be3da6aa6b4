//! Who calls, and what they may do.

use super::tokens::Known;
use crate::error::UpError;
use crate::messages::iris::up::v1::{CallerResponse, Scope};
use crate::name::AppName;
use iris_core::Request;
use std::collections::BTreeSet;

/// Everything.
const ALL: [Scope; 4] = [Scope::Read, Scope::Invoke, Scope::Deploy, Scope::Administer];

/// Who somebody is.
#[derive(Debug)]
pub(super) enum Who {
    /// A user of this machine, who may do everything.
    Local(u32),
    /// Somebody who knows a password, and may do everything.
    User(String),
    /// Somebody with a token.
    Token(Known),
}

/// What somebody may do.
#[derive(Debug)]
pub(crate) struct Rights {
    /// Whose they are, for people.
    name: String,
    scopes: Vec<Scope>,
    /// Where they are not for all.
    apps: Option<BTreeSet<String>>,
}

/// Who calls: the context of all procedures.
#[derive(Debug)]
pub struct Caller {
    request: Request,
    rights: Rights,
}

impl Rights {
    pub(super) fn of(who: Who) -> Rights {
        let all = (ALL.to_vec(), None);
        let (name, (scopes, apps)) = match who {
            Who::Local(uid) => (format!("uid {uid} of this machine"), all),
            Who::User(name) => (format!("user {name}"), all),
            Who::Token(token) => (
                format!("token {} ({})", token.id, token.name),
                (token.scopes, (!token.apps.is_empty()).then_some(token.apps)),
            ),
        };
        Rights { name, scopes, apps }
    }

    /// # Errors
    ///
    /// Where it is none of what they may do.
    pub(crate) fn allow(&self, scope: Scope) -> Result<(), UpError> {
        match self.scopes.contains(&scope) {
            true => Ok(()),
            false => Err(UpError::NotAllowed(scope.as_str_name().to_owned())),
        }
    }

    /// The app of a request, where it is one of theirs. Whether it exists is not told to others.
    pub(crate) fn app(&self, name: impl Into<String>) -> Result<AppName, UpError> {
        let name = AppName::new(name)?;
        match self.sees(name.as_str()) {
            true => Ok(name),
            false => Err(UpError::OtherApp(name.to_string())),
        }
    }

    fn sees(&self, app: &str) -> bool {
        self.apps.as_ref().is_none_or(|apps| apps.contains(app))
    }
}

impl Caller {
    pub(super) fn new(request: Request, rights: Rights) -> Caller {
        Caller { request, rights }
    }

    /// The app of a request, where it is one of the caller's. Whether it exists is not told to others.
    pub(crate) fn app(&self, name: impl Into<String>) -> Result<AppName, UpError> {
        self.rights.app(name)
    }

    /// Whether it is one of the caller's.
    pub(crate) fn sees(&self, app: &str) -> bool {
        self.rights.sees(app)
    }

    /// Ready once the daemon begins to stop.
    pub(crate) fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        self.request.stopping()
    }

    /// As the caller may know it.
    pub(crate) fn describe(&self) -> CallerResponse {
        let Rights { name, scopes, apps } = &self.rights;
        CallerResponse {
            caller: name.clone(),
            scopes: scopes.iter().copied().map(Into::into).collect(),
            apps: apps.iter().flatten().cloned().collect(),
        }
    }
}

/// Lets those pass who may do this.
pub(crate) async fn may(caller: &Caller, scope: Scope) -> Result<bool, UpError> {
    caller.rights.allow(scope).map(|()| true)
}
