//! Any bytes as a module: code that the verifier accepts runs on the machine of its tests, which checks every word.
//!
//! `cargo fuzz run verified crates/mpy/tests/fixtures` starts from the fixtures.

#![no_main]

#[path = "../../crates/mpy/tests/support/machine.rs"]
mod machine;

use berus_mpy::Module;
use berus_mpy::verify::verify;
use libfuzzer_sys::fuzz_target;
use machine::{Machine, Random, is_bytecode};

fuzz_target!(|bytes: &[u8]| {
    let Ok((module, len)) = Module::from_bytes(bytes) else { return };
    let Ok(facts) = verify(&module) else { return };
    let mut random = Random(len as u64 + 1);
    for id in (0..module.codes.len()).filter(|&id| is_bytecode(&module.codes[id])) {
        let machine = Machine::new(&module, id, |id| facts[id]);
        for _ in 0..4 {
            if let Err(complaint) = machine.run(&mut random, 200) {
                panic!("code {id}: {complaint}");
            }
        }
    }
});
