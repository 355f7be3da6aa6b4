#![no_main]

libfuzzer_sys::fuzz_target!(
    init: fuzz_corpus::write_recorded("details"),
    |bytes: &[u8]| fuzz_corpus::details(bytes)
);
