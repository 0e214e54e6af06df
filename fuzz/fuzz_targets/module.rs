//! Any bytes as a module: read, written again, verified and accounted for.
//!
//! `cargo fuzz run module crates/mpy/tests/fixtures` starts from the fixtures.

#![no_main]

use berus_mpy::Module;
use berus_mpy::account::Account;
use berus_mpy::verify::verify;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok((module, len)) = Module::from_bytes(bytes) else { return };
    assert_eq!(module.to_bytes(), bytes[..len]);
    let _ = verify(&module).map_err(|error| error.to_string());
    let account = Account::of(&module, bytes.len());
    for field in account.fields() {
        let _ = account.meaning(field).to_string();
    }
});
