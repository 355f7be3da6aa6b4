//! `google.protobuf.Timestamp`: `1972-01-01T10:00:20.021Z`.

use super::date::Date;
use super::duration::{fraction, nanos};
use crate::json::{Kind, Reading, Result, Shape, Token, Writing};

/// `google.protobuf.Timestamp`: RFC 3339, from the year 1 to 9999. Any offset is read, `Z` is written.
#[derive(Debug)]
pub enum Timestamp {}

const SECONDS_OF_DAY: i64 = 86_400;
/// 0001-01-01T00:00:00Z
const FIRST_SECOND: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z
const LAST_SECOND: i64 = 253_402_300_799;

impl Kind for Timestamp {
    type Value = prost_types::Timestamp;

    fn shape<'a>(value: &'a prost_types::Timestamp, _: Writing) -> Shape<'a> {
        match to_text(value) {
            Some(text) => Shape::Owned(text),
            None => Shape::Wrong(format!(
                "{} seconds and {} nanoseconds are no timestamp of the years 1 to 9999",
                value.seconds, value.nanos
            )),
        }
    }

    fn is_default(_: &prost_types::Timestamp) -> bool {
        false
    }

    fn read(token: Token<'_>, reading: Reading) -> Result<prost_types::Timestamp> {
        reading.enter()?;
        let expected = "a time like \"1972-01-01T10:00:20.021Z\"";
        match token {
            Token::Text(text) => from_text(text).ok_or_else(|| token.out_of_range(expected)),
            other => Err(other.mismatch(expected)),
        }
    }
}

fn in_range(seconds: i64) -> bool {
    (FIRST_SECOND..=LAST_SECOND).contains(&seconds)
}

fn to_text(value: &prost_types::Timestamp) -> Option<String> {
    if !in_range(value.seconds) || !(0..1_000_000_000).contains(&value.nanos) {
        return None;
    }
    let Date { year, month, day } = Date::from_days(value.seconds.div_euclid(SECONDS_OF_DAY));
    let second = value.seconds.rem_euclid(SECONDS_OF_DAY);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{}Z",
        second / 3600,
        second / 60 % 60,
        second % 60,
        fraction(value.nanos)
    ))
}

fn from_text(text: &str) -> Option<prost_types::Timestamp> {
    let (date, time) = text.split_once('T')?;
    let (year, month_and_day) = date.split_once('-')?;
    let (month, day) = month_and_day.split_once('-')?;
    let date = Date {
        year: digits::<4>(year)?,
        month: digits::<2>(month)?,
        day: digits::<2>(day)?,
    };
    let offset_at = time.find(['Z', '+', '-'])?;
    let (time, zone) = time.split_at(offset_at);
    let (time, nanos) = match time.split_once('.') {
        Some((time, fraction)) => (time, nanos(fraction)?),
        None => (time, 0),
    };
    let (hour, minute_and_second) = time.split_once(':')?;
    let (minute, second) = minute_and_second.split_once(':')?;
    let time = clock(digits::<2>(hour)?, digits::<2>(minute)?)? + below(digits::<2>(second)?, 60)?;
    if !date.exists() {
        return None;
    }
    let seconds = date.days() * SECONDS_OF_DAY + time - offset(zone)?;
    in_range(seconds).then_some(prost_types::Timestamp { seconds, nanos })
}

/// `Z`, `+05:30`: the seconds by which the clock is ahead.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, zone) = match zone.strip_prefix('-') {
        Some(zone) => (-1, zone),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = zone.split_once(':')?;
    Some(sign * clock(digits::<2>(hours)?, digits::<2>(minutes)?)?)
}

fn clock(hour: i64, minute: i64) -> Option<i64> {
    Some(below(hour, 24)? * 3600 + below(minute, 60)? * 60)
}

fn below(value: i64, limit: i64) -> Option<i64> {
    (value < limit).then_some(value)
}

/// A number of exactly so many digits.
fn digits<const COUNT: usize>(text: &str) -> Option<i64> {
    let plain = text.len() == COUNT && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
