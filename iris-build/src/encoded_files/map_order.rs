//! Puts the entries of maps into one order: prost-reflect encodes those of custom options in a random one.

use prost::DecodeError;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, key_len, skip_field};
use protox::prost_reflect::{Kind, MessageDescriptor};
use std::ops::Range;

/// Sorts the entries of every map in an encoded `message`, in place.
pub(super) fn sort(message: &MessageDescriptor, encoded: &mut [u8]) -> Result<(), DecodeError> {
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut run_of = None;
    let mut at = 0;
    while at < encoded.len() {
        let record = Record::at(at, encoded)?;
        let (kind, is_map) = match message.get_field(record.number) {
            Some(field) => (Some(field.kind()), field.is_map()),
            None => {
                let extension = message.get_extension(record.number);
                (extension.map(|extension| extension.kind()), false)
            }
        };
        if let (Some(Kind::Message(inner)), Some(contents)) = (kind, record.contents) {
            sort(&inner, &mut encoded[contents])?;
        }
        let map = is_map.then_some(record.number);
        if map != run_of {
            sort_run(&run, encoded);
            run.clear();
            run_of = map;
        }
        if is_map {
            run.push(record.whole.clone());
        }
        at = record.whole.end;
    }
    sort_run(&run, encoded);
    Ok(())
}

/// Sorts records that follow each other.
fn sort_run(run: &[Range<usize>], encoded: &mut [u8]) {
    if let [first, .., last] = run {
        let mut entries: Vec<&[u8]> = run.iter().map(|entry| &encoded[entry.clone()]).collect();
        entries.sort_unstable();
        let sorted = entries.concat();
        encoded[first.start..last.end].copy_from_slice(&sorted);
    }
}

/// A field's number with one value of it.
struct Record {
    number: u32,
    whole: Range<usize>,
    /// Of what may be a message.
    contents: Option<Range<usize>>,
}

impl Record {
    fn at(start: usize, encoded: &[u8]) -> Result<Record, DecodeError> {
        let mut rest = &encoded[start..];
        let place = |rest: &[u8]| encoded.len() - rest.len();
        let (number, wire_type) = decode_key(&mut rest)?;
        let mut value = rest;
        skip_field(wire_type, number, &mut rest, DecodeContext::default())?;
        let end = place(rest);
        let contents = match wire_type {
            WireType::LengthDelimited => {
                decode_varint(&mut value)?;
                Some(place(value)..end)
            }
            WireType::StartGroup => Some(place(value)..end - key_len(number)),
            _ => None,
        };
        Ok(Record {
            number,
            whole: start..end,
            contents,
        })
    }
}
