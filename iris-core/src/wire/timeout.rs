//! Timeouts as headers.

use std::fmt;
use std::time::Duration;

/// The header of gRPC and gRPC-Web.
pub const GRPC_TIMEOUT: &str = "grpc-timeout";

/// The header of Connect.
pub const CONNECT_TIMEOUT: &str = "connect-timeout-ms";

/// A timeout header that says no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTimeout;

impl fmt::Display for InvalidTimeout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "no timeout: gRPC writes up to 8 digits and one of H M S m u n, Connect up to 10 digits of milliseconds",
        )
    }
}

impl std::error::Error for InvalidTimeout {}

/// Reads `grpc-timeout`: up to 8 digits, then a unit (gRPC `PROTOCOL-HTTP2.md`, "Timeout").
///
/// # Errors
///
/// Where the text is anything else.
pub fn parse_grpc(text: &str) -> Result<Duration, InvalidTimeout> {
    let (digits, unit) = text
        .split_at_checked(text.len().wrapping_sub(1))
        .ok_or(InvalidTimeout)?;
    let value = number(digits, 8)?;
    match unit {
        "H" => Ok(Duration::from_secs(value * 3600)),
        "M" => Ok(Duration::from_secs(value * 60)),
        "S" => Ok(Duration::from_secs(value)),
        "m" => Ok(Duration::from_millis(value)),
        "u" => Ok(Duration::from_micros(value)),
        "n" => Ok(Duration::from_nanos(value)),
        _ => Err(InvalidTimeout),
    }
}

/// Writes `grpc-timeout`, in the finest unit that fits 8 digits. Never longer than asked for.
pub fn format_grpc(timeout: Duration) -> String {
    const MOST: u128 = 99_999_999;
    let units = [
        (timeout.as_nanos(), 'n'),
        (timeout.as_micros(), 'u'),
        (timeout.as_millis(), 'm'),
        (u128::from(timeout.as_secs()), 'S'),
        (u128::from(timeout.as_secs() / 60), 'M'),
    ];
    match units.into_iter().find(|(value, _)| *value <= MOST) {
        Some((value, unit)) => format!("{value}{unit}"),
        None => format!("{}H", u128::from(timeout.as_secs() / 3600).min(MOST)),
    }
}

/// Reads `connect-timeout-ms`: up to 10 digits (Connect protocol, "Timeout").
///
/// # Errors
///
/// Where the text is anything else.
pub fn parse_connect(text: &str) -> Result<Duration, InvalidTimeout> {
    number(text, 10).map(Duration::from_millis)
}

/// Writes `connect-timeout-ms`. Never longer than asked for.
pub fn format_connect(timeout: Duration) -> String {
    timeout.as_millis().min(9_999_999_999).to_string()
}

fn number(digits: &str, most: usize) -> Result<u64, InvalidTimeout> {
    let plain = !digits.is_empty()
        && digits.len() <= most
        && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !plain {
        return Err(InvalidTimeout);
    }
    digits.parse().map_err(|_| InvalidTimeout)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_timeouts_are_refused() {
        for text in [
            "",
            "1",
            "S",
            "123456789S",
            "1 S",
            "-1S",
            "+1S",
            "1.5S",
            "1s",
            "1Sé",
            "é",
            "1é",
        ] {
            assert_eq!(parse_grpc(text), Err(InvalidTimeout), "{text}");
        }
        for text in ["", "-1", "+1", "1.5", "12345678901", "1ms", "١"] {
            assert_eq!(parse_connect(text), Err(InvalidTimeout), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_timeout_or_an_error(text in ".*") {
            let _ = parse_grpc(&text);
            let _ = parse_connect(&text);
        }

        #[test]
        fn a_written_timeout_reads_as_no_more_and_nearly_as_much(secs in 0u64..10_000_000, nanos in 0u32..1_000_000_000) {
            let timeout = Duration::new(secs, nanos);
            let grpc = parse_grpc(&format_grpc(timeout)).unwrap();
            prop_assert!(grpc <= timeout);
            prop_assert!(timeout - grpc <= timeout / 1000, "{timeout:?} became {grpc:?}");
            let connect = parse_connect(&format_connect(timeout)).unwrap();
            prop_assert!(connect <= timeout && timeout - connect < Duration::from_millis(1));
        }
    }
}
