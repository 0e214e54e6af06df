//! The machine stack that running takes does not depend on how many instructions run: handlers go from one to the next
//! without leaving anything on it.
//!
//! What the compiler makes of them depends on the profile, so this runs in each of those that `.ci/run` builds.

#[path = "../build.rs"]
#[expect(dead_code, reason = "the build script runs when the crate is built")]
mod build;

use std::collections::BTreeSet;

use berus_compiler::{Options, compile};
use berus_mpy::bytecode::Instruction;
use berus_mpy::module::Kind;
use berus_mpy::opcode::{BinaryOp, Op};
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Silent;
use berus_runtime::import::source::Compile;
use berus_runtime::model::protocols::Classes;
use berus_runtime::model::vm::Limits;
use berus_testkit::programs::new_vm;

const PROGRAM: &str = include_str!("torture/every_opcode.py");

/// Where nothing is optimised, handlers run from a loop, and a few turns are enough.
const TURNS: usize = if cfg!(debug_assertions) { 500 } else { 20_000 };

/// Enough for what the program calls, and less than two words for each turn: a call that is no jump leaves more.
const STACK: usize = if cfg!(debug_assertions) { 2 << 20 } else { 256 << 10 };

fn source() -> String {
    PROGRAM.replace("TURNS", &TURNS.to_string())
}

#[test]
fn the_program_has_every_opcode() {
    let source = source();
    let module = compile(source.as_bytes(), &Options::default()).unwrap();
    let mut ops = BTreeSet::new();
    let mut bytes = BTreeSet::new();
    for code in &module.codes {
        assert!(matches!(code.kind, Kind::Bytecode));
        let mut at = code.prelude().unwrap().unwrap().end();
        while at < code.code.len() {
            let instruction = Instruction::decode(&code.code, at).unwrap();
            ops.insert(instruction.op.name());
            bytes.insert(code.code[at]);
            at = instruction.end();
        }
    }
    let missing: Vec<_> = Op::ALL.iter().map(|op| op.name()).filter(|name| !ops.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
    let operator = |op: &&BinaryOp| !bytes.contains(&(Op::BinaryOpMulti as u8 + **op as u8));
    assert_eq!(BinaryOp::ALL.iter().filter(operator).collect::<Vec<_>>(), [&BinaryOp::Is; 0]);
}

#[test]
fn instructions_leave_nothing_on_the_machine_stack() {
    let run = || {
        let limits = Limits { machine_stack: STACK / 2, ..Limits::default() };
        let vm = new_vm(Heap::growing(&GlobalRegions, 64 << 20), Box::new(Silent), limits).unwrap();
        vm.enter(|vm| {
            if let Err(raised) = vm.run_source(source().as_bytes(), b"every_opcode.py") {
                let exception = vm.take_exception(raised);
                panic!("{}", vm.type_name(exception));
            }
        });
    };
    std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
}

#[test]
fn handlers_end_in_jumps_only_where_the_compiler_makes_them() {
    let levels = |arch, system| ["0", "1", "2", "3", "s", "z"].map(|level| build::makes_jumps(level, arch, system));
    assert_eq!(levels("x86_64", "linux"), [false, false, true, true, true, true]);
    assert_eq!(levels("aarch64", "none"), [false, false, true, true, true, true]);
    assert_eq!(levels("thumb2", "none"), [false, false, true, true, true, true]);
    assert_eq!(levels("riscv32", "none"), [false, false, true, true, true, true]);
    for (arch, system) in
        [("x86_64", "windows"), ("thumbv6m", "none"), ("wasm32", "unknown"), ("riscv64", "linux"), ("x86", "linux")]
    {
        assert_eq!(levels(arch, system), [false; 6]);
    }
}
