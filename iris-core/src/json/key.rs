//! Keys of maps: JSON's names are strings.

use super::scalar::Expected;
use super::{Failure, Result, Token, number};
use std::borrow::Cow;
use std::hash::Hash;

/// A type that keys of maps may have.
pub trait MapKey: Ord + Hash + Sized {
    /// The key as a name.
    fn to_name(&self) -> Cow<'_, str>;

    /// The key that the name stands for.
    ///
    /// # Errors
    ///
    /// A name that is no such key.
    fn from_name(name: &str) -> Result<Self>;
}

impl MapKey for String {
    fn to_name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }

    fn from_name(name: &str) -> Result<Self> {
        Ok(name.to_owned())
    }
}

impl MapKey for bool {
    fn to_name(&self) -> Cow<'_, str> {
        Cow::Borrowed(if *self { "true" } else { "false" })
    }

    fn from_name(name: &str) -> Result<Self> {
        match name {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Failure::new("the key is neither \"true\" nor \"false\"")),
        }
    }
}

macro_rules! integer_key {
    ($($integer:ty),*) => {$(
        impl MapKey for $integer {
            fn to_name(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }

            fn from_name(name: &str) -> Result<Self> {
                number::integer(&Token::Text(name), <$integer>::EXPECTED)
            }
        }
    )*};
}

integer_key!(i32, i64, u32, u64);
