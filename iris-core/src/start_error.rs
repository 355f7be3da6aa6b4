//! Why an application did not start.

use std::error::Error;
use std::fmt;

/// Why an application did not start.
///
/// Shown with `{:?}` it reads as it does with `{}`: that is how a `main` that returns it ends.
#[non_exhaustive]
pub enum StartError {
    /// Remotes and services contradict each other, or the contract.
    Problems(Problems),
    /// There is no server to start.
    NoServer,
    /// A server cannot listen where it should.
    Listen {
        /// As it was given.
        address: String,
        /// Why not.
        cause: std::io::Error,
    },
    /// Settings contradict themselves, or leave nothing to serve with.
    Setting(String),
    /// A server's certificates cannot be used.
    #[cfg(feature = "tls")]
    Tls(crate::TlsError),
}

/// Everything that is wrong with an application.
pub struct Problems(pub(crate) Vec<Problem>);

#[derive(Debug)]
pub(crate) enum Problem {
    Remote {
        name: &'static str,
        first: &'static str,
        second: &'static str,
    },
    Service {
        name: String,
        first: &'static str,
        second: &'static str,
    },
    Fallbacks {
        first: &'static str,
        second: &'static str,
    },
    ServiceName {
        name: String,
    },
    NotInContract {
        path: String,
        remote: &'static str,
    },
    NotServed {
        path: String,
        remote: &'static str,
    },
    OtherMessage {
        path: String,
        remote: &'static str,
        direction: &'static str,
        contract: String,
        served: String,
    },
    OtherKind {
        path: String,
        remote: &'static str,
    },
    Descriptors(String),
    OpenApi(String),
    Application(String),
}

impl Problem {
    pub(crate) fn is_of(&self, service: &str) -> bool {
        matches!(self, Problem::Service { name, .. } if name == service)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Remote {
                name,
                first,
                second,
            } if first == second => {
                write!(formatter, "the remote {name} ({first}) is added twice")
            }
            Problem::Remote {
                name,
                first,
                second,
            } => write!(
                formatter,
                "two remotes are called {name}: {first} and {second}; give one of them another package or name"
            ),
            Problem::NotInContract { path, remote } => write!(
                formatter,
                "{path} ({remote}) is served and is not in the contract: let build.rs read the file it is in, or add that crate's `messages::CONTRACT` too"
            ),
            Problem::NotServed { path, remote } => write!(
                formatter,
                "{path} is in the contract, and {remote}, which is added under that name, has no such procedure: \
                 add the remote in whose file build.rs found it, or build once more"
            ),
            Problem::OtherMessage {
                path,
                remote,
                direction,
                contract,
                served,
            } => write!(
                formatter,
                "{path} ({remote}): callers are told that its {direction} is {contract}, the server has {served}; \
                 import the message by its own name in the remote's file, so that build.rs finds the one that is meant"
            ),
            Problem::OtherKind { path, remote } => write!(
                formatter,
                "{path} ({remote}): callers are told of other streams than the server has; build once more"
            ),
            Problem::Descriptors(why) => write!(formatter, "these are no descriptors: {why}"),
            Problem::OpenApi(why) => write!(formatter, "this is no OpenAPI document: {why}"),
            // It says itself what is wrong with whom.
            Problem::Application(why) => formatter.write_str(why),
            Problem::ServiceName { name } => write!(
                formatter,
                "`{name}` is no service's name; write the first part of its paths, such as `grpc.health.v1.Health`"
            ),
            Problem::Service {
                name,
                first,
                second,
            } => write!(
                formatter,
                "{first} and {second} both want to answer below /{name}/; give one of them another name"
            ),
            Problem::Fallbacks { first, second } => write!(
                formatter,
                "an application has one fallback, and {first} and {second} both want to be it"
            ),
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(formatter, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Debug for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Problems(problems) => problems.fmt(formatter),
            StartError::NoServer => {
                formatter.write_str("there is no server to start; add one with `add_server(HttpServer::bind(\"127.0.0.1:8088\"))`")
            }
            StartError::Listen { address, cause } => write!(formatter, "cannot listen at {address}: {cause}"),
            StartError::Setting(why) => formatter.write_str(why),
            #[cfg(feature = "tls")]
            StartError::Tls(error) => error.fmt(formatter),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            StartError::Listen { cause, .. } => Some(cause),
            _ => None,
        }
    }
}
