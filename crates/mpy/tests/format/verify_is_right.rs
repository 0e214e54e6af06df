//! What the verifier accepts runs: a machine that checks every word it meets goes through the fixtures, and through
//! changed code that is accepted all the same.
//!
//! `PROPTEST_CASES` says how many changes are tried.

use std::sync::LazyLock;

use berus_mpy::module::Module;
use berus_mpy::verify::{Facts, verify, verify_code};
use proptest::prelude::*;

use crate::support::edit::{Edit, edit};
use crate::support::fixtures::FIXTURES;
use crate::support::machine::{Machine, Random, is_bytecode};

/// Modules with what has been found out about their code.
static MODULES: LazyLock<Vec<(Module<'static>, Vec<Option<Facts>>)>> = LazyLock::new(|| {
    let modules = FIXTURES.iter().map(|fixture| Module::from_bytes(&fixture.bytes()).unwrap().0.into_owned());
    modules.map(|module| (module.clone(), verify(&module).unwrap())).collect()
});

/// Each bytecode object of the fixtures, by module and index.
static CODES: LazyLock<Vec<(usize, usize)>> = LazyLock::new(|| {
    let mut codes = Vec::new();
    for (i, (module, _)) in MODULES.iter().enumerate() {
        codes.extend((0..module.codes.len()).filter(|&id| is_bytecode(&module.codes[id])).map(|id| (i, id)));
    }
    codes
});

#[test]
fn fixtures_run() {
    let mut random = Random(0x1234_5678_9abc_def1);
    for &(module, id) in CODES.iter() {
        let (module, facts) = &MODULES[module];
        let machine = Machine::new(module, id, |id| facts[id]);
        for _ in 0..40 {
            if let Err(complaint) = machine.run(&mut random, 1000) {
                panic!("{}, code {id}: {complaint}", String::from_utf8_lossy(module.source_name()));
            }
        }
    }
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let at = || any::<usize>();
    prop_oneof![
        2 => at().prop_map(Edit::Delete),
        1 => at().prop_map(Edit::Repeat),
        2 => (at(), at()).prop_map(|(a, b)| Edit::Exchange(a, b)),
        2 => (at(), at()).prop_map(|(a, b)| Edit::Copy(a, b)),
        2 => (at(), any::<u32>()).prop_map(|(a, b)| Edit::Operand(a, b)),
        4 => (at(), at()).prop_map(|(a, b)| Edit::Target(a, b)),
        2 => (at(), at()).prop_map(|(a, b)| Edit::Opcode(a, b)),
        3 => (at(), at()).prop_map(|(a, b)| Edit::Insert(a, b)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_code_that_is_accepted_runs(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec(any_edit(), 1..5),
        seed in 1..u64::MAX,
    ) {
        let (i, id) = *which.get(&CODES);
        let (original, facts) = &MODULES[i];
        let code = &original.codes[id];
        let prelude = code.prelude().unwrap().unwrap();
        let mut module = original.clone();
        module.codes[id].code = edit(&code.code, &prelude, &edits).into();
        let Ok(changed) = verify_code(&module, id as u32) else { return Ok(()) };
        let machine = Machine::new(&module, id, |other| if other == id { changed } else { facts[other] });
        let mut random = Random(seed);
        for _ in 0..30 {
            if let Err(complaint) = machine.run(&mut random, 300) {
                prop_assert!(false, "{}, code {id}: {complaint}", String::from_utf8_lossy(module.source_name()));
            }
        }
    }
}
