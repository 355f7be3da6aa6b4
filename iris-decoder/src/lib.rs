//! Lays out encoded protobuf messages so that JavaScript makes objects of them quickly.
//!
//! Reading protobuf in JavaScript is slow where a message has many fields: varints are put together from numbers that may
//! be fractions, and each text is a call of its own. This crate, compiled to WebAssembly, reads a whole message at once and
//! leaves blocks of words behind: one for each message, with a place for each field that the generated package knows. What
//! remains for JavaScript is to make one object for each block.
//!
//! ```
//! use iris_decoder::{Kind, Room, decode};
//!
//! // message User { string name = 1; uint32 age = 2; }, as generated packages describe it: a block of 4 words with two
//! // fields. Of each its number, its kind, its place in the block, the layout of its message, and what marks its presence.
//! let layouts = [
//!     4, 2, //
//!     1, Kind::Text as u32, 1, 0, 0, 0, //
//!     2, Kind::Varint32 as u32, 3, 0, 0, 0,
//! ];
//! let message = b"\x0a\x03Ada\x10\x24";
//! let mut room = Room { words: &mut [0; 64], windows: &mut [0; 4], text: &mut [0; 16] };
//! let block = decode(&layouts, 0, message, &mut room).expect("it is whole");
//! // The first word is for lists; the text begins at 0 and has 3 units of UTF-16.
//! assert_eq!(room.words[block..][..4], [0, 0, 3, 36]);
//! assert_eq!(&room.text[..3], b"Ada");
//! ```
//!
//! It says of a message what the codec in JavaScript would say, or nothing: where a message is wrong, or has something in it
//! that is rare, [`decode`] refuses it, and the codec in JavaScript reads it and finds the words for what is wrong. So there
//! is one place that knows them, and a page in which WebAssembly is not allowed works as well.
//!
//! - `layout`: what is told of messages. [`Kind`] is what a field can be
//! - `decoding`: reads a message and fills the blocks, with `input` for bytes, `words` for blocks and `texts` for strings
//! - `exports`: what JavaScript calls
//! - `compiled` has the program itself, [`WASM`], which is committed: whoever generates a package needs no compiler for it.
//!   `cargo xtask decoder` makes it, and a check compares the two byte by byte
//!
//! The encoding is <https://protobuf.dev/programming-guides/encoding/>.

#![no_std]

mod compiled;
mod decoding;
#[cfg(all(feature = "exports", target_arch = "wasm32"))]
mod exports;
mod input;
mod layout;
mod texts;
mod words;

#[cfg(not(target_arch = "wasm32"))]
pub use compiled::WASM;
pub use decoding::{DEEPEST, Refusal, Room, decode};
pub use layout::{ENTRY, Kind, REPEATED};
pub use texts::{IN_MESSAGE, WINDOW};
