#![no_main]

libfuzzer_sys::fuzz_target!(
    init: fuzz_corpus::write_recorded("compression"),
    |bytes: &[u8]| fuzz_corpus::compression(bytes)
);
