//! Where prost writes messages to.
//!
//! `unsafe` is allowed here alone: `BufMut`, through which prost writes, is a trait of that kind. Its buffers look for room
//! for each byte and copy all that is put into them; this one has room for the message, and takes long `bytes` as they are.

#![allow(unsafe_code)]

use crate::Pieces;
use crate::pieces::{Handed, LARGE};
use bytes::buf::UninitSlice;
use bytes::{Buf, BufMut, BytesMut};

/// A long message, which may be full of bytes that are handed over, gets so much room at first, in bytes.
const FIRST: usize = 1024;

/// Appends so many zeros, and then the message.
pub(super) fn write<M: prost::Message>(message: &M, zeros: usize, pieces: &mut Pieces) {
    let length = message.encoded_len();
    let (buffer, handed) = pieces.parts();
    buffer.reserve(match handed {
        Some(_) if length >= LARGE => FIRST,
        _ => zeros + length,
    });
    buffer.put_bytes(0, zeros);
    let end = buffer.len() + length;
    message.encode_raw(&mut Writer {
        buffer,
        handed,
        end,
    });
}

/// The one kind of buffer that messages are compiled for.
struct Writer<'a> {
    buffer: &'a mut BytesMut,
    /// `None` where all is copied.
    handed: Option<&'a mut Handed>,
    /// How long the buffer will be, unless more is handed over.
    end: usize,
}

impl Writer<'_> {
    #[inline]
    fn have_room(&mut self, count: usize) {
        if self.buffer.capacity() - self.buffer.len() < count {
            self.make_room(count);
        }
    }

    /// Makes room for so many bytes, and for all that may come.
    #[cold]
    fn make_room(&mut self, count: usize) {
        let rest = self.end.saturating_sub(self.buffer.len());
        self.buffer.reserve(rest.max(count));
    }
}

// SAFETY: what is asked of memory is asked of a `BytesMut`, which keeps the promises of the trait.
unsafe impl BufMut for Writer<'_> {
    #[inline]
    fn remaining_mut(&self) -> usize {
        self.buffer.remaining_mut()
    }

    #[inline]
    unsafe fn advance_mut(&mut self, count: usize) {
        // SAFETY: whoever calls promises that so many bytes of `chunk_mut` have been written, which is the buffer's.
        unsafe { self.buffer.advance_mut(count) }
    }

    #[inline]
    fn chunk_mut(&mut self) -> &mut UninitSlice {
        self.have_room(1);
        self.buffer.chunk_mut()
    }

    #[inline]
    fn put_u8(&mut self, byte: u8) {
        self.have_room(1);
        self.buffer.put_u8(byte);
    }

    #[inline]
    fn put_slice(&mut self, bytes: &[u8]) {
        self.have_room(bytes.len());
        self.buffer.extend_from_slice(bytes);
    }

    fn put<T: Buf>(&mut self, mut bytes: T) {
        let length = bytes.remaining();
        if length >= LARGE
            && let Some(handed) = &mut self.handed
        {
            // Not copied where they are `Bytes`; where they are a `Vec`, no more often than into the buffer.
            handed.push(self.buffer.len(), bytes.copy_to_bytes(length));
            self.end -= length;
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
