//! `.mpy` files and ROM images.

use std::fs;
use std::path::Path;

use berus_mpy::Module;
use berus_mpy::account::Account;
use berus_mpy::bytecode::{Instruction, instructions};
use berus_mpy::disasm::{Listing, Outline};
use berus_mpy::merge::merge;
use berus_mpy::module::RawCode;
use berus_mpy::opcode::Op;
use berus_mpy::romfs::{Folder, Image, Node, Tree};
use berus_mpy::v5;
use berus_mpy::verify::verify;
use berus_runtime::import::load::Load;
use berus_runtime::import::run::RunModule;

use crate::machine::{Machine, Random, is_bytecode};
use crate::python::{Program, traceback, with_interpreter};

/// The files of a folder of the workspace that have an extension.
pub fn files(folder: &str, extension: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.flatten().map(|entry| entry.path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension() == Some(extension.as_ref())).collect();
    paths.sort();
    paths.iter().flat_map(fs::read).collect()
}

pub fn fixtures() -> Vec<Vec<u8>> {
    files("crates/mpy/tests/fixtures", "mpy")
}

/// Reads bytes as a module, writes it again, verifies, explains and merges it.
pub fn read(bytes: &[u8]) {
    let Ok((module, len)) = Module::from_bytes(bytes) else { return };
    assert_eq!(module.to_bytes(), bytes[..len]);
    let _ = verify(&module).map_err(|error| error.to_string());
    let account = Account::of(&module, bytes.len());
    for field in account.fields() {
        let _ = account.meaning(field).to_string();
    }
    let outline = Outline::of(&module);
    for id in 0..module.codes.len() as u32 {
        let _ = outline.path(id).to_string();
        if let Some(Ok(listing)) = Listing::of(&module, id) {
            let _ = listing.to_string();
        }
    }
    if let Ok(merged) = merge(&[module.clone(), module]) {
        let bytes = merged.to_bytes();
        assert_eq!(Module::from_bytes(&bytes), Ok((merged, bytes.len())));
    }
}

pub fn old_fixtures() -> Vec<Vec<u8>> {
    files("crates/cli/tests/fixtures/versions", "mpy")
}

/// Converts bytes as a module of version 5; code that the verifier accepts of the result runs on the machine of its tests. What is written of
/// it as version 5 again has the same code, unless there were calls with starred arguments, which are others then.
pub fn convert(bytes: &[u8]) {
    if let Ok(module) = v5::read(bytes) {
        let file = v5::write(&module, false);
        // With bytes for a cache, a jump may lead too far.
        let _ = v5::write(&module, true);
        let has_starred = |code: &RawCode<'_>| {
            let start = code.prelude().and_then(Result::ok).map_or(0, |prelude| prelude.end());
            let starred =
                |instruction: Instruction| matches!(instruction.op, Op::CallFunctionVarKw | Op::CallMethodVarKw);
            instructions(&code.code[start..]).flatten().any(starred)
        };
        if verify(&module).is_ok() && !module.codes.iter().any(has_starred) {
            let again = v5::read(&file.expect("what was read can be written")).expect("what was written can be read");
            assert!(again.codes.len() == module.codes.len() && verify(&again).is_ok());
        }
        let bytes = module.to_bytes();
        read(&bytes);
        check_verifier(&bytes);
    }
}

/// Code that the verifier accepts runs on the machine of its tests, which checks every word.
pub fn check_verifier(bytes: &[u8]) {
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
}

/// Loads bytes as a program does that imports them, and runs them: a copy, and in place.
pub fn load(bytes: &[u8]) {
    with_interpreter(false, |vm| {
        let main = vm.main();
        if let Err(raised) = vm.load(bytes, main).and_then(|body| vm.run_body(body, main)) {
            traceback(vm, vm.take_exception(raised));
        }
    });
    let mut tree = Tree::default();
    let inserted = tree.insert("m.mpy", bytes.to_vec());
    assert_eq!(inserted, Ok(()));
    IN_PLACE.run(&tree.to_image());
}

/// Imports from a ROM image, and uses what the module has.
const IN_PLACE: Program = Program { text: include_str!("programs/in_place.py"), raw_memory: false };

pub fn images() -> Vec<Vec<u8>> {
    let mut tree = Tree::default();
    for (path, data) in
        [("a.py", &b"import lib.b\n"[..]), ("lib/b.py", b"x = 1\n"), ("lib/c/d.txt", &[7; 300]), ("lib/c/e", b"")]
    {
        let inserted = tree.insert(path, data);
        assert_eq!(inserted, Ok(()));
    }
    vec![tree.to_image(), tree.to_aligned_image(16)]
}

/// Walks through bytes as a ROM image, and finds every path again; and imports from it.
pub fn walk(bytes: &[u8]) {
    let Some(image) = Image::new(bytes) else { return };
    let mut open: Vec<(Vec<u8>, Folder<'_>)> = vec![(Vec::new(), image.root())];
    while let Some((path, folder)) = open.pop() {
        for entry in folder.entries().map_while(Result::ok) {
            let path = [&path, &b"/"[..], entry.name].concat();
            let _ = image.find(&path);
            match entry.node {
                Node::File(file) => assert_eq!(image.bytes()[file.offset()..][..file.data().len()], *file.data()),
                Node::Folder(folder) => open.push((path, folder)),
            }
        }
    }
}
