//! Whom a request is for, by name: decided once, and told by one header from there on.
//!
//! By HTTP/2 it is said by `:authority`, and may be said by `host` as well. Where both are there and differ, whoever looks at one of them
//! would be led past whoever looks at the other (RFC 9113, section 8.3.1).

use http::header::HOST;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Version};

/// Leaves `host` as the only place where it is said.
///
/// # Errors
///
/// Why it is no request, for people.
pub(super) fn decide<B>(request: &mut Request<B>) -> Result<(), &'static str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = hosts.next().cloned();
    if hosts.next().is_some() {
        return Err("a request has one host");
    }
    if host.as_ref().is_some_and(|host| parsed(host).is_none()) {
        return Err("the host is none");
    }
    let uri = request.uri();
    let Some(authority) = uri.authority() else {
        // RFC 9112, section 3.2.
        let missing = host.is_none() && request.version() == Version::HTTP_11;
        return if missing {
            Err("a request says which host it is for")
        } else {
            Ok(())
        };
    };
    if authority.as_str().contains('@') {
        return Err("an authority has no user");
    }
    // By HTTP/1.1 a URI goes before the header, whatever that says (RFC 9112, section 3.2.2).
    let both_count = request.version() == Version::HTTP_2;
    if let Some(host) = host.as_ref().and_then(parsed)
        && both_count
        && !same(&host, authority, uri.scheme())
    {
        return Err(":authority and host differ");
    }
    let said = HeaderValue::try_from(authority.as_str());
    let said = said.map_err(|_| "the authority is none")?;
    request.headers_mut().insert(HOST, said);
    Ok(())
}

/// The authority in a header. An empty one is said of what has no name.
fn parsed(host: &HeaderValue) -> Option<Option<Authority>> {
    let text = host.to_str().ok()?;
    if text.is_empty() {
        return Some(None);
    }
    let authority: Authority = text.parse().ok()?;
    (!text.contains('@')).then_some(Some(authority))
}

/// Whether they name the same (RFC 3986, section 6.2): names in any case, and a port that goes without saying.
fn same(one: &Option<Authority>, other: &Authority, scheme: Option<&Scheme>) -> bool {
    let usual = match scheme.map(Scheme::as_str) {
        Some("https") => Some(443),
        Some("http") => Some(80),
        _ => None,
    };
    let Some(one) = one else { return false };
    let port = |of: &Authority| of.port_u16().or(usual);
    one.host().eq_ignore_ascii_case(other.host()) && port(one) == port(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is decided of a request with this URI and these hosts.
    fn decided(version: Version, uri: &str, hosts: &[&str]) -> Result<String, &'static str> {
        let mut request = Request::builder().version(version).uri(uri);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        let mut request = request.body(()).unwrap();
        decide(&mut request)?;
        let host = request.headers().get(HOST);
        Ok(host.map_or_else(String::new, |host| host.to_str().unwrap().to_owned()))
    }

    #[test]
    fn by_http_2_both_have_to_name_the_same() {
        let http2 = |uri: &str, hosts: &[&str]| decided(Version::HTTP_2, uri, hosts);
        assert_eq!(http2("http://a.example/", &[]).unwrap(), "a.example");
        assert_eq!(http2("/", &["a.example"]).unwrap(), "a.example");
        for (uri, host) in [
            ("http://a.example/", "A.EXAMPLE"),
            ("http://a.example/", "a.example:80"),
            ("https://a.example:443/", "a.example"),
        ] {
            assert!(http2(uri, &[host]).is_ok(), "{uri} {host}");
        }
        for (uri, host) in [
            ("http://a.example/", "b.example"),
            ("http://a.example/", "a.example:81"),
            ("https://a.example/", "a.example:80"),
            ("http://a.example/", ""),
            ("http://a@a.example/", "a.example"),
        ] {
            assert!(http2(uri, &[host]).is_err(), "{uri} {host}");
        }
    }

    #[test]
    fn by_http_1_a_uri_goes_before_the_header() {
        let http1 = |uri: &str, hosts: &[&str]| decided(Version::HTTP_11, uri, hosts);
        assert_eq!(
            http1("http://a.example:1/", &["b.example"]).unwrap(),
            "a.example:1"
        );
        assert_eq!(http1("/", &["b.example"]).unwrap(), "b.example");
        assert_eq!(http1("/", &[""]).unwrap(), "");
        for hosts in [
            &[][..],
            &["a.example", "a.example"],
            &["a b"],
            &["u@a.example"],
            &["a.example/path"],
        ] {
            assert!(http1("/", hosts).is_err(), "{hosts:?}");
        }
        assert!(decided(Version::HTTP_10, "/", &[]).is_ok());
    }
}
