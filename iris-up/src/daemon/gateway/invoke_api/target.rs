//! Which function is meant, and which version of it.

use super::refusal::Refusal;
use crate::daemon::access::Rights;
use crate::messages::iris::up::v1::Scope;
use crate::name::AppName;
use percent_encoding::percent_decode_str;

/// A function, and what its caller asked for with its name.
#[derive(Debug, PartialEq)]
pub(super) struct Target {
    pub(super) name: AppName,
    /// `None` where the caller leaves it to the app.
    pub(super) version: Option<u64>,
    pub(super) qualifier: Option<String>,
}

impl Target {
    /// The one that is named: by its name or an ARN, of whose parts only those two matter, and by `?Qualifier=`.
    pub(super) fn of(rights: &Rights, text: &str, query: Option<&str>) -> Result<Target, Refusal> {
        rights.allow(Scope::Invoke)?;
        let (name, qualifier) = named(text, query)?;
        let version = match qualifier.as_deref() {
            None | Some("$LATEST" | "$LATEST.PUBLISHED") => None,
            Some(number) => match number.parse() {
                Ok(version) => Some(version),
                Err(_) => return Err(Refusal::unknown_alias(number)),
            },
        };
        Ok(Target {
            name: rights.app(&name)?,
            version,
            qualifier,
        })
    }
}

/// A name, and a qualifier.
fn named(text: &str, query: Option<&str>) -> Result<(String, Option<String>), Refusal> {
    let text = percent_decode_str(text).decode_utf8_lossy();
    let parts: Vec<&str> = text.split(':').collect();
    let (name, with_name) = match parts[..] {
        [name] => (name, None),
        [name, qualifier] => (name, Some(qualifier)),
        // The one with a qualifier first: an app may be called "function".
        [.., "function", name, qualifier] => (name, Some(qualifier)),
        [.., "function", name] => (name, None),
        _ => (text.as_ref(), None),
    };
    let pairs = query.unwrap_or_default().split('&');
    let mut asked = pairs.filter_map(|pair| pair.strip_prefix("Qualifier="));
    let asked = asked.next().map(|value| {
        let decoded = percent_decode_str(value).decode_utf8_lossy();
        decoded.into_owned()
    });
    let asked = asked.filter(|asked| !asked.is_empty());
    let with_name = with_name.map(str::to_owned);
    match (&with_name, &asked) {
        (Some(one), Some(other)) if one != other => Err(Refusal::two_qualifiers()),
        _ => Ok((name.to_owned(), with_name.or(asked))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_in_many_ways() {
        let arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction";
        for (text, query, expected) in [
            ("greet", None, ("greet", None)),
            ("greet:3", None, ("greet", Some("3"))),
            ("function", Some("Qualifier=3"), ("function", Some("3"))),
            (
                "function:3",
                Some("a=b&Qualifier=3"),
                ("function", Some("3")),
            ),
            (
                "000000000000:function:greet",
                Some("Qualifier="),
                ("greet", None),
            ),
            (
                &format!("{arn}:function"),
                Some("Qualifier=%24LATEST"),
                ("function", Some("$LATEST")),
            ),
            (&format!("{arn}:function:1"), None, ("function", Some("1"))),
        ] {
            let (name, qualifier) = named(text, query).unwrap();
            assert_eq!((name.as_str(), qualifier.as_deref()), expected, "{text}");
        }
        assert!(named("greet:3", Some("Qualifier=4")).is_err());
    }
}
