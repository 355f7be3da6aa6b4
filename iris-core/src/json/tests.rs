use super::{Double, Int64, Kind, Reading, Token, token};
use serde::de::IntoDeserializer;
use serde::de::value::{Error, MapDeserializer};

fn read<K: Kind>(deserializer: impl serde::Deserializer<'static, Error = Error>) -> K::Value {
    let mut value = None;
    token::deserialize(deserializer, &mut |token: Token<'_>| {
        value = Some(K::read(token, Reading::new())?);
        Ok(())
    })
    .expect("a value");
    value.expect("was taken")
}

#[test]
fn numbers_are_read_when_serde_json_hands_out_their_digits() {
    // What its feature `arbitrary_precision` does, which another crate may have turned on.
    let number = |digits: &'static str| {
        let entry = [("$serde_json::private::Number", digits)];
        MapDeserializer::<_, Error>::new(entry.into_iter())
    };
    assert_eq!(read::<Int64>(number("12")), 12);
    assert_eq!(read::<Int64>(number("-12")), -12);
    assert_eq!(read::<Double>(number("1.5e3")), 1500.0);
    assert!(read::<Double>(number("-0")).is_sign_negative());
}

#[test]
fn numbers_are_read_from_formats_that_have_signed_ones_alone() {
    assert_eq!(read::<Int64>(5_i32.into_deserializer()), 5);
}
