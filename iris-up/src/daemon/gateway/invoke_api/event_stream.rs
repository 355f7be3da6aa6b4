//! Messages of `application/vnd.amazon.eventstream` (<https://smithy.io/2.0/aws/amazon-eventstream.html>).
//!
//! A message is a prelude of two lengths (of the whole, and of its headers) and their CRC-32, headers, a payload, and the CRC-32 of all
//! that. Numbers are big endian.

use bytes::{BufMut, Bytes, BytesMut};

/// The type of a body that is made of them.
pub(super) const TYPE: &str = "application/vnd.amazon.eventstream";

/// What is around headers and payload, in bytes.
const AROUND: usize = 16;

/// A header whose value is text.
const TEXT: u8 = 7;

/// An event of this type, with what is in it.
pub(super) fn event(kind: &str, content_type: &str, payload: &[u8]) -> Bytes {
    let headers = [
        (":event-type", kind),
        (":content-type", content_type),
        (":message-type", "event"),
    ];
    let length: usize = headers
        .iter()
        .map(|(name, value)| 1 + name.len() + 1 + 2 + value.len())
        .sum();
    let whole = length + payload.len() + AROUND;
    let mut message = BytesMut::with_capacity(whole);
    // What does not fit is cut into pieces before it gets here.
    message.put_u32(u32::try_from(whole).unwrap_or(u32::MAX));
    message.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    message.put_u32(crc32fast::hash(&message));
    for (name, value) in headers {
        message.put_u8(u8::try_from(name.len()).unwrap_or(u8::MAX));
        message.put_slice(name.as_bytes());
        message.put_u8(TEXT);
        message.put_u16(u16::try_from(value.len()).unwrap_or(u16::MAX));
        message.put_slice(value.as_bytes());
    }
    message.put_slice(payload);
    message.put_u32(crc32fast::hash(&message));
    message.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_written_as_the_specification_has_it() {
        let message = event("E", "t", b"{}");
        let headers = b"\x0b:event-type\x07\x00\x01E\x0d:content-type\x07\x00\x01t\x0d:message-type\x07\x00\x05event";
        let mut expected = Vec::new();
        expected.extend(u32::try_from(headers.len() + 2 + 16).unwrap().to_be_bytes());
        expected.extend(u32::try_from(headers.len()).unwrap().to_be_bytes());
        assert_eq!(message[..8], expected[..]);
        assert_eq!(message[12..12 + headers.len()], headers[..]);
        assert_eq!(&message[12 + headers.len()..message.len() - 4], b"{}");
        // CRC-32 over what it checks and itself leaves the residue of the polynomial (ISO 3309, zlib).
        let residue = |bytes: &[u8]| {
            let (data, sum) = bytes.split_at(bytes.len() - 4);
            crc32fast::hash(data).to_be_bytes() == sum
        };
        assert!(residue(&message[..12]) && residue(&message));
        assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
    }
}
