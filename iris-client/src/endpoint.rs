//! Where the calls of a client go.

use crate::{Body, IrisError, Status};
use bytes::Bytes;
use http::header::HOST;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use http::{HeaderValue, Request, Uri, Version};
use std::borrow::Cow;
use std::net::IpAddr;

/// A checked URL: scheme, authority, and the path before every procedure's.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or `/` and more without a `/` at its end.
    prefix: String,
    shown: String,
    /// The authority as HTTP/1.1 sends it: without the port where it is the scheme's own.
    host: HeaderValue,
}

impl Endpoint {
    pub(crate) fn parse(url: &str) -> Result<Endpoint, IrisError> {
        let refuse = |why: &str| {
            IrisError::communication(
                Status::InvalidArgument,
                format!("`{url}` is no URL to call: {why}"),
            )
        };
        if url.contains('#') {
            return Err(refuse("remove the fragment"));
        }
        let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| {
            refuse(&format!("{error}; write http://host:port or https://host")).with_source(error)
        })?;
        let Parts {
            scheme,
            authority,
            path_and_query,
            ..
        } = uri.into_parts();
        let scheme = scheme.ok_or_else(|| refuse("write http://host:port or https://host"))?;
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(refuse("its scheme must be http or https"));
        }
        if scheme == Scheme::HTTPS && !cfg!(feature = "tls") {
            return Err(refuse("https needs the feature `tls` of iris-client"));
        }
        let authority = authority
            .filter(|authority| !authority.host().is_empty())
            .ok_or_else(|| refuse("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse(
                "remove the user and password, and send them as metadata `authorization`",
            ));
        }
        let after = &authority.as_str()[authority.host().len()..];
        if !after.is_empty() && authority.port_u16().is_none() {
            return Err(refuse("its port must be a number up to 65535"));
        }
        let path = path_and_query.unwrap_or_else(|| PathAndQuery::from_static("/"));
        if path.query().is_some() {
            return Err(refuse("remove the query"));
        }
        let prefix = path.path().trim_end_matches('/').to_owned();
        let shown = format!("{scheme}://{authority}{prefix}");
        let is_usual = authority.port_u16() == Some(usual_port(&scheme));
        let host = match is_usual {
            true => authority.host(),
            false => authority.as_str(),
        };
        let host = HeaderValue::from_str(host)
            .map_err(|error| refuse(&error.to_string()).with_source(error))?;
        Ok(Endpoint {
            scheme,
            authority,
            prefix,
            shown,
            host,
        })
    }

    /// What stands for the address of a service in this process.
    pub(crate) fn in_process() -> Endpoint {
        Endpoint {
            scheme: Scheme::HTTP,
            authority: Authority::from_static("in-process"),
            prefix: String::new(),
            shown: "the service in this process".to_owned(),
            host: HeaderValue::from_static("in-process"),
        }
    }

    /// The URL without a path, with this port where the name's addresses have one of their own.
    pub(crate) fn root(&self, port: Option<u16>) -> Uri {
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        let with_port = port.map(|port| Authority::try_from(format!("{}:{port}", self.host())));
        let authority = with_port.and_then(Result::ok);
        parts.authority = Some(authority.unwrap_or_else(|| self.authority.clone()));
        parts.path_and_query = Some(PathAndQuery::from_static("/"));
        // With all its parts there it is always a URI.
        Uri::from_parts(parts).unwrap_or_default()
    }

    pub(crate) fn host(&self) -> &str {
        self.authority.host()
    }

    /// The host, where it is an address.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        let host = self.host();
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        bare.unwrap_or(host).parse().ok()
    }

    pub(crate) fn port(&self) -> u16 {
        let port = self.authority.port_u16();
        port.unwrap_or_else(|| usual_port(&self.scheme))
    }

    /// Whether calls may go to the other in place of this: scheme and prefix are the same.
    pub(crate) fn is_like(&self, other: &Endpoint) -> bool {
        self.scheme == other.scheme && self.prefix == other.prefix
    }

    /// Makes a request one to this endpoint, as HTTP/1.1 writes it (RFC 9112, 3.2.1: "origin-form").
    pub(crate) fn address_http1(&self, request: &mut Request<Body>) {
        *request.version_mut() = Version::HTTP_11;
        let mut parts = Parts::default();
        parts.path_and_query = request.uri().path_and_query().cloned();
        // A path alone is always a URI.
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        let headers = request.headers_mut();
        headers.entry(HOST).or_insert_with(|| self.host.clone());
    }

    /// The same as HTTP/2 writes it.
    pub(crate) fn address_http2(&self, request: &mut Request<Body>) {
        *request.version_mut() = Version::HTTP_2;
        if request.uri().authority() == Some(&self.authority) {
            return;
        }
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        let path = request.uri().path_and_query().cloned();
        parts.path_and_query = Some(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
        // With all its parts there it is always a URI.
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The address of a procedure. Without prefix and query it is made without copying the path.
    pub(crate) fn uri(
        &self,
        path: Cow<'static, str>,
        query: Option<&str>,
    ) -> Result<Uri, IrisError> {
        // Either would be another procedure's address, or another query.
        if !path.starts_with('/') || path.contains(['?', '#']) {
            return Err(IrisError::communication(
                Status::InvalidArgument,
                format!(
                    "`{path}` is no procedure's path: write /{{package}}.{{Remote}}/{{Method}}"
                ),
            ));
        }
        let path = match (self.prefix.as_str(), query) {
            ("", None) => match path {
                Cow::Borrowed(path) => {
                    PathAndQuery::from_maybe_shared(Bytes::from_static(path.as_bytes()))
                }
                Cow::Owned(path) => PathAndQuery::try_from(path),
            },
            (prefix, None) => PathAndQuery::try_from(format!("{prefix}{path}")),
            (prefix, Some(query)) => PathAndQuery::try_from(format!("{prefix}{path}?{query}")),
        };
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path.map_err(|error| self.no_uri(error))?);
        Uri::from_parts(parts).map_err(|error| self.no_uri(error))
    }

    /// The URL as messages show it.
    pub(crate) fn as_str(&self) -> &str {
        &self.shown
    }

    fn no_uri(&self, error: impl Into<http::Error>) -> IrisError {
        let error = error.into();
        IrisError::communication(
            Status::InvalidArgument,
            format!(
                "no URL can be made of {} and the procedure's path: {error}",
                self.shown
            ),
        )
        .with_source(error)
    }
}

