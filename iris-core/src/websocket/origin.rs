//! Which pages may open a socket.
//!
//! Browsers let any page open a socket to any server, and send the server's cookies with the handshake; CORS does not
//! apply. So the server itself must refuse pages that may not act for the person in front of them (RFC 6455, section
//! 10.2; "cross-site WebSocket hijacking").

use super::refusal::Refusal;
use crate::disclosure::shown;
use http::header::{FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use http::uri::Authority;
use http::{StatusCode, Uri};

/// The origins whose pages may open sockets, beside the server's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origins {
    /// None.
    Own,
    /// All, and they are nobody in particular.
    Any,
    /// These, as browsers write them.
    Named(Vec<HeaderValue>),
}

/// What a handshake may say of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Everything.
    Full,
    /// The page is a stranger's, and the browser may have sent what belongs to the person in front of it: cookies,
    /// a certificate. Nothing of that counts.
    Anonymous,
}

impl Origins {
    /// Whether a handshake with these headers may open a socket; `secure` where it came through TLS.
    pub(super) fn admit(&self, headers: &HeaderMap, secure: bool) -> Result<Trust, Refusal> {
        let mut origins = headers.get_all(ORIGIN).iter();
        let Some(origin) = origins.next() else {
            // No browser leaves it out.
            return Ok(Trust::Full);
        };
        let alone = origins.next().is_none();
        if alone && is_own(origin, headers, secure) {
            return Ok(Trust::Full);
        }
        match self {
            Origins::Named(named) if alone && named.contains(origin) => Ok(Trust::Full),
            Origins::Any => Ok(Trust::Anonymous),
            _ => {
                let origin = shown(&String::from_utf8_lossy(origin.as_bytes()));
                Err(Refusal::new(
                    StatusCode::FORBIDDEN,
                    format!(
                        "pages of {origin} may not open sockets here: that is not the origin of this server, and none that \
                         allow_origins names"
                    ),
                ))
            }
        }
    }
}

/// Whether the page came from this server.
fn is_own(origin: &HeaderValue, headers: &HeaderMap, secure: bool) -> bool {
    let uri = origin.to_str().ok().and_then(|text| text.parse().ok());
    let Some((scheme, of_page)) = uri.as_ref().and_then(origin_of) else {
        return false;
    };
    let default_port = match scheme {
        "https" => 443,
        // A page that came without TLS may be anybody's: it is none of a server's that has it.
        "http" if !secure && !behind_tls(headers) => 80,
        _ => return false,
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let Some(of_server) = host.and_then(|host| host.parse::<Authority>().ok()) else {
        return false;
    };
    let port = |authority: &Authority| authority.port_u16().unwrap_or(default_port);
    of_page.host().eq_ignore_ascii_case(of_server.host()) && port(of_page) == port(&of_server)
}

fn origin_of(uri: &Uri) -> Option<(&str, &Authority)> {
    Some((uri.scheme_str()?, uri.authority()?))
}

/// Whether any proxy in front says that it was called by TLS. No page can make a browser say so, and of several proxies
/// the one that the browser spoke to counts, wherever in the list it stands.
fn behind_tls(headers: &HeaderMap) -> bool {
    let by_scheme = listed(headers, &X_FORWARDED_PROTO, &[',']).any(is_tls);
    by_scheme
        || listed(headers, &FORWARDED, &[',', ';']).any(|pair| {
            // RFC 7239, section 4: `for=192.0.2.1;proto=https`, and values may be quoted.
            let named = pair.split_once('=');
            named.is_some_and(|(name, scheme)| {
                name.trim().eq_ignore_ascii_case("proto") && is_tls(scheme)
            })
        })
}

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The members of a list that may have several lines.
fn listed<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    separators: &'static [char],
) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(move |line| line.split(separators))
}

