#![no_main]

libfuzzer_sys::fuzz_target!(
    init: fuzz_corpus::write_recorded("content_type"),
    |bytes: &[u8]| fuzz_corpus::content_type(bytes)
);
