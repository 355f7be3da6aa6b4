use super::*;
use crate::Pieces;
use crate::pieces::HEAD;
use bytes::Bytes;
use proptest::prelude::*;
use prost::Message as _;
use std::collections::HashMap;

#[derive(Clone, PartialEq, prost::Message)]
struct Album {
    #[prost(string, tag = "1")]
    title: String,
    #[prost(bytes = "bytes", tag = "2")]
    cover: Bytes,
    #[prost(bytes = "bytes", repeated, tag = "3")]
    images: Vec<Bytes>,
    #[prost(map = "uint32, message", tag = "4")]
    others: HashMap<u32, Album>,
    #[prost(oneof = "Sound", tags = "5, 6")]
    sound: Option<Sound>,
    #[prost(bytes = "vec", optional, tag = "7")]
    owned: Option<Vec<u8>>,
    #[prost(fixed64, repeated, tag = "8")]
    times: Vec<u64>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Sound {
    #[prost(bytes = "bytes", tag = "5")]
    Data(Bytes),
    #[prost(double, tag = "6")]
    Length(f64),
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![0..40usize, LARGE - 1..LARGE + 2, LARGE..3 * LARGE];
    (any::<u8>(), length).prop_map(|(byte, length)| vec![byte; length])
}

fn shared() -> impl Strategy<Value = Bytes> {
    bytes().prop_map(Bytes::from)
}

/// With none inside.
fn single() -> impl Strategy<Value = Album> {
    let sound = prop_oneof![
        shared().prop_map(Sound::Data),
        any::<f64>().prop_map(Sound::Length)
    ];
    let fields = (
        bytes().prop_map(|bytes| "é".repeat(bytes.len())),
        shared(),
        prop::collection::vec(shared(), 0..3),
        prop::option::of(sound),
        prop::option::of(bytes()),
        prop::collection::vec(any::<u64>(), 0..if cfg!(miri) { 20 } else { 5000 }),
    );
    fields.prop_map(|(title, cover, images, sound, owned, times)| Album {
        title,
        cover,
        images,
        others: HashMap::new(),
        sound,
        owned,
        times,
    })
}

/// With one inside at most: a map has any order.
fn album() -> impl Strategy<Value = Album> {
    let inside = prop::collection::hash_map(any::<u32>(), single(), 0..2);
    (single(), inside).prop_map(|(album, others)| Album { others, ..album })
}

fn append(album: &Album, zeros: usize, pieces: &mut Pieces) {
    let (buffer, handed) = pieces.parts();
    write(album, zeros, buffer, handed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 256 }))]

    #[test]
    fn it_writes_what_prost_writes(album in album(), zeros in 0..6usize, before: u8, copies: bool) {
        let mut pieces = if copies { Pieces::contiguous() } else { Pieces::new() };
        pieces.buffer().put_u8(before);
        append(&album, zeros, &mut pieces);
        let mut expected = vec![before];
        expected.resize(1 + zeros, 0);
        expected.extend(album.encode_to_vec());
        prop_assert_eq!(pieces.len(), expected.len());
        prop_assert!(pieces.freeze().concat() == expected);
    }
}

#[test]
fn long_bytes_are_sent_from_where_they_are() {
    let cover = Bytes::from(vec![1; LARGE]);
    let title = "a title of its own".to_owned();
    let album = Album {
        cover: cover.clone(),
        images: vec![cover.slice(1..)],
        title,
        ..Album::default()
    };
    let mut pieces = Pieces::new();
    append(&album, 5, &mut pieces);
    let chunks: Vec<_> = pieces.freeze().collect();
    assert_eq!(chunks.len(), 3, "before it, itself, and what is too short");
    // What its beginning is sent with is no frame of a few bytes.
    assert_eq!(chunks[1], cover[HEAD..]);
    assert_eq!(chunks[1].as_ptr(), cover[HEAD..].as_ptr());
    assert!(chunks[0].len() < HEAD + 64, "{}", chunks[0].len());
}
