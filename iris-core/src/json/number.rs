//! Numbers, which may stand in JSON as numbers or as strings.

use super::{Result, Token};

/// Reads an integer of any width: `5`, `"5"`, and forms like `5.0` or `1e3` that have no fraction.
///
/// Formats hand out such forms, and digits that 64 bits do not hold, as the nearest double: one
/// that may stand for other numbers too is refused.
///
/// `expected` is for the error: `an int32`.
pub(crate) fn integer<N: TryFrom<i128>>(token: &Token<'_>, expected: &str) -> Result<N> {
    let whole = match token {
        Token::Unsigned(value) => Some(i128::from(*value)),
        Token::Negative(value) => Some(i128::from(*value)),
        Token::Float(value) => whole(*value),
        // Nearly always it is digits alone.
        Token::Text(text) if is_plain(text) => text.parse().ok(),
        Token::Text(text) => decimal(text),
        _ => return Err(token.mismatch(expected)),
    };
    whole
        .and_then(|whole| N::try_from(whole).ok())
        .ok_or_else(|| match token {
            Token::Float(value) if value.abs() >= AMBIGUOUS => token.out_of_range(&format!(
                "{expected}; where it is so large, its digits alone or a string"
            )),
            _ => token.out_of_range(expected),
        })
}

/// Reads a floating-point number: also `"NaN"`, `"Infinity"` and `"-Infinity"`.
///
/// A number too large to be finite is an error, as the specification demands.
pub(crate) fn double(token: &Token<'_>, expected: &str) -> Result<f64> {
    let value = match token {
        Token::Unsigned(value) => *value as f64,
        Token::Negative(value) => *value as f64,
        Token::Float(value) => *value,
        Token::Text("NaN") => return Ok(f64::NAN),
        Token::Text("Infinity") => return Ok(f64::INFINITY),
        Token::Text("-Infinity") => return Ok(f64::NEG_INFINITY),
        Token::Text(text) if Decimal::split(text).is_some() => text.parse().unwrap_or(f64::NAN),
        Token::Text(_) => return Err(token.out_of_range(expected)),
        _ => return Err(token.mismatch(expected)),
    };
    match value.is_finite() {
        true => Ok(value),
        false => Err(token.out_of_range(expected)),
    }
}

/// From 2^53 on, a double is the nearest one of several whole numbers.
const AMBIGUOUS: f64 = 9_007_199_254_740_992.0;

/// A decimal number of so many digits is told from every other such number when it is a double.
const KEPT_DIGITS: usize = 15;

/// The whole number that a double was written as; `None` where that cannot be told.
fn whole(value: f64) -> Option<i128> {
    if value.fract() != 0.0 {
        return None;
    }
    let whole = value as i128;
    if value.abs() < AMBIGUOUS {
        return Some(whole);
    }
    // `1e19` is taken. -2^63 and 2^64, to which numbers just out of range are rounded, have more digits.
    let shortest = format!("{value:e}");
    let mantissa = shortest.split('e').next()?;
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    (digits <= KEPT_DIGITS && decimal(&shortest) == Some(whole)).then_some(whole)
}

/// A number as JSON's grammar has it.
struct Decimal<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
    exponent: i64,
}

impl<'t> Decimal<'t> {
    fn split(text: &'t str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        (is_digits(whole) && !leading_zero).then_some(Decimal {
            negative,
            whole,
            fraction,
            exponent,
        })
    }
}

/// Whether a number is digits alone, or digits behind a minus, the first of which is no 0.
fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    is_digits(digits) && !digits.starts_with('0')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if !is_digits(digits) {
        return None;
    }
    // More digits than that shift any number that fits in memory to 0 or out of range.
    let exponent = digits.parse::<u32>().map_or(i64::from(u32::MAX), i64::from);
    Some(if negative { -exponent } else { exponent })
}

/// The value of a decimal number without a fraction; `None` also where 128 bits are too few.
fn decimal(text: &str) -> Option<i128> {
    let number = Decimal::split(text)?;
    let digits = format!("{}{}", number.whole, number.fraction);
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    let dropped = digits.len() - significant.len();
    let shift = number.exponent - i64::try_from(number.fraction.len()).ok()?
        + i64::try_from(dropped).ok()?;
    let power = 10_i128.checked_pow(u32::try_from(shift).ok()?)?;
    let magnitude = significant.parse::<i128>().ok()?.checked_mul(power)?;
    Some(if number.negative {
        -magnitude
    } else {
        magnitude
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_that_stand_for_one_whole_number() {
        for (value, expected) in [
            (-0.0, Some(0)),
            (1e3, Some(1000)),
            (1.5, None),
            (AMBIGUOUS - 1.0, Some((1 << 53) - 1)),
            (AMBIGUOUS, None),
            (1.0 - AMBIGUOUS, Some(1 - (1 << 53))),
            (-AMBIGUOUS, None),
            (1e18, Some(10_i128.pow(18))),
            (-1.125e18, Some(-1_125 * 10_i128.pow(15))),
            // The nearest double is another number.
            (1.23456789012345e18, None),
            (i64::MIN as f64, None),
            (i64::MAX as f64, None),
            (u64::MAX as f64, None),
            (1e300, None),
            (f64::INFINITY, None),
            (f64::NAN, None),
        ] {
            assert_eq!(whole(value), expected, "{value}");
        }
    }

    #[test]
    fn decimal_forms_of_integers() {
        for (text, value) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("0e999999999999", Some(0)),
            ("12", Some(12)),
            ("-12.000", Some(-12)),
            ("1e3", Some(1000)),
            ("1.5E+1", Some(15)),
            ("1500e-2", Some(15)),
            ("9223372036854775807", Some(i128::from(i64::MAX))),
            ("18446744073709551615.0", Some(i128::from(u64::MAX))),
            ("1.5", None),
            ("15e-2", None),
            ("1e99999999999999999999", None),
            ("1e-99999999999999999999", None),
            ("+1", None),
            ("01", None),
            ("1.", None),
            (".5", None),
            ("1e", None),
            ("", None),
            ("-", None),
            (" 1", None),
            ("0x10", None),
            ("\u{661}", None),
        ] {
            assert_eq!(decimal(text), value, "{text}");
        }
    }
}
