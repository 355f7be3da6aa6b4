//! `google.protobuf.Duration`: `1.000340012s`.

use crate::json::{Kind, Reading, Result, Shape, Token, Writing};

/// `google.protobuf.Duration`: seconds with up to 9 digits after the point, at most 315,576,000,000.
#[derive(Debug)]
pub enum Duration {}

/// 10,000 years of 365.25 days.
const MOST_SECONDS: i64 = 315_576_000_000;

impl Kind for Duration {
    type Value = prost_types::Duration;

    fn shape<'a>(value: &'a prost_types::Duration, _: Writing) -> Shape<'a> {
        match to_text(value) {
            Some(text) => Shape::Owned(text),
            None => Shape::Wrong(format!(
                "{} seconds and {} nanoseconds are no duration: both have the same sign, and 10,000 years are the limit",
                value.seconds, value.nanos
            )),
        }
    }

    fn is_default(_: &prost_types::Duration) -> bool {
        false
    }

    fn read(token: Token<'_>, reading: Reading) -> Result<prost_types::Duration> {
        reading.enter()?;
        let expected = "seconds like \"1.5s\"";
        match token {
            Token::Text(text) => from_text(text).ok_or_else(|| token.out_of_range(expected)),
            other => Err(other.mismatch(expected)),
        }
    }
}

fn to_text(value: &prost_types::Duration) -> Option<String> {
    let prost_types::Duration { seconds, nanos } = *value;
    let in_range = (-MOST_SECONDS..=MOST_SECONDS).contains(&seconds)
        && (-999_999_999..=999_999_999).contains(&nanos);
    let same_sign = (seconds >= 0 && nanos >= 0) || (seconds <= 0 && nanos <= 0);
    if !in_range || !same_sign {
        return None;
    }
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    Some(format!("{sign}{seconds}{}s", fraction(nanos.abs())))
}

fn from_text(text: &str) -> Option<prost_types::Duration> {
    let number = text.strip_suffix('s')?;
    let (sign, number) = match number.strip_prefix('-') {
        Some(number) => (-1, number),
        None => (1, number),
    };
    let (seconds, nanos) = match number.split_once('.') {
        Some((seconds, fraction)) => (seconds, nanos(fraction)?),
        None => (number, 0),
    };
    if !seconds.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds: i64 = seconds.parse().ok()?;
    (seconds <= MOST_SECONDS).then_some(prost_types::Duration {
        seconds: seconds * i64::from(sign),
        nanos: nanos * sign,
    })
}

/// Nanoseconds as a fraction of 0, 3, 6 or 9 digits, with its point.
pub(super) fn fraction(nanos: i32) -> String {
    match nanos {
        0 => String::new(),
        nanos if nanos % 1_000_000 == 0 => format!(".{:03}", nanos / 1_000_000),
        nanos if nanos % 1_000 == 0 => format!(".{:06}", nanos / 1_000),
        nanos => format!(".{nanos:09}"),
    }
}

/// The nanoseconds that 1 to 9 digits after a point stand for.
pub(super) fn nanos(fraction: &str) -> Option<i32> {
    let digits =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .then(|| format!("{fraction:0<9}").parse().ok())
        .flatten()
}
