//! What is laid out, and what is not. That objects made of it are right is tested against prost, in `tests/web/javascript`.

use iris_decoder::{ENTRY, IN_MESSAGE, Kind, REPEATED, Refusal, Room, WASM, WINDOW, decode};
use proptest::prelude::*;

/// `message Everything { uint64 id = 1; repeated sint32 deltas = 2; optional string note = 3; Everything inner = 4;
/// repeated Everything all = 5; bytes data = 6; bool on = 20; group = 21 }`
fn layouts() -> Vec<u32> {
    let fields: [[u32; ENTRY]; 8] = [
        [1, Kind::Varint64 as u32, 2, 0, 0, 0],
        [2, Kind::ZigZag32 as u32 + REPEATED, 4, 0, 0, 0],
        [3, Kind::Text as u32, 6, 0, 8, 1],
        [4, Kind::Message as u32, 9, 0, 0, 0],
        [5, Kind::Message as u32 + REPEATED, 10, 0, 0, 0],
        [6, Kind::Bytes as u32, 12, 0, 0, 0],
        [20, Kind::Bool as u32, 14, 0, 0, 0],
        [21, Kind::Refused as u32, 0, 0, 0, 0],
    ];
    let mut layouts = vec![16, fields.len() as u32];
    layouts.extend(fields.as_flattened());
    layouts
}

struct Laid {
    words: Vec<u32>,
    windows: Vec<u32>,
    text: Vec<u8>,
}

impl Laid {
    /// Lays a message out in a room of so many words.
    fn within(words: usize, message: &[u8]) -> (Result<usize, Refusal>, Laid) {
        // What is there before does not matter.
        let mut laid = Laid {
            words: vec![u32::MAX; words],
            windows: vec![u32::MAX; message.len() * 2 / WINDOW + 4],
            text: vec![0xff; message.len()],
        };
        let mut room = Room {
            words: &mut laid.words,
            windows: &mut laid.windows,
            text: &mut laid.text,
        };
        let block = decode(&layouts(), 0, message, &mut room);
        (block, laid)
    }

    fn text(&self, message: &[u8], at: usize) -> String {
        let (start, length) = (self.words[at] as usize, self.words[at + 1]);
        if length & IN_MESSAGE != 0 {
            let bytes = &message[start..][..(length ^ IN_MESSAGE) as usize];
            return String::from_utf8(bytes.to_vec()).expect("UTF-8");
        }
        let length = length as usize;
        let window = start / WINDOW;
        let bytes = self.windows[window] as usize..self.windows[window + 1] as usize;
        let units: Vec<u16> = std::str::from_utf8(&self.text[bytes])
            .expect("whole texts")
            .encode_utf16()
            .collect();
        let start = start % WINDOW;
        String::from_utf16(&units[start..start + length]).expect("a whole text")
    }
}

#[track_caller]
fn laid(message: &[u8]) -> (usize, Laid) {
    let (block, laid) = Laid::within(4096, message);
    (block.expect("it is right"), laid)
}

#[track_caller]
fn assert_refused(message: &[u8]) {
    assert_eq!(
        Laid::within(4096, message).0,
        Err(Refusal::Message),
        "{message:02x?}"
    );
}

#[test]
fn what_is_absent_is_zero() {
    let (block, laid) = laid(b"");
    assert_eq!(laid.words[block..block + 16], [0; 16]);
}

#[test]
fn numbers_stand_in_their_places() {
    let message = [
        b"\x08\x81\x80\x80\x80\x80\x80\x80\x80\x80\x01".as_slice(),
        b"\xa0\x01\x02",
    ];
    let (block, laid) = laid(&message.concat());
    assert_eq!(laid.words[block + 2..block + 4], [1, 1 << 31]);
    assert_eq!(laid.words[block + 14], 1);
}

#[test]
fn the_last_of_several_counts() {
    let (block, laid) = laid(b"\x08\x05\x1a\x01a\x08\x06\x1a\x02bc");
    assert_eq!(laid.words[block + 2], 6);
    assert_eq!(
        (
            laid.words[block + 8],
            laid.text(b"\x08\x05\x1a\x01a\x08\x06\x1a\x02bc", block + 6)
        ),
        (1, "bc".to_owned())
    );
}

#[test]
fn lists_hold_what_is_packed_and_what_is_not() {
    let (block, laid) = laid(b"\x10\x01\x12\x03\x02\x03\x04\x12\x00\x10\x05");
    let mut deltas = Vec::new();
    let mut cell = laid.words[block + 4] as usize;
    while cell != 0 {
        let count = laid.words[cell + 1] as usize;
        deltas.extend(
            laid.words[cell + 2..cell + 2 + count]
                .iter()
                .map(|word| *word as i32),
        );
        cell = laid.words[cell] as usize;
    }
    assert_eq!(deltas, [-1, 1, -2, 2, -3]);
}

#[test]
fn messages_have_blocks_of_their_own() {
    let (block, laid) = laid(b"\x22\x02\x08\x07\x2a\x02\x08\x08\x2a\x00\x2a\x02\x08\x09");
    assert_eq!(laid.words[laid.words[block + 9] as usize + 2], 7);
    let mut ids = Vec::new();
    let mut element = laid.words[block + 10] as usize;
    while element != 0 {
        ids.push(laid.words[element + 2]);
        element = laid.words[element] as usize;
    }
    assert_eq!(ids, [8, 0, 9]);
}

