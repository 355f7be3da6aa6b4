//! SPDX licence expressions: `MIT OR (Apache-2.0 AND ISC)`.

use std::collections::BTreeSet;

/// A licence expression.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expression {
    /// A licence, with its exception where it has one: `Apache-2.0 WITH LLVM-exception`.
    Licence(String),
    Any(Vec<Expression>),
    All(Vec<Expression>),
}

impl Expression {
    /// Whether these licences are enough.
    pub(crate) fn allowed(&self, licences: &BTreeSet<String>) -> bool {
        match self {
            Expression::Licence(name) => licences.contains(name),
            Expression::Any(parts) => parts.iter().any(|part| part.allowed(licences)),
            Expression::All(parts) => parts.iter().all(|part| part.allowed(licences)),
        }
    }

    /// Every licence that is named.
    pub(crate) fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Expression::Licence(name) => Box::new(std::iter::once(name.as_str())),
            Expression::Any(parts) | Expression::All(parts) => {
                Box::new(parts.iter().flat_map(Expression::names))
            }
        }
    }
}

/// Reads an expression. A slash, as older crates write it, is an OR.
pub(crate) fn parse(text: &str) -> Result<Expression, String> {
    let spaced = text
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = Words(spaced.split_whitespace().collect());
    let expression = any(&mut words);
    expression
        .filter(|_| words.0.is_empty())
        .ok_or_else(|| format!("`{text}` is no licence expression"))
}

/// What is left to read.
struct Words<'a>(std::collections::VecDeque<&'a str>);

impl<'a> Words<'a> {
    fn take(&mut self, word: &str) -> bool {
        let next = self.0.front() == Some(&word);
        if next {
            self.0.pop_front();
        }
        next
    }

    fn name(&mut self) -> Option<&'a str> {
        let name = self.0.pop_front()?;
        let reserved = ["(", ")", "AND", "OR", "WITH"].contains(&name);
        (!reserved).then_some(name)
    }
}

fn any(words: &mut Words<'_>) -> Option<Expression> {
    joined(words, "OR", all, Expression::Any)
}

fn all(words: &mut Words<'_>) -> Option<Expression> {
    joined(words, "AND", one, Expression::All)
}

fn joined(
    words: &mut Words<'_>,
    word: &str,
    part: fn(&mut Words<'_>) -> Option<Expression>,
    join: fn(Vec<Expression>) -> Expression,
) -> Option<Expression> {
    let first = part(words)?;
    let mut parts = vec![first];
    while words.take(word) {
        parts.push(part(words)?);
    }
    match parts.len() {
        1 => parts.pop(),
        _ => Some(join(parts)),
    }
}

fn one(words: &mut Words<'_>) -> Option<Expression> {
    if words.take("(") {
        return any(words).filter(|_| words.take(")"));
    }
    let name = words.name()?;
    Some(Expression::Licence(match words.take("WITH") {
        true => format!("{name} WITH {}", words.name()?),
        false => name.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> bool {
        let licences = ["MIT", "ISC"].map(str::to_owned).into();
        parse(text).expect("an expression").allowed(&licences)
    }

    #[test]
    fn or_needs_one_and_needs_all() {
        assert!(allowed("MIT"));
        assert!(allowed("GPL-3.0-only OR MIT"));
        assert!(allowed("MIT AND ISC"));
        assert!(!allowed("MIT AND GPL-3.0-only"));
    }

    #[test]
    fn and_binds_tighter_than_or() {
        assert!(allowed("MIT OR Zlib AND GPL-3.0-only"));
        assert!(!allowed("(MIT OR Zlib) AND GPL-3.0-only"));
    }

    #[test]
    fn a_slash_is_an_or() {
        assert!(allowed("MIT/Apache-2.0"));
    }

    #[test]
    fn an_exception_makes_another_licence() {
        assert!(!allowed("MIT WITH LLVM-exception"));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in ["", "MIT OR", "(MIT", "MIT ISC", "AND", "MIT WITH"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
