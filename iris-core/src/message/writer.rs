//! Where prost writes messages to.
//!
//! `unsafe` is allowed here, and nowhere else in this crate: `BufMut`, through which prost writes, is a trait of that kind. Its buffers copy all that is
//! put into them; this one takes long `bytes` as they are.

#![allow(unsafe_code)]

use crate::pieces::{Handed, LARGE};
use bytes::buf::UninitSlice;
use bytes::{Buf, BufMut, BytesMut};
use std::mem::take;

/// A long message, which may be full of bytes that are handed over, gets so much room at first, in bytes.
const FIRST: usize = 1024;

/// Appends so many zeros, and then the message. Long `bytes` are handed over, where there is a place for them.
#[inline]
pub(super) fn write<M: prost::Message>(
    message: &M,
    zeros: usize,
    buffer: &mut BytesMut,
    handed: Option<&mut Handed>,
) {
    let length = message.encoded_len();
    if length >= LARGE {
        return message.encode_raw(&mut long(zeros, length, buffer, handed));
    }
    let start = buffer.len() + zeros;
    buffer.resize(start + length, 0);
    message.encode_raw(&mut Writer::Short(&mut buffer[start..]));
}

/// Where to write a message of this length.
fn long<'a>(
    zeros: usize,
    length: usize,
    buffer: &'a mut BytesMut,
    handed: Option<&'a mut Handed>,
) -> Writer<'a> {
    buffer.reserve(zeros + if handed.is_some() { FIRST } else { length });
    buffer.put_bytes(0, zeros);
    Writer::Long(Long {
        end: buffer.len() + length,
        buffer,
        handed,
    })
}

/// The one kind of buffer that messages are compiled for.
enum Writer<'a> {
    /// Zeros of the message's length, of which this is the rest. Prost writes byte by byte, for each of which a buffer looks
    /// whether it has room: a slice need not, and costs the zeros that are written over.
    Short(&'a mut [u8]),
    Long(Long<'a>),
}

struct Long<'a> {
    buffer: &'a mut BytesMut,
    /// `None` where all is copied.
    handed: Option<&'a mut Handed>,
    /// How long the buffer will be, unless more is handed over.
    end: usize,
}

impl Long<'_> {
    /// A buffer that has room for so many bytes.
    fn with_room(&mut self, count: usize) -> &mut BytesMut {
        if self.buffer.capacity() - self.buffer.len() < count {
            // For all that comes, unless that may be handed over: then for as much as there is.
            let rest = self.end.saturating_sub(self.buffer.len());
            let room = match self.handed {
                Some(_) => rest.min(self.buffer.len()),
                None => rest,
            };
            self.buffer.reserve(room.max(count));
        }
        self.buffer
    }

    // Apart, so that it takes no part of what short messages are written by.
    #[inline(never)]
    fn put_slice(&mut self, bytes: &[u8]) {
        self.with_room(bytes.len()).extend_from_slice(bytes);
    }
}

// SAFETY: what is asked of memory is asked of a slice or a `BytesMut`, which keep the promises of the trait.
unsafe impl BufMut for Writer<'_> {
    #[inline]
    fn remaining_mut(&self) -> usize {
        match self {
            Writer::Short(rest) => rest.len(),
            Writer::Long(long) => long.buffer.remaining_mut(),
        }
    }

    #[inline]
    unsafe fn advance_mut(&mut self, count: usize) {
        // SAFETY: whoever calls promises that so many bytes of `chunk_mut` have been written, which is that of either.
        match self {
            Writer::Short(rest) => unsafe { rest.advance_mut(count) },
            Writer::Long(long) => unsafe { long.buffer.advance_mut(count) },
        }
    }

    #[inline]
    fn chunk_mut(&mut self) -> &mut UninitSlice {
        match self {
            Writer::Short(rest) => rest.chunk_mut(),
            Writer::Long(long) => long.with_room(1).chunk_mut(),
        }
    }

    #[inline]
    fn put_u8(&mut self, byte: u8) {
        match self {
            Writer::Short(rest) => {
                let (place, others) = take(rest).split_at_mut(1);
                place[0] = byte;
                *rest = others;
            }
            Writer::Long(long) => long.put_slice(&[byte]),
        }
    }

    #[inline]
    fn put_slice(&mut self, bytes: &[u8]) {
        match self {
            Writer::Short(rest) => {
                let (place, others) = take(rest).split_at_mut(bytes.len());
                place.copy_from_slice(bytes);
                *rest = others;
            }
            Writer::Long(long) => long.put_slice(bytes),
        }
    }

    fn put<T: Buf>(&mut self, mut bytes: T) {
        let length = bytes.remaining();
        if length >= LARGE
            && let Writer::Long(long) = self
            && let Some(handed) = &mut long.handed
        {
            // Not copied where they are `Bytes`; where they are a `Vec`, no more often than into the buffer.
            let length = handed.take(long.buffer, bytes.copy_to_bytes(length));
            long.end = long.end.saturating_sub(length);
            return;
        }
        while bytes.has_remaining() {
            let chunk = bytes.chunk();
            let length = chunk.len();
            self.put_slice(chunk);
            bytes.advance(length);
        }
    }
}

#[cfg(test)]
mod tests;
