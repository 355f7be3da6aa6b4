//! TLS: certificates, who may connect with which, and replacing them while connections are open.

mod config;
mod identity;
mod live;
mod pem;
mod plain;
mod settings;

pub use identity::Identity;
pub(crate) use live::{Live, Secured};
pub use pem::Pem;
pub use settings::{Tls, TlsHandle};

use std::error::Error;
use std::fmt;

/// Why certificates cannot be used: which file it is, and what is wrong with it.
pub struct TlsError(String);

impl TlsError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        TlsError(message.into())
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for TlsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for TlsError {}
