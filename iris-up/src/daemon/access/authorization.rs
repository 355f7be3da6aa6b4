//! What callers show: the header `authorization` (RFC 9110, section 11.6.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What somebody shows.
#[derive(PartialEq)]
pub(super) enum Authorization {
    /// RFC 7617. A name has no colon, a password may have.
    Basic { user: String, password: String },
    /// RFC 6750.
    Bearer(String),
}

impl Authorization {
    /// `None` where it is neither.
    pub(super) fn parse(header: &str) -> Option<Authorization> {
        let (scheme, rest) = header.trim().split_once(' ')?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(Authorization::Bearer(rest.to_owned()));
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
        let (user, password) = decoded.split_once(':')?;
        Some(Authorization::Basic {
            user: user.to_owned(),
            password: password.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_may_have_colons() {
        let header = format!("basic {}", STANDARD.encode("ada:a:b:c"));
        let shown = Authorization::parse(&header);
        let expected = Authorization::Basic {
            user: "ada".to_owned(),
            password: "a:b:c".to_owned(),
        };
        assert!(shown == Some(expected));
    }

    #[test]
    fn what_is_neither_is_nothing() {
        for header in ["", "Basic", "Basic !", "Digest a", "Basic YWRh"] {
            assert!(Authorization::parse(header).is_none(), "{header}");
        }
        assert!(Authorization::parse("bearer  x") == Some(Authorization::Bearer("x".to_owned())));
    }
}
