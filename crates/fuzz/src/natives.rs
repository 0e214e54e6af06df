//! `.mpy` files with machine code.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use berus_mpy::arch::Arch;
use berus_mpy::module::{Kind, Module, RawCode};
use berus_mpy::prelude::scope_flag::{VIPERBSS, VIPERRELOC, VIPERRODATA};
use berus_mpy::reloc::{self, Place, Relocations};
use berus_mpy::verify::verify;
use berus_mpy::vuint;
use berus_runtime::host::{Executable, Host, MachineCode};
use berus_runtime::import::load::Load;

use crate::machine::Random;
use crate::modules::{files, fixtures};
use crate::python::{traceback, with_host, with_interpreter};

/// Modules with machine code, for every machine that there is code for.
pub fn natives() -> Vec<Vec<u8>> {
    let all =
        [files("crates/cli/tests/fixtures", "mpy"), fixtures(), files("crates/runtime/tests/native", "mpy")].concat();
    all.into_iter().filter(|file| Module::from_bytes(file).is_ok_and(|(module, _)| has_machine_code(&module))).collect()
}

fn has_machine_code(module: &Module<'_>) -> bool {
    module.codes.iter().any(|code| !matches!(code.kind, Kind::Bytecode))
}

/// Checks a module, and some that say what a hostile one may and a damaged one seldom does.
pub fn load(bytes: &[u8]) {
    check(bytes);
    let Ok((module, _)) = Module::from_bytes(bytes) else { return };
    if !has_machine_code(&module) {
        return;
    }
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let mut random = Random(hasher.finish() | 1);
    for _ in 0..4 {
        check(&hostile(&module, &mut random).to_bytes());
    }
}

/// Machine code is refused where the host does not grant it. Where the host does, what the verifier refuses is not
/// loaded; and what the verifier accepts is relocated without changing a word that is not the code's own, whichever
/// machine the code is for.
fn check(bytes: &[u8]) {
    let Ok((module, _)) = Module::from_bytes(bytes) else { return };
    if !has_machine_code(&module) {
        return;
    }
    with_interpreter(false, |vm| {
        let raised = vm.load(bytes, vm.main()).expect_err("no machine code is granted");
        traceback(vm, vm.take_exception(raised));
    });
    let verified = verify(&module);
    with_host(Box::new(Granting), |vm| match vm.load(bytes, vm.main()) {
        Ok(_) => assert!(verified.is_ok(), "{verified:?}"),
        Err(raised) => drop(traceback(vm, vm.take_exception(raised))),
    });
    // What mpy-cross lists is for no machine: nothing of it is loaded, and nothing is verified.
    if verified.is_ok() && module.header.arch != Some(Arch::Debug) {
        module.codes.iter().for_each(|code| relocate(code, module.header.arch.map_or(8, Arch::word_bytes)));
    }
}

/// Does what a loader does, with words that are so long.
///
/// # Panics
/// If a word is not there.
fn relocate(code: &RawCode<'_>, word: usize) {
    let Some(relocations) = code.kind.relocations() else { return };
    let mut text = code.code.to_vec();
    let mut data = match &code.kind {
        Kind::Viper { rodata: Some(rodata), .. } => rodata.to_vec(),
        _ => Vec::new(),
    };
    for (place, relocation) in relocations.placed() {
        let (memory, first) = match place {
            Place::Text(first) => (&mut text, first as usize),
            Place::Rodata(first) => (&mut data, first as usize),
        };
        for n in first..first + relocation.count as usize {
            memory[n * word..(n + 1) * word].fill(0xa5);
        }
    }
}

/// The module for any machine, with other relocations, data and entries.
fn hostile<'m>(module: &Module<'m>, random: &mut Random) -> Module<'m> {
    let mut module = module.clone();
    if random.below(2) == 0 {
        module.header.arch = Arch::from_number(1 + random.below(13) as u8);
    }
    let word = module.header.arch.map_or(8, Arch::word_bytes);
    for RawCode { code, kind, .. } in &mut module.codes {
        let words = code.len() / word;
        match kind {
            Kind::Bytecode => {}
            Kind::Native { prelude_offset, relocations } => {
                if random.below(2) == 0 {
                    *prelude_offset = near(code.len(), random);
                }
                *relocations = relocations.is_some().then(|| any_relocations(words, words, random));
            }
            Kind::Viper { scope_flags, rodata, bss, relocations } => {
                match random.below(4) {
                    0 => *rodata = None,
                    1 => *rodata = Some(vec![0; random.below(64)].into()),
                    _ => {}
                }
                match random.below(4) {
                    0 => *bss = None,
                    1 => *bss = Some(near(64, random)),
                    _ => {}
                }
                let data = rodata.as_ref().map_or(0, |rodata| rodata.len() / word);
                *relocations = (random.below(8) > 0).then(|| any_relocations(words, data, random));
                set(scope_flags, VIPERRODATA, rodata.is_some());
                set(scope_flags, VIPERBSS, bss.is_some());
                set(scope_flags, VIPERRELOC, relocations.is_some());
            }
            Kind::Asm { scope_flags, n_pos_args, relocations, .. } => {
                *n_pos_args = near(4, random);
                *relocations = (random.below(2) > 0).then(|| any_relocations(words, words, random));
                set(scope_flags, VIPERRELOC, relocations.is_some());
            }
        }
    }
    module
}

fn set(flags: &mut u32, flag: u32, on: bool) {
    *flags = if on { *flags | flag } else { *flags & !flag };
}

/// A few relocations of code and data that have so many words, some of them of words that are not there.
fn any_relocations(text: usize, data: usize, random: &mut Random) -> Relocations<'static> {
    let mut bytes = Vec::new();
    for _ in 0..=random.below(4) {
        let op = random.below(usize::from(reloc::END)) as u8;
        bytes.push(op);
        let in_data = random.below(2);
        let words = if in_data == 1 { data } else { text };
        if op & 1 == 1 {
            vuint::write(&mut bytes, near(words, random) << 1 | in_data as u32);
        }
        if matches!(op >> 1, 1 | 3 | 5) {
            vuint::write(&mut bytes, near(words / 2, random));
        }
    }
    Relocations { bytes: bytes.into(), ended: true }
}

/// A number that mostly is below `n`, else at a border.
fn near(n: usize, random: &mut Random) -> u32 {
    let n = n as u32;
    match random.below(16) {
        0 => n.wrapping_sub(1),
        1 => n,
        2 => n + 1,
        3 => u32::MAX,
        4 => u32::MAX >> 1,
        5 => 1 << random.below(32),
        _ => random.below(n.max(1) as usize) as u32,
    }
}

/// A host that grants memory for machine code, which nobody executes.
struct Granting;

impl Host for Granting {
    fn write_stdout(&self, _: &[u8]) {}

    fn machine_code(&self) -> Option<&dyn MachineCode> {
        Some(self)
    }
}

// SAFETY: the bytes stay where they are and as they are, and nobody executes them.
#[allow(unsafe_code)]
unsafe impl MachineCode for Granting {
    fn install(&self, len: usize, fill: &mut dyn FnMut(&mut [u8])) -> Option<Executable> {
        let mut bytes = vec![0; len + ALIGN];
        let start = bytes.as_ptr().align_offset(ALIGN);
        let part = start..start + len;
        fill(&mut bytes[part.clone()]);
        Some(Box::new(Piece { bytes, part }))
    }
}

/// What code is aligned to.
const ALIGN: usize = 16;

/// Memory for machine code: a part of some bytes.
struct Piece {
    bytes: Vec<u8>,
    part: Range<usize>,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[self.part.clone()]
    }
}
