//! What JavaScript calls. It writes a message and its layouts into memory and reads the blocks out of it.
//!
//! `unsafe` is allowed here alone: memory that JavaScript shares has no owner that Rust could know of, and exporting a function
//! by its name is unsafe by itself. Whatever is done wrong stays in the memory of this program, which has nothing else in it.

#![allow(unsafe_code)]

use crate::decoding::{Room, decode};
use core::panic::PanicInfo;
use core::slice;

/// Lays out a message, and gives where its block is, in words from `at`; 0 where it does not.
///
/// From the byte `at` on, which is a multiple of 8, there are so many `words`, so many `windows`, so many words of `layouts`, the
/// `length` bytes of the message, and room for as many of text.
///
/// # Safety
///
/// All of that must lie in memory, behind `__heap_base`.
#[unsafe(no_mangle)]
unsafe extern "C" fn decode_message(
    at: *mut u32,
    words: usize,
    windows: usize,
    layouts: usize,
    length: usize,
    root: usize,
) -> usize {
    // SAFETY: the caller promises that they are there, and nobody else has them during the call: there are no threads.
    let (mut room, layouts, message) = unsafe {
        let windows_at = at.add(words);
        let layouts_at = windows_at.add(windows);
        let message_at = layouts_at.add(layouts).cast::<u8>();
        let room = Room {
            words: slice::from_raw_parts_mut(at, words),
            windows: slice::from_raw_parts_mut(windows_at, windows),
            text: slice::from_raw_parts_mut(message_at.add(length), length),
        };
        let layouts = slice::from_raw_parts(layouts_at, layouts);
        (room, layouts, slice::from_raw_parts(message_at, length))
    };
    decode(layouts, root, message, &mut room).unwrap_or(0)
}

/// The caller hears of it as an error of WebAssembly.
#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
