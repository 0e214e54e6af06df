#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (berus_fuzz_targets::target("tls").run)(bytes));
