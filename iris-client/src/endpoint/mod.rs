//! Where the calls of a client go.

#[cfg(feature = "native")]
mod native;
#[cfg(not(feature = "native"))]
mod web;

use crate::{IrisError, Status};
use bytes::Bytes;
use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use std::borrow::Cow;

/// A checked URL: scheme, authority, and the path before every procedure's.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or `/` and more without a `/` at its end.
    prefix: String,
    shown: String,
    /// The authority as HTTP/1.1 sends it: without the port where it is the scheme's own.
    #[cfg(feature = "native")]
    host: http::HeaderValue,
}

impl Endpoint {
    pub(crate) fn parse(url: &str) -> Result<Endpoint, IrisError> {
        let refuse = |why: &str| {
            IrisError::communication(
                Status::InvalidArgument,
                format!("`{}` is no URL to call: {why}", without_secrets(url)),
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
        if scheme == Scheme::HTTPS && cfg!(all(feature = "native", not(feature = "tls"))) {
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
        #[cfg(feature = "native")]
        let host = native::host(&scheme, &authority)
            .map_err(|error| refuse(&error.to_string()).with_source(error))?;
        Ok(Endpoint {
            scheme,
            authority,
            prefix,
            shown,
            #[cfg(feature = "native")]
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
            #[cfg(feature = "native")]
            host: http::HeaderValue::from_static("in-process"),
        }
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

/// A URL that cannot be called, as messages show it: without user and password, which are no text for a log.
///
/// A password may have any character in it where nobody escaped it, so that all before the last `@` is left out.
fn without_secrets(url: &str) -> Cow<'_, str> {
    let Some((before, rest)) = url.rsplit_once('@') else {
        return url.into();
    };
    let scheme = before.find("://").map_or("", |at| &before[..at + 3]);
    format!("{scheme}..@{rest}").into()
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
    fn a_refused_url_keeps_its_password_to_itself() {
        for (url, shown) in [
            ("http://me:secret@host", "`http://..@host` is"),
            ("http://secret@host", "`http://..@host` is"),
            ("http://me:sec/ret@host", "`http://..@host` is"),
            ("http://me:sec#ret@host", "`http://..@host` is"),
            ("http://me:sec@ret@host", "`http://..@host` is"),
            ("http://me:secret@ho st", "`http://..@ho st` is"),
            ("http://me:secret@host/a?b=c", "`http://..@host/a?b=c` is"),
            ("ftp://me:secret@host", "`ftp://..@host` is"),
            ("me:secret@host", "`..@host` is"),
        ] {
            let error = Endpoint::parse(url).expect_err(url);
            assert!(error.internal_message.starts_with(shown), "{url}: {error}");
            let told = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
            assert!(!told.contains("sec") && !told.contains("ret@"), "{told}");
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
