//! How fast modules are read and verified, over the fixtures of the tests: `cargo bench -p berus-mpy`.

#[path = "../tests/support/fixtures.rs"]
#[allow(dead_code)] // the tests use more
mod fixtures;

use berus_mpy::module::{Kind, Module};
use berus_mpy::verify::verify;
use divan::Bencher;
use divan::counter::BytesCount;
use fixtures::FIXTURES;

fn main() {
    divan::main();
}

/// All modules of bytecode alone: in machine code there is nothing to verify.
fn files() -> Vec<Vec<u8>> {
    let files = FIXTURES.iter().map(|fixture| fixture.bytes());
    let is_bytecode = |file: &Vec<u8>| {
        let (module, _) = Module::from_bytes(file).expect("a module");
        module.codes.iter().all(|code| code.kind == Kind::Bytecode)
    };
    files.filter(is_bytecode).collect()
}

fn size(files: &[Vec<u8>]) -> BytesCount {
    BytesCount::new(files.iter().map(Vec::len).sum::<usize>())
}

#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let files = files();
    bencher.counter(size(&files)).bench_local(|| {
        for file in &files {
            divan::black_box(Module::from_bytes(file).expect("a module"));
        }
    });
}

#[divan::bench]
fn read_and_verify(bencher: Bencher<'_, '_>) {
    let files = files();
    bencher.counter(size(&files)).bench_local(|| {
        for file in &files {
            let (module, _) = Module::from_bytes(file).expect("a module");
            divan::black_box(verify(&module).expect("verified code"));
        }
    });
}
