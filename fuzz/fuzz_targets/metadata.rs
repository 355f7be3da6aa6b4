#![no_main]

libfuzzer_sys::fuzz_target!(
    init: fuzz_corpus::write_recorded("metadata"),
    |bytes: &[u8]| fuzz_corpus::metadata(bytes)
);
