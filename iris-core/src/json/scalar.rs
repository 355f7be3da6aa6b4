//! The kinds of scalar values.

use super::{Kind, Reading, Result, Shape, Token, Writing, number};
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// `bool`
#[derive(Debug)]
pub enum Bool {}

impl Kind for Bool {
    type Value = bool;

    fn shape<'a>(value: &'a bool, _: Writing) -> Shape<'a> {
        Shape::Bool(*value)
    }

    fn is_default(value: &bool) -> bool {
        !value
    }

    fn read(token: Token<'_>, _: Reading) -> Result<bool> {
        match token {
            Token::Bool(value) => Ok(value),
            other => Err(other.mismatch("a boolean")),
        }
    }
}

/// What errors call an integer.
pub(crate) trait Expected {
    const EXPECTED: &'static str;
}

impl Expected for i32 {
    const EXPECTED: &'static str = "a whole number from -2147483648 to 2147483647";
}

impl Expected for u32 {
    const EXPECTED: &'static str = "a whole number from 0 to 4294967295";
}

impl Expected for i64 {
    const EXPECTED: &'static str = "a signed whole number of 64 bits";
}

impl Expected for u64 {
    const EXPECTED: &'static str = "an unsigned whole number of 64 bits";
}

macro_rules! integer_kind {
    ($($(#[$docs:meta])* $kind:ident($integer:ty);)*) => {$(
        $(#[$docs])*
        #[derive(Debug)]
        pub enum $kind {}

        impl Kind for $kind {
            type Value = $integer;

            fn shape<'a>(value: &'a $integer, _: Writing) -> Shape<'a> {
                Shape::$kind(*value)
            }

            fn is_default(value: &$integer) -> bool {
                *value == 0
            }

            fn read(token: Token<'_>, _: Reading) -> Result<$integer> {
                number::integer(&token, <$integer>::EXPECTED)
            }
        }
    )*};
}

integer_kind! {
    /// `int32`, `sint32`, `sfixed32`
    Int32(i32);
    /// `uint32`, `fixed32`
    Uint32(u32);
    /// `int64`, `sint64`, `sfixed64`: strings on the way out
    Int64(i64);
    /// `uint64`, `fixed64`: strings on the way out
    Uint64(u64);
}

/// `float`
#[derive(Debug)]
pub enum Float {}

impl Kind for Float {
    type Value = f32;

    fn shape<'a>(value: &'a f32, _: Writing) -> Shape<'a> {
        match value.is_finite() {
            true => Shape::Float(*value),
            false => not_finite(f64::from(*value)),
        }
    }

    fn is_default(value: &f32) -> bool {
        *value == 0.0
    }

    fn read(token: Token<'_>, _: Reading) -> Result<f32> {
        let expected = "a number of single precision";
        let value = number::double(&token, expected)?;
        let single = value as f32;
        match value.is_finite() && !single.is_finite() {
            true => Err(token.out_of_range(expected)),
            false => Ok(single),
        }
    }
}

/// `double`
#[derive(Debug)]
pub enum Double {}

impl Kind for Double {
    type Value = f64;

    fn shape<'a>(value: &'a f64, _: Writing) -> Shape<'a> {
        match value.is_finite() {
            true => Shape::Double(*value),
            false => not_finite(*value),
        }
    }

    fn is_default(value: &f64) -> bool {
        *value == 0.0
    }

    fn read(token: Token<'_>, _: Reading) -> Result<f64> {
        number::double(&token, "a number")
    }
}

fn not_finite(value: f64) -> Shape<'static> {
    Shape::Text(match value {
        value if value.is_nan() => "NaN",
        value if value.is_sign_negative() => "-Infinity",
        _ => "Infinity",
    })
}

/// `string`
#[derive(Debug)]
pub enum Text {}

impl Kind for Text {
    type Value = String;

    fn shape<'a>(value: &'a String, _: Writing) -> Shape<'a> {
        Shape::Text(value)
    }

    fn is_default(value: &String) -> bool {
        value.is_empty()
    }

    fn read(token: Token<'_>, _: Reading) -> Result<String> {
        match token {
            Token::Text(text) => Ok(text.to_owned()),
            other => Err(other.mismatch("a string")),
        }
    }
}

/// `bytes` in a [`bytes::Bytes`]
#[derive(Debug)]
pub enum Bytes {}

impl Kind for Bytes {
    type Value = bytes::Bytes;

    fn shape<'a>(value: &'a bytes::Bytes, _: Writing) -> Shape<'a> {
        Shape::Bytes(value)
    }

    fn is_default(value: &bytes::Bytes) -> bool {
        value.is_empty()
    }

    fn read(token: Token<'_>, _: Reading) -> Result<bytes::Bytes> {
        base64(&token).map(bytes::Bytes::from)
    }
}

/// `bytes` in a `Vec<u8>`, as in `google.protobuf.BytesValue`
#[derive(Debug)]
pub enum ByteVec {}

impl Kind for ByteVec {
    type Value = Vec<u8>;

    fn shape<'a>(value: &'a Vec<u8>, _: Writing) -> Shape<'a> {
        Shape::Bytes(value)
    }

    fn is_default(value: &Vec<u8>) -> bool {
        value.is_empty()
    }

    fn read(token: Token<'_>, _: Reading) -> Result<Vec<u8>> {
        base64(&token)
    }
}

/// Either alphabet, with or without padding, as the specification demands. Bits behind the last
/// byte are passed over: other implementations send them.
fn base64(token: &Token<'_>) -> Result<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
    const URL_SAFE_ENGINE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

    let Token::Text(text) = token else {
        return Err(token.mismatch("a string in base64"));
    };
    // Of just that length, so that nothing is kept or copied for what is left over.
    let mut bytes = vec![0; text.trim_end_matches('=').len() * 3 / 4];
    // Whoever sends the other alphabet waits a little longer, and nobody else for a look at each letter before.
    let decoded = ENGINE.decode_slice(text, &mut bytes);
    match decoded.or_else(|_| URL_SAFE_ENGINE.decode_slice(text, &mut bytes)) {
        Ok(length) if length == bytes.len() => Ok(bytes),
        _ => Err(token.out_of_range("base64")),
    }
}
