//! Where the Runtime API is.

use super::outgoing::Outgoing;
use crate::error::{Kind, RunError};
use http::header::{HOST, USER_AGENT};
use http::{HeaderValue, Request, Uri};

/// The variable that says it.
const VARIABLE: &str = "AWS_LAMBDA_RUNTIME_API";

/// Its address.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Address {
    /// `host:port`.
    pub(super) authority: String,
    host: HeaderValue,
    /// What paths begin with. AWS has nothing there; cargo-lambda has the function's name.
    prefix: String,
}

impl Address {
    /// As the environment says; `None` where nobody gives events.
    pub(crate) fn from_environment() -> Result<Option<Address>, RunError> {
        let Some(value) = std::env::var_os(VARIABLE) else {
            return Ok(None);
        };
        let value = value.to_string_lossy().into_owned();
        match Address::read(&value) {
            Some(address) => Ok(Some(address)),
            None => Err(RunError::new(Kind::Variable {
                name: VARIABLE,
                value,
                why: "it is to be a host and a port",
            })),
        }
    }

    fn read(value: &str) -> Option<Address> {
        let rest = value.strip_prefix("http://").unwrap_or(value);
        let (authority, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let parsed: http::uri::Authority = authority.parse().ok()?;
        let authority = match parsed.port_u16() {
            Some(_) => authority.to_owned(),
            None => format!("{authority}:80"),
        };
        Some(Address {
            host: HeaderValue::try_from(parsed.as_str()).ok()?,
            authority,
            prefix: prefix.trim_end_matches('/').to_owned(),
        })
    }

    /// Adds to a request what this address wants of each.
    pub(super) fn complete(&self, request: &mut Request<Outgoing>) {
        if !self.prefix.is_empty() {
            let path = format!("{}{}", self.prefix, request.uri());
            if let Ok(uri) = path.parse::<Uri>() {
                *request.uri_mut() = uri;
            }
        }
        let headers = request.headers_mut();
        headers.insert(HOST, self.host.clone());
        let agent = concat!("iris-lambda/", env!("CARGO_PKG_VERSION"));
        headers.insert(USER_AGENT, HeaderValue::from_static(agent));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port_and_more_is_taken_too() {
        let read = |value| Address::read(value).map(|address| (address.authority, address.prefix));
        let of = |authority: &str, prefix: &str| Some((authority.to_owned(), prefix.to_owned()));
        assert_eq!(read("127.0.0.1:9001"), of("127.0.0.1:9001", ""));
        assert_eq!(read("[::1]:9001"), of("[::1]:9001", ""));
        assert_eq!(
            read("http://localhost:9000/.rt/hello/"),
            of("localhost:9000", "/.rt/hello")
        );
        assert_eq!(read("runtime"), of("runtime:80", ""));
        assert_eq!(read(""), None);
        assert_eq!(read("no address"), None);
    }
}