#[test]
fn bytes_stay_where_they_are() {
    let message = b"\x1a\x01a\x32\x03\xff\x00\xfe";
    let (block, laid) = laid(message);
    let (start, length) = (
        laid.words[block + 12] as usize,
        laid.words[block + 13] as usize,
    );
    assert_eq!(message[start..start + length], [0xff, 0, 0xfe]);
}

#[test]
fn what_is_not_known_is_passed_over() {
    let (block, laid) =
        laid(b"\x38\x01\x41\x01\x02\x03\x04\x05\x06\x07\x08\x4a\x01a\x55\x01\x02\x03\x04\x08\x07");
    assert_eq!(laid.words[block + 2], 7);
}

#[test]
fn texts_keep_to_their_windows() {
    let lengths = [
        WINDOW - 1,
        1,
        1,
        WINDOW,
        WINDOW + 1,
        0,
        3 * WINDOW,
        2,
        WINDOW - 2,
        1,
    ];
    let mut message = Vec::new();
    let mut expected = Vec::new();
    for (length, letter) in lengths
        .into_iter()
        .zip(["a", "é", "語", "🦊"].into_iter().cycle())
    {
        let units = letter.encode_utf16().count();
        let text = letter.repeat(length / units) + &"x".repeat(length % units);
        let mut inner = vec![0x1a];
        varint(&mut inner, text.len());
        inner.extend(text.as_bytes());
        message.push(0x2a);
        varint(&mut message, inner.len());
        message.extend(inner);
        expected.push(text);
    }
    let (block, laid) = laid(&message);
    let mut element = laid.words[block + 10] as usize;
    for text in expected {
        assert!(
            laid.text(&message, element + 6) == text,
            "{} units",
            text.len()
        );
        element = laid.words[element] as usize;
    }
}

fn varint(bytes: &mut Vec<u8>, mut value: usize) {
    while value > 127 {
        bytes.push(value as u8 | 128);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[test]
fn what_is_wrong_or_rare_is_refused() {
    for message in [
        // Cut off: a number, a length, what is behind it.
        b"\x08".as_slice(),
        b"\x08\x80",
        b"\x1a",
        b"\x1a\x02a",
        b"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02",
        // No tag: the number 0, wire types that are none, more than 32 bits.
        b"\x00\x01",
        b"\x0e",
        b"\x88\x80\x80\x80\x10\x01",
        // Another wire type than the field's.
        b"\x0a\x01a",
        b"\x18\x01",
        b"\x20\x01",
        // No UTF-8, also where two halves would be.
        b"\x1a\x01\xff",
        b"\x2a\x03\x1a\x01\xc3\x2a\x03\x1a\x01\xa9",
        // Beyond the end of the message around it.
        b"\x22\x02\x1a\x02ab",
        // Groups, known or not.
        b"\xab\x01\xac\x01",
        b"\x3b\x3c",
        // A message in two pieces.
        b"\x22\x00\x22\x00",
    ] {
        assert_refused(message);
    }
}

#[test]
fn a_hundred_levels_are_laid_out_and_no_more() {
    let nested = |levels: usize, innermost: &[u8]| {
        (0..levels).fold(innermost.to_vec(), |message, _| {
            let mut around = vec![0x22];
            varint(&mut around, message.len());
            around.extend(message);
            around
        })
    };
    laid(&nested(100, b""));
    assert_refused(&nested(101, b""));
    // What is not known has a level, too.
    laid(&nested(99, b"\x3a\x00"));
    assert_refused(&nested(100, b"\x3a\x00"));
}

#[test]
fn where_there_is_no_room_there_is_no_answer() {
    let message = b"\x2a\x03\x1a\x01a\x2a\x00\x12\x02\x01\x01";
    let answers = (0..4096).map(|words| Laid::within(words, message).0);
    let needed = answers
        .take_while(|answer| *answer == Err(Refusal::Words))
        .count();
    // Three blocks and a cell, behind the two words that are left free.
    assert_eq!(needed, 2 + 3 * 16 + 4);
    let (mut windows, mut text) = ([0; 1], [0; 16]);
    let mut room = Room {
        words: &mut [0; 64],
        windows: &mut windows,
        text: &mut text,
    };
    assert_eq!(
        decode(&layouts(), 0, message, &mut room),
        Err(Refusal::Message)
    );
}

#[test]
fn what_is_committed_is_webassembly() {
    assert_eq!(&WASM[..8], b"\0asm\x01\0\0\0");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(message: Vec<u8>, words in 0usize..300) {
        let _ = Laid::within(words, &message);
    }

    #[test]
    fn nor_do_layouts(mut layouts: Vec<u32>, small in prop::collection::vec(0u32..30, 0..60), root in 0usize..4, message: Vec<u8>) {
        layouts.extend(small);
        let (mut words, mut windows, mut text) = ([0; 256], [0; 4], [0; 64]);
        let mut room = Room { words: &mut words, windows: &mut windows, text: &mut text };
        let _ = decode(&layouts, root, &message, &mut room);
    }
}
