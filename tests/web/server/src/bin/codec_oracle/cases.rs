//! Messages, right and wrong.

use crate::judge::{ECHOES, Echo};
use crate::noise::Noise;
use prost_reflect::DescriptorPool;
use prost_reflect::prost::Message as _;
use protojson::dice::Dice;
use web_server::messages::CONTRACT;

/// How many cases there are of each message.
const ROUNDS: usize = 400;

/// A message for a procedure.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) echo: &'static Echo,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn all(seed: u64) -> Vec<Case> {
    let pool = DescriptorPool::decode(CONTRACT.descriptors).expect("descriptors that were printed");
    let mut noise = Noise::new(seed);
    let mut cases = Vec::new();
    for echo in ECHOES {
        let descriptor = pool.get_message_by_name(echo.message);
        let descriptor = descriptor.expect("a message of the contract");
        let message = |noise: &mut Noise| {
            let length = noise.below(600);
            let rolls = noise.bytes(length);
            Dice::new(&rolls).message(&descriptor, 0).encode_to_vec()
        };
        for round in 0..ROUNDS {
            let mut bytes = match round {
                0 => Vec::new(),
                _ => message(&mut noise),
            };
            match round % 8 {
                // Two in a row are one: fields that are there twice are merged.
                4 => bytes.extend(message(&mut noise)),
                // Another's fields are not known, or are of another type.
                5 => {
                    let other = ECHOES[noise.below(ECHOES.len())].message;
                    let other = pool.get_message_by_name(other);
                    let rolls = noise.bytes(200);
                    let other = other.map(|other| Dice::new(&rolls).message(&other, 0));
                    bytes.extend(other.map(|other| other.encode_to_vec()).unwrap_or_default());
                }
                6 | 7 => noise.spoil(&mut bytes),
                _ => {}
            }
            cases.push(Case { echo, bytes });
        }
    }
    cases.extend(by_hand());
    cases
}

/// What chance seldom finds.
fn by_hand() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |method: &str, bytes: Vec<u8>| {
        let echo = ECHOES.iter().find(|echo| echo.method == method);
        let echo = echo.expect("a procedure");
        cases.push(Case { echo, bytes });
    };
    for depth in 97..=103 {
        // A tree whose left ones have left ones; then the same in groups that nobody knows.
        add("tree", within(depth, 0x12, None));
        add("nothing", within(depth, 0x0b, Some(0x0c)));
        add("tree", within(depth, 0x7b, Some(0x7c)));
        // The deepest has a field that is not known, and the last but one a map.
        add(
            "tree",
            [within(depth, 0x12, None), vec![0x78, 0x01]].concat(),
        );
        add("tree", nested(depth, vec![0x78, 0x01]));
        // An entry as deep as it may be, whose empty value is left out by prost alone, would be too deep when written.
        if depth != 99 {
            add("tree", nested(depth, vec![0x2a, 0x00]));
        }
    }
    for varint in [
        vec![0x80; 9],
        [vec![0x80; 9], vec![0x00]].concat(),
        [vec![0x80; 9], vec![0x01]].concat(),
        [vec![0xff; 9], vec![0x01]].concat(),
        [vec![0xff; 9], vec![0x02]].concat(),
        [vec![0x80; 9], vec![0x7f]].concat(),
        [vec![0x80; 10], vec![0x00]].concat(),
        [vec![0xff; 4], vec![0x0f]].concat(),
        [vec![0xff; 4], vec![0x1f]].concat(),
    ] {
        // As a value of each of the types that are varints; as one that is not known, as a tag, as a length.
        for tag in [0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x68] {
            add("scalars", [vec![tag], varint.clone()].concat());
        }
        add("nothing", [vec![0x08], varint.clone()].concat());
        add("nothing", [varint.clone(), vec![0x00]].concat());
        add("scalars", [vec![0x72], varint.clone()].concat());
        add("lists", [vec![0x1a], varint.clone()].concat());
    }
    for text in [
        &b"\xff"[..],
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\xef\xbb\xbfbom",
        b"\xf0\x9f\x98\x80",
    ] {
        let length = text.len() as u8;
        add("scalars", [&[0x72, length], text].concat());
        add("maps", [&[0x0a, length + 2, 0x0a, length], text].concat());
    }
    // Field numbers and wire types that there are not, groups that end without a beginning or as others.
    for bytes in [
        &[0x00][..],
        &[0x07],
        &[0x0e, 0x00],
        &[0x0f, 0x00],
        &[0x0c],
        &[0x0b, 0x14],
        &[0x0b, 0x0c],
        &[0x0b],
        &[0xff, 0xff, 0xff, 0xff, 0x0f, 0x00],
        &[0xf8, 0xff, 0xff, 0xff, 0x0f, 0x00],
        &[0xf8, 0xff, 0xff, 0xff, 0x1f, 0x00],
    ] {
        add("nothing", bytes.to_vec());
        add("old", bytes.to_vec());
    }
    // A group in a field that is one, ended well, as another, and not at all; and in its elements.
    for end in [&[0x4c][..], &[0x54], &[]] {
        add("old", [&[0x4b, 0x08, 0x05], end].concat());
        add("old", [&[0x4b, 0x08, 0x05], end, &[0x4b], end].concat());
        add("webOld", [&[0x63, 0x08, 0x05, 0x64, 0x63], end].concat());
    }
    // Packed fixed numbers that are cut off, and an element that goes on behind its list.
    add("lists", vec![0x0a, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    add("lists", vec![0x1a, 0x01, 0x80, 0x01]);
    // A message that ends behind the one that it is in.
    add("tree", vec![0x12, 0x02, 0x12, 0x01, 0x00]);
    cases
}

/// So many messages or groups inside of each other.
fn within(depth: usize, begin: u8, end: Option<u8>) -> Vec<u8> {
    match end {
        Some(end) => [vec![begin; depth], vec![end; depth]].concat(),
        None => (0..depth).fold(Vec::new(), |inside, _| delimited(begin, &inside)),
    }
}

/// Messages inside of each other, the deepest of which has these fields.
fn nested(depth: usize, deepest: Vec<u8>) -> Vec<u8> {
    (0..depth).fold(deepest, |inside, _| delimited(0x12, &inside))
}

fn delimited(tag: u8, inside: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    let mut length = inside.len();
    while length > 127 {
        bytes.push((length & 127) as u8 | 128);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(inside);
    bytes
}