/// Some proxies name the scheme of sockets.
fn is_tls(scheme: &str) -> bool {
    let scheme = scheme.trim().trim_matches('"');
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: &str, host: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, origin.parse().unwrap());
        headers.insert(HOST, host.parse().unwrap());
        headers
    }

    #[test]
    fn the_own_origin_is_the_one_of_the_host() {
        for (origin, host) in [
            ("https://example.com", "example.com"),
            ("https://example.com", "example.com:443"),
            ("https://example.com:8443", "example.com:8443"),
            ("https://EXAMPLE.com", "example.COM"),
            ("https://[::1]:8443", "[::1]:8443"),
        ] {
            for secure in [true, false] {
                let admitted = Origins::Own.admit(&headers(origin, host), secure);
                assert_eq!(admitted.ok(), Some(Trust::Full), "{origin} at {host}");
            }
        }
        for (origin, host) in [
            ("http://example.com", "example.com"),
            ("http://example.com", "example.com:80"),
            ("http://127.0.0.1:8088", "127.0.0.1:8088"),
        ] {
            let mut headers = headers(origin, host);
            assert!(Origins::Own.admit(&headers, false).is_ok());
            assert!(Origins::Own.admit(&headers, true).is_err(), "by TLS");
            for (name, says) in [
                ("x-forwarded-proto", "https"),
                ("x-forwarded-proto", "HTTPS"),
                ("x-forwarded-proto", "https, http"),
                ("x-forwarded-proto", "http,https"),
                ("x-forwarded-proto", "wss"),
                ("forwarded", "proto=https"),
                ("forwarded", "for=192.0.2.1;Proto=\"https\";by=203.0.113.43"),
                ("forwarded", "for=192.0.2.1;proto=https, for=198.51.100.17"),
            ] {
                // Alone, and in a line after another.
                let mut alone = headers.clone();
                alone.insert(name, HeaderValue::from_static(says));
                let mut second = headers.clone();
                second.insert(name, HeaderValue::from_static("http"));
                second.append(name, HeaderValue::from_static(says));
                for headers in [alone, second] {
                    assert!(Origins::Own.admit(&headers, false).is_err(), "{says}");
                }
            }
            for (name, says) in [
                ("x-forwarded-proto", "http"),
                ("forwarded", "for=192.0.2.1;proto=http"),
                ("forwarded", "for=https"),
            ] {
                headers.insert(name, HeaderValue::from_static(says));
                assert!(Origins::Own.admit(&headers, false).is_ok(), "{says}");
            }
        }
    }

    #[test]
    fn others_are_foreign() {
        for (origin, host) in [
            ("https://evil.com", "example.com"),
            ("https://example.com.evil.com", "example.com"),
            ("https://evil.com:443", "example.com"),
            ("https://example.com:444", "example.com"),
            ("https://example.com", "example.com:444"),
            ("https://example.com", "example.com:80"),
            ("http://example.com:443", "example.com"),
            ("null", "example.com"),
            ("null", "null"),
            ("example.com", "example.com"),
            ("file://", ""),
            ("chrome-extension://example.com", "example.com"),
            ("", ""),
        ] {
            let headers = headers(origin, host);
            let refused = Origins::Own.admit(&headers, false).unwrap_err();
            assert_eq!(
                refused.response().status(),
                StatusCode::FORBIDDEN,
                "{origin} at {host}"
            );
            assert_eq!(
                Origins::Any.admit(&headers, false).ok(),
                Some(Trust::Anonymous)
            );
            let named = Origins::Named(vec![HeaderValue::from_static("https://app.example.com")]);
            assert!(named.admit(&headers, false).is_err());
        }
    }

    #[test]
    fn two_origins_are_none() {
        let mut two = headers("https://example.com", "example.com");
        two.append(ORIGIN, HeaderValue::from_static("https://evil.com"));
        let named = Origins::Named(vec![HeaderValue::from_static("https://example.com")]);
        assert!(named.admit(&two, false).is_err());
    }
}
