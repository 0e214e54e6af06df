//! Modules of version 5 become modules of version 6 that are sound, and broken ones are refused without a panic, for long, or with much
//! memory.
//!
//! The files are what old releases of mpy-cross made of `features.py`: see the folder's `make`.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use berus_mpy::bytecode::instructions;
use berus_mpy::constant::Constant;
use berus_mpy::lines::line_at;
use berus_mpy::module::{Kind, Module, RawCode};
use berus_mpy::opcode::Op;
use berus_mpy::v5::{self, ErrorKind, WriteError, WriteErrorKind};
use berus_mpy::verify::verify;
use berus_testkit::allocator::{Allocator, peak_during};
use berus_testkit::damage::{any_damages, cases, damaged};
use proptest::prelude::*;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const NAMES: [&str; 6] =
    ["features-1.12", "features-1.12-cache", "features-1.18", "features-1.18-O3", "small-1.12", "small-1.18"];

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/tests/fixtures/versions");
    fs::read(folder.join(name).with_added_extension("mpy")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn files() -> Vec<Vec<u8>> {
    NAMES.map(file).into()
}

#[test]
fn converted_modules_are_sound() {
    for name in NAMES {
        let module = v5::read(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(verify(&module).map_err(|error| panic!("{name}: {error}")).is_ok());
        let bytes = module.to_bytes();
        assert_eq!(
            Module::from_bytes(&bytes).map_err(|error| error.to_string()),
            Ok((module.clone(), bytes.len())),
            "{name}"
        );
        assert!(module.source_name().ends_with(b".py"), "{name}");
        assert!(module.codes.iter().all(|code| code.kind == Kind::Bytecode));
    }
}

#[test]
fn a_cache_for_look_ups_makes_no_difference() {
    assert_eq!(v5::read(&file("features-1.12-cache")), v5::read(&file("features-1.12")));
}

#[test]
fn what_was_read_is_written_again() {
    for (name, caches) in [("small-1.12", false), ("small-1.18", false), ("small-1.12-cache", true)] {
        assert_eq!(v5::write(&v5::read(&file(name)).unwrap(), caches), Ok(file(name)), "{name}");
    }
}

#[test]
fn what_cannot_be_written_says_why() {
    let small = v5::read(&file("small-1.18")).unwrap();
    let written = |change: &dyn Fn(&mut Module<'static>)| {
        let mut module = small.clone();
        change(&mut module);
        v5::write(&module, false).map_err(|error| (error.code, error.kind))
    };
    let viper = Kind::Viper { scope_flags: 0, rodata: None, bss: None, relocations: None };
    assert_eq!(written(&|module| module.codes[1].kind = viper.clone()), Err((1, WriteErrorKind::MachineCode)));
    assert_eq!(written(&|module| module.qstrs.truncate(1)), Err((0, WriteErrorKind::Invalid)));
    assert_eq!(written(&|module| module.codes[0].code = b"\x00".into()), Err((0, WriteErrorKind::Invalid)));
    // LOAD_CONST_OBJ 0, RETURN_VALUE
    let tuple = |module: &mut Module<'static>| {
        module.constants = vec![Constant::Tuple(vec![])];
        module.codes[0].code = b"\x00\x02\x01\x23\x00\x63".into();
    };
    assert_eq!(written(&tuple), Err((0, WriteErrorKind::Constant("tuple"))));
}

/// The farthest jump of version 6, over instructions that get twice as long.
#[test]
fn far_jumps_stay_within_reach() {
    let small = v5::read(&file("small-1.18")).unwrap();
    for (jump, n) in
        [(b"\x42\xfe\xff", 8191), (b"\x44\xfe\xff", 8191), (b"\x48\xfe\xff", 16383), (b"\x45\xfe\xff", 16383)]
    {
        let mut module = small.clone();
        let code = [&b"\x00\x02\x01"[..], jump, &b"\x11\x00".repeat(n), b"\x51\x63"].concat();
        module.codes = vec![RawCode { code: code.into(), kind: Kind::Bytecode, children: Vec::new() }];
        let written = v5::write(&module, true);
        if jump[0] == Op::JumpIfTrueOrPop as u8 {
            assert_eq!(written, Err(WriteError { code: 0, kind: WriteErrorKind::TooFar }));
            continue;
        }
        let file = written.unwrap();
        let again = v5::read(&file).unwrap();
        assert_eq!(again.codes[0].code.len(), module.codes[0].code.len(), "{jump:x?}");
        assert_eq!(v5::write(&again, true), Ok(file));
    }
}

#[test]
fn instructions_keep_their_lines() {
    // Each call of `show` in `starred` is on a line of its own, the first of them on line 42.
    let module = v5::read(&file("features-1.18")).unwrap();
    let names = |code: &&berus_mpy::module::RawCode<'_>| {
        code.prelude().is_some_and(|prelude| module.qstrs[prelude.unwrap().name as usize].as_bytes() == b"starred")
    };
    let code = module.codes.iter().find(names).unwrap();
    let prelude = code.prelude().unwrap().unwrap();
    let table = &code.code[prelude.lines_at.clone()];
    let mut lines = Vec::new();
    for instruction in instructions(&code.code[prelude.end()..]).map(Result::unwrap) {
        if matches!(instruction.op, Op::CallFunctionVarKw | Op::CallMethodVarKw) {
            lines.push(line_at(table, instruction.offset));
        }
    }
    let source =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/tests/fixtures/versions/features.py"))
            .unwrap();
    lines.dedup();
    let with_star: Vec<_> = (1..)
        .zip(source.lines())
        .skip_while(|(_, line)| !line.starts_with("def starred"))
        .skip(1)
        .take_while(|(_, line)| !line.starts_with("def "))
        .filter(|(_, line)| line.contains('*'))
        .map(|(n, _)| n)
        .collect();
    assert_eq!(lines, with_star);
}

