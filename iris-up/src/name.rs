//! What apps may be called: what is safe in a path, a host name and a folder at once.

use std::error::Error;
use std::fmt;

/// The most characters a name has: as many as a label of a host name (RFC 1035, section 2.3.4).
const LONGEST: usize = 63;

/// The name of an app, `[a-z0-9][a-z0-9-]{0,62}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AppName(String);

impl AppName {
    /// A name, where it is one.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn new(name: impl Into<String>) -> Result<AppName, InvalidName> {
        let name = name.into();
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=LONGEST).contains(&name.len()) && !name.starts_with('-');
        // Paths of AWS Lambda's API begin so.
        let own = crate::daemon::AMAZONS_API.contains(&name.as_str());
        match fits && !own && name.bytes().all(known) {
            true => Ok(AppName(name)),
            false => Err(InvalidName(name)),
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is no name for an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidName(String);

impl fmt::Display for InvalidName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?} is no name for an app: names have 1 to {LONGEST} characters of a-z, 0-9 and -, the first of which is no -, and {} are none",
            self.0,
            crate::daemon::AMAZONS_API.join(" and ")
        )
    }
}

impl Error for InvalidName {}

impl fmt::Display for AppName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_is_safe_in_paths_and_host_names() {
        for name in ["a", "7", "hello-world", "a-", &"x".repeat(63)] {
            assert_eq!(AppName::new(name).unwrap().as_str(), name);
        }
        let long = "x".repeat(64);
        for name in [
            "",
            "-a",
            "A",
            "a_b",
            "a.b",
            "..",
            "a/b",
            "ä",
            "a b",
            "2015-03-31",
            &long,
        ] {
            assert!(AppName::new(name).is_err(), "{name}");
        }
    }
}
