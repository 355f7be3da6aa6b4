//! Compressed messages: unpacked no further than the limit, and whatever was packed comes back.

use crate::input::Input;
use iris_core::wire::compression::{Compression, DecompressError};

/// More than any input here unpacks to before it turns out to be wrong.
const MORE: usize = 1 << 20;

/// Bytes are a message within the limit or an error that says so; any message is packed and unpacked again.
pub fn compression(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let compression = input.one_of(Compression::ALL);
    let limit = usize::from(input.u16());
    let packed = input.rest();
    match compression.decompress(packed, limit) {
        Ok(message) => {
            assert!(message.len() <= limit, "{} of {limit}", message.len());
            let just = compression.decompress(packed, message.len());
            assert_eq!(just.as_ref(), Ok(&message));
            if let Some(limit) = message.len().checked_sub(1) {
                let less = compression.decompress(packed, limit);
                assert_eq!(less, Err(DecompressError::TooLarge { limit }));
            }
            comes_back(compression, &message);
        }
        Err(error @ DecompressError::TooLarge { .. }) => {
            assert_eq!(error, DecompressError::TooLarge { limit });
        }
        Err(DecompressError::Invalid { .. }) => {
            assert!(compression.decompress(packed, MORE).is_err());
        }
    }
    comes_back(compression, packed);
}

fn comes_back(compression: Compression, message: &[u8]) {
    let mut packed = b"before".to_vec();
    let done = compression.compress(message, &mut packed);
    done.expect("compression");
    let packed = packed.strip_prefix(b"before").expect("what was there");
    let back = compression.decompress(packed, message.len());
    assert_eq!(back.as_deref(), Ok(message));
}