#[test]
fn machine_code_is_refused() {
    assert_eq!(v5::read(&file("machine-1.18")).map_err(|error| error.kind), Err(ErrorKind::MachineCode));
    assert_eq!(v5::read(b"M\x06\x00\x1f").map_err(|error| error.kind), Err(ErrorKind::Header));
    assert_eq!(v5::read(b"M\x05\x02").map_err(|error| error.kind), Err(ErrorKind::CutOff("the header")));
}

/// Converts a file, and if it can be converted writes and verifies the result, and writes it as version 5 again.
fn survive(bytes: &[u8]) {
    let start = Instant::now();
    let ((), peak) = peak_during(|| match v5::read(bytes) {
        Ok(module) => {
            let _ = verify(&module).map_err(|error| error.to_string());
            module.to_bytes();
            // What was read can be written, unless a call has become one that version 5 cannot say.
            let _ = v5::write(&module, true).map(|file| v5::read(&file));
        }
        Err(error) => assert!(error.offset <= bytes.len(), "{error}"),
    });
    assert!(peak <= bytes.len() * 2000 + 8192, "{peak} bytes of memory for a file of {}", bytes.len());
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn cut_off_at_every_length() {
    for file in files().iter().filter(|file| file.len() < 1000) {
        (0..file.len()).for_each(|len| survive(&file[..len]));
    }
}

#[test]
fn each_bit_of_small_files_flipped() {
    for mut file in files().into_iter().filter(|file| file.len() < 1000) {
        for bit in 0..file.len() * 8 {
            file[bit / 8] ^= 1 << (bit % 8);
            survive(&file);
            file[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn long_code_takes_no_longer_than_its_length() {
    // A function of 60,000 jumps, and one of as many starred calls, none with arguments that could be told apart.
    let code = |each: &[u8], n: usize| {
        let body = each.repeat(n);
        let mut file = b"M\x05\x02\x1f\x20".to_vec();
        berus_mpy::vuint::write(&mut file, ((1 + 1 + 5 + body.len()) as u32) << 2);
        file.extend(b"\x78\x0a\x00\x07\x00\x07\x00");
        file.extend(&body);
        file.extend(b"\x00\x00");
        file
    };
    for (each, n) in [
        (&b"\x42\x00\x80"[..], 20_000),
        (b"\x53\x53\x53\x35\x00\x59", 10_000),
        (b"\x53", 60_000),
        (b"\x30\x83\xff\x7f", 10_000),
    ] {
        survive(&code(each, n));
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn broken_files(which in any::<usize>(), damages in any_damages()) {
        let files = files();
        survive(&damaged(&files[which % files.len()], &damages, &files));
    }
}
