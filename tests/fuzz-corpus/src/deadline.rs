//! Timeouts: read as the specifications write them, and never lengthened on the way.

use crate::input::Input;
use iris_core::wire::timeout::{format_connect, format_grpc, parse_connect, parse_grpc};
use std::time::Duration;

/// A timeout reads as the specification has it or not at all; one that is written reads as no more.
pub fn deadline(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(parse_grpc(&text).ok(), grpc_by_the_book(&text), "{text:?}");
    assert_eq!(
        parse_connect(&text).ok(),
        connect_by_the_book(&text),
        "{text:?}"
    );
    for read in [parse_grpc(&text), parse_connect(&text)]
        .into_iter()
        .flatten()
    {
        written(read);
    }
    let mut input = Input::new(bytes);
    let (seconds, nanos) = (input.u64(), input.u32() % 1_000_000_000);
    written(Duration::new(seconds, nanos));
    written(Duration::new(seconds >> (nanos % 64), nanos));
}

fn written(timeout: Duration) {
    let text = format_grpc(timeout);
    let grpc = parse_grpc(&text).expect("what was written is read");
    assert!(grpc <= timeout, "{timeout:?} became {text}");
    let longest = Duration::from_secs(99_999_999 * 3600);
    // Eight digits leave less than a millionth out where the unit is one of seconds; the step to hours leaves more.
    let lost = timeout.min(longest).saturating_sub(grpc);
    assert!(lost <= timeout / 1000, "{timeout:?} became {text}");

    let text = format_connect(timeout);
    let connect = parse_connect(&text).expect("what was written is read");
    assert!(connect <= timeout, "{timeout:?} became {text}");
    let lost = timeout
        .min(Duration::from_millis(9_999_999_999))
        .saturating_sub(connect);
    assert!(lost < Duration::from_millis(1), "{timeout:?} became {text}");
}

/// gRPC: "TimeoutValue → {positive integer as ASCII string of at most 8 digits}", then a unit.
fn grpc_by_the_book(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let (_, nanos) = [
        ('H', 3_600_000_000_000),
        ('M', 60_000_000_000),
        ('S', 1_000_000_000),
        ('m', 1_000_000),
        ('u', 1_000),
        ('n', 1_u128),
    ]
    .into_iter()
    .find(|(name, _)| *name == unit)?;
    let total = digits(text.strip_suffix(unit)?, 8)? * nanos;
    let (seconds, nanos) = (total / 1_000_000_000, total % 1_000_000_000);
    Some(Duration::new(
        seconds.try_into().ok()?,
        nanos.try_into().ok()?,
    ))
}

/// Connect: "Timeout-Milliseconds → {positive integer as ASCII string of at most 10 digits}".
fn connect_by_the_book(text: &str) -> Option<Duration> {
    let millis = digits(text, 10)?;
    Some(Duration::from_millis(millis.try_into().ok()?))
}

fn digits(text: &str, most: usize) -> Option<u128> {
    if text.is_empty() || text.len() > most {
        return None;
    }
    text.chars().try_fold(0, |number, character| {
        Some(number * 10 + u128::from(character.to_digit(10)?))
    })
}
