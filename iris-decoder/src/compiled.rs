//! This crate, compiled.

/// This crate with its feature `exports`, compiled to WebAssembly. It exports `memory`, `__heap_base`, from where on memory is
/// free, and `decode_message`.
#[cfg(not(target_arch = "wasm32"))]
pub const WASM: &[u8] = include_bytes!("decoder.wasm");
