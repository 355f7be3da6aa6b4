//! What is tested is what `build.rs` writes. The example that it opens with compiles.

#[cfg(doctest)]
#[doc = include_str!("../client/README.md")]
mod example {}
