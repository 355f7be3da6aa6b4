#![no_main]

libfuzzer_sys::fuzz_target!(
    init: fuzz_corpus::write_recorded("grpc_web"),
    |bytes: &[u8]| fuzz_corpus::grpc_web(bytes)
);
