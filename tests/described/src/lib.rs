//! Nothing: what is tested is what `build.rs` writes.