fn usual_port(scheme: &Scheme) -> u16 {
    match *scheme == Scheme::HTTPS {
        true => 443,
        false => 80,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_cannot_be_called_say_why() {
        for (url, why) in [
            ("", "write http://host:port"),
            ("localhost", "write http://host:port"),
            ("/users", "write http://host:port"),
            ("ftp://host", "http or https"),
            ("http://", "no URL"),
            ("http://host:99999", "port"),
            ("http://host/a?b=c", "query"),
            ("http://host/a#b", "fragment"),
            ("http://me:secret@host", "authorization"),
            ("http://ho st", "no URL"),
        ] {
            let error = Endpoint::parse(url).expect_err(url);
            assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
            assert!(error.internal_message.contains(why), "{url}: {error}");
        }
    }

    #[test]
    fn a_prefix_comes_before_the_path() {
        for (url, expected) in [
            ("http://host:1", "http://host:1/p.R/M"),
            ("http://host:1/", "http://host:1/p.R/M"),
            ("http://host/api/v2/", "http://host/api/v2/p.R/M"),
            ("http://[::1]:80/api", "http://[::1]:80/api/p.R/M"),
        ] {
            for path in [Cow::Borrowed("/p.R/M"), Cow::Owned("/p.R/M".to_owned())] {
                let uri = Endpoint::parse(url).unwrap().uri(path, None).unwrap();
                assert_eq!(uri.to_string(), expected);
            }
        }
    }
}
