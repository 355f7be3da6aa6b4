//! What JavaScript calls. It writes a message and its layouts into memory and reads the blocks out of it.
//!
//! `unsafe` is allowed here alone: memory that JavaScript shares has no owner that Rust could know of, and exporting a function
//! by its name is unsafe by itself. Whatever is done wrong stays in the memory of this program, which has nothing else in it.

#![allow(unsafe_code)]

use crate::decoding::{Refusal, Room, decode};
use core::panic::PanicInfo;
use core::slice;

/// Lays out a message, and gives where its block is, in words from where they begin. 0 where it does not, 1 where there were too
/// few.
///
/// From the byte `at` on, which is a multiple of 8, there are so many words of `layouts`, an even number, so many `words`, so many
/// `windows`, the `length` bytes of the message, and room for as many of text.
///
/// # Safety
///
/// All of that must lie in memory, behind `__heap_base`.
#[unsafe(no_mangle)]
unsafe extern "C" fn decode_message(
    at: *mut u32,
    layouts: usize,
    words: usize,
    windows: usize,
    length: usize,
    root: usize,
) -> usize {
    // SAFETY: the caller promises that they are there, and nobody else has them during the call: there are no threads.
    let (mut room, layouts, message) = unsafe {
        let words_at = at.add(layouts);
        let windows_at = words_at.add(words);
        let message_at = windows_at.add(windows).cast::<u8>();
        let room = Room {
            words: slice::from_raw_parts_mut(words_at, words),
            windows: slice::from_raw_parts_mut(windows_at, windows),
            text: slice::from_raw_parts_mut(message_at.add(length), length),
        };
        let layouts = slice::from_raw_parts(at, layouts);
        (room, layouts, slice::from_raw_parts(message_at, length))
    };
    match decode(layouts, root, message, &mut room) {
        Ok(block) => block,
        Err(Refusal::Message) => 0,
        Err(Refusal::Words) => 1,
    }
}

/// The caller hears of it as an error of WebAssembly.
#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
