use super::*;
use proptest::prelude::*;

fn packed(compression: Compression, message: &[u8]) -> Vec<u8> {
    let mut packed = b"before".to_vec();
    compression.compress(message, &mut packed).unwrap();
    assert!(packed.starts_with(b"before"));
    packed.split_off(6)
}

#[test]
fn a_bomb_is_unpacked_no_further_than_the_limit() {
    let bomb = vec![0; 4 * 1024 * 1024];
    for &compression in Compression::ALL {
        let packed = packed(compression, &bomb);
        assert!(packed.len() < 16 * 1024, "{compression} {}", packed.len());
        let limit = 1000;
        assert_eq!(
            compression.decompress(&packed, limit),
            Err(DecompressError::TooLarge { limit }),
            "{compression}"
        );
    }
}

#[test]
fn a_message_of_just_the_limit_is_read() {
    let message = vec![7; 1000];
    for &compression in Compression::ALL {
        let packed = packed(compression, &message);
        assert_eq!(compression.decompress(&packed, 1000).unwrap(), message);
        assert!(compression.decompress(&packed, 999).is_err());
    }
}

#[test]
fn what_is_cut_short_or_something_else_is_refused() {
    for &compression in Compression::ALL {
        let packed = packed(compression, b"a message that has some length");
        for end in 0..packed.len() {
            let read = compression.decompress(&packed[..end], 1000);
            assert!(
                matches!(read, Err(DecompressError::Invalid { .. })),
                "{compression} {end} {read:?}"
            );
        }
        let error = compression.decompress(b"plain text", 1000).unwrap_err();
        assert!(error.to_string().contains(compression.as_str()), "{error}");
    }
}

#[cfg(feature = "gzip")]
#[test]
fn gzip_may_have_several_members() {
    let mut both = packed(Compression::Gzip, b"one ");
    Compression::Gzip.compress(b"two", &mut both).unwrap();
    assert_eq!(Compression::Gzip.decompress(&both, 100).unwrap(), "one two");
}

#[cfg(feature = "gzip")]
#[test]
fn gzip_may_not_have_members_without_number() {
    let compression = Compression::Gzip;
    let empty = packed(compression, b"");
    assert_eq!(
        compression.decompress(&empty.repeat(1024), 100).unwrap(),
        ""
    );
    let many = empty.repeat(4 * 1024 * 1024 / empty.len());
    let error = compression.decompress(&many, 4 * 1024 * 1024).unwrap_err();
    assert!(
        error.to_string().contains("more than 1024 members"),
        "{error}"
    );
}

#[cfg(feature = "brotli")]
#[test]
fn brotli_has_no_larger_windows_than_its_rfc() {
    // An empty stream with a window of 1 GiB, as encoders of the extension write it.
    let read = Compression::Brotli.decompress(b"\x11\xde", 100);
    assert!(
        matches!(read, Err(DecompressError::Invalid { .. })),
        "{read:?}"
    );
    let read = Compression::Brotli.decompress(b"\x3f", 100);
    assert!(read.unwrap().is_empty(), "a window of 16 MiB");
}

#[test]
fn names_are_found_in_lists() {
    for &compression in Compression::ALL {
        let name = compression.as_str();
        assert_eq!(Compression::of_name(name), Some(compression));
        let list = format!("unknown, {}", name.to_uppercase());
        let list = HeaderValue::try_from(list).unwrap();
        assert_eq!(Compression::of_list(&list), Some(compression));
        let refused = HeaderValue::try_from(format!("{name};q=0, *")).unwrap();
        assert_eq!(Compression::of_list(&refused), None);
    }
    let names: Vec<_> = Compression::ALL
        .iter()
        .map(|compression| compression.as_str())
        .chain(["identity"])
        .collect();
    assert_eq!(Compression::accepted(), names.join(",").as_str());
}

proptest! {
    #[test]
    fn every_message_comes_back(message: Vec<u8>) {
        for &compression in Compression::ALL {
            let packed = packed(compression, &message);
            prop_assert_eq!(&compression.decompress(&packed, message.len()).unwrap(), &message);
        }
    }

    #[test]
    fn any_bytes_are_a_message_or_an_error(bytes: Vec<u8>) {
        for &compression in Compression::ALL {
            let _ = compression.decompress(&bytes, 1 << 16);
        }
    }
}
